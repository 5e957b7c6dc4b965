"""What was there when a ladder adopted the guard: known findings by fingerprints that survive moved lines."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness import files
from harness.errors import Place, UsageError
from harness.sql import parse

if TYPE_CHECKING:
    from harness.guard.model import Finding, Report

SCHEMA = 1
NAME = "bootsmoke-baseline.json"
_COMMENTS = ("SQL_COMMENT", "C_COMMENT")


def marked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with what tells each from all others of its ladder.

    The mark is made of the code, the file's name, the statement without comments and layout, and a count where one
    file holds the same statement more than once; not of lines, so that what is written above it changes nothing.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in findings:
        text = _normal(finding.statement.text) if finding.statement else finding.message
        key = (finding.code, finding.migration.name, text)
        seen[key] += 1
        digest = hashlib.sha256("\0".join((*key, str(seen[key]))).encode(errors="surrogateescape")).hexdigest()
        found.append(replace(finding, mark=digest[:20]))
    return tuple(found)


def write(path: Path, reports: Sequence[Report]) -> int:
    """Write what all findings that count are known by, and return how many that are; notes are left out."""
    lines = {
        finding.mark: f"{finding.code} {finding.migration.name}"
        for report in reports
        for finding in report.findings
        if finding.severity.counts
    }
    ordered = dict(sorted(lines.items(), key=lambda item: (item[1].split(" ", 1)[::-1], item[0])))
    text = json.dumps({"schema": SCHEMA, "findings": ordered}, indent=1, ensure_ascii=False)
    try:
        path.write_text(f"{text}\n", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"cannot write the baseline: {error.strerror}", place=Place(str(path))) from None
    return len(lines)


def read(path: Path) -> frozenset[str]:
    """Return the fingerprints in a baseline; UsageError when it is none."""
    try:
        found = json.loads(files.read(path, 64 * files.MIB))
    except OSError as error:
        help_ = "`bootsmoke guard --write-baseline` writes one"
        raise UsageError(
            f"cannot read the baseline: {error.strerror}", place=Place(str(path)), help=help_
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"no baseline: {error}", place=Place(str(path))) from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA or not isinstance(found.get("findings"), dict):
        raise UsageError("no baseline of schema 1", place=Place(str(path)), help="write it again")
    return frozenset(found["findings"])


def _normal(text: str) -> str:
    data = text.encode()
    return " ".join(
        data[token.start : token.end].decode() for token in parse.tokens(text) if token.kind not in _COMMENTS
    )

"""The failures of a run as SARIF, each on its SQL line, with the fix that is proved."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from harness.diagnose.codes import CODES, Code
from harness.diagnose.model import Cause
from harness.journal import Record
from harness.report.model import Result
from harness.report.reading import read_run
from harness.report.sarif import artifact, log, name_of
from harness.report.text import clean

_NUMBERS = {code: number for number, code in enumerate(CODES)}
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def sarif(records: Iterable[Record]) -> str:
    """Return the document of a run: what failed unexpectedly in a file; the rest has no place to be shown at."""
    run = read_run(records)
    blamed = [scenario.blamed for scenario in run.scenarios if scenario.blamed]
    results = [_result(one, one.cause, run.base) for one in blamed if one.cause and one.cause.path]
    return f"{json.dumps(log(map(_rule, CODES.values()), results, run.base), indent=2)}\n"


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.code,
        "name": name_of(code.title),
        "shortDescription": {"text": f"{code.title[0].upper()}{code.title[1:]}"},
        "fullDescription": {"text": code.meaning},
        "help": {"text": code.advice, "markdown": f"{code.meaning}\n\n{code.advice}\n"},
        "defaultConfiguration": {"level": code.severity},
        "properties": {"tags": ["database", "migrations", "postgres"]},
    }


def _result(result: Result, cause: Cause, base: Path) -> dict[str, Any]:
    file = artifact(Path(cause.path or ""), base)
    last = result.source.last if result.source else cause.line
    region = {"startLine": cause.line, "endLine": last} if cause.line else {"startLine": 1}
    told = {
        "ruleId": cause.code,
        "ruleIndex": _NUMBERS[cause.code],
        "level": "error",
        "message": {
            "text": clean(f"The {result.kind} boot of {result.label} fails: {cause.message}. {cause.advice}")
        },
        "locations": [{"physicalLocation": {"artifactLocation": file, "region": region}}],
        "partialFingerprints": {"bootsmoke/v1": _mark(cause)},
    }
    return told | ({"fixes": [_fix(cause.fix, base)]} if cause.fix else {})


def _message(result: Result, cause: Cause) -> str:
    return clean(f"The {result.kind} boot of {result.label} fails: {cause.message}. {cause.advice}")


def _mark(cause: Cause) -> str:
    """Return what the failure keeps when lines above it come and go: code, file name and statement."""
    parts = (cause.code, Path(cause.path or "").name, " ".join((cause.statement or cause.message).split()))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _fix(diff: str, base: Path) -> dict[str, Any]:
    changes = [
        {"artifactLocation": artifact(base / path, base), "replacements": list(_replacements(hunks))}
        for path, hunks in _files(diff)
    ]
    return {"description": {"text": "With this change the ladder boots twice."}, "artifactChanges": changes}


def _files(diff: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the new path and the hunks' lines of each file of a unified diff."""
    for part in re.split(r"^--- .*\n(?=\+\+\+ )", diff, flags=re.MULTILINE)[1:]:
        head, *lines = part.splitlines()
        yield head.removeprefix("+++ ").partition("\t")[0].removeprefix("b/"), lines


def _replacements(lines: list[str]) -> Iterator[dict[str, Any]]:
    """Yield a replacement for each run of lines that are removed or added; line numbers are those before."""
    number, removed, added = 0, 0, list[str]()
    for line in [*lines, "@@ -0 +0 @@"]:
        if line.startswith("-"):
            removed += 1
        elif line.startswith("+"):
            added.append(f"{line[1:]}\n")
        elif not line.startswith("\\"):  # no newline at the end of the file
            if removed or added:
                yield _replacement(number, removed, "".join(added))
            number += removed
            removed, added = 0, []
            hunk = _HUNK.match(line)
            if hunk:
                # A hunk of no old lines (`-3,0`) stands after the line that it names.
                number = int(hunk[1]) + (hunk[2] == "0")
            else:
                number += 1


def _replacement(line: int, removed: int, text: str) -> dict[str, Any]:
    region = {"startLine": line, "startColumn": 1, "endLine": line + removed, "endColumn": 1}
    return {"deletedRegion": region, "insertedContent": {"text": text}}

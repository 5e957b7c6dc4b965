"""What the guard found as SARIF 2.1.0, for code scanning: docs.oasis-open.org/sarif/sarif/v2.1.0.

GitHub reads at most 25 000 results of a run, and tells a result from others by its `partialFingerprints`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from harness import __version__
from harness.guard.rules import RULES
from harness.report.text import clean

if TYPE_CHECKING:
    from harness.guard.model import Accepted, Finding, Report
    from harness.guard.rules import Rule

_MOST = 25_000
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(reports: Sequence[Report], base: Path) -> dict[str, Any]:
    """Return the document; paths are written relative to `base`, where a repository is checked out.

    What a comment or a baseline accepts is a result with a suppression; results that fail the boot come first
    when there are more than may be told.
    """
    results = [_result(each, base) for report in reports for each in report.findings]
    results += [_accepted(each, base) for report in reports for each in report.accepted]
    results.sort(key=lambda result: (bool(result.get("suppressions")), _RANKS[result["level"]]))
    driver = {
        "name": "bootsmoke",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in RULES.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"uri": f"{base.resolve().as_uri()}/"}},
        "results": results[:_MOST],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


_RANKS = {"error": 0, "warning": 1, "note": 2}
_NUMBERS = {code: number for number, code in enumerate(RULES)}


def _rule(rule: Rule) -> dict[str, Any]:
    markdown = (
        f"{rule.why}\n\n```sql\n{rule.before.strip()}\n```\n\n{rule.help}\n\n```sql\n{rule.after.strip()}\n```\n"
    )
    return {
        "id": rule.code,
        "name": _name(rule),
        "shortDescription": {"text": f"{rule.title[0].upper()}{rule.title[1:]}"},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.help, "markdown": markdown},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": ["database", "migrations", "postgres"]},
    }


def _name(rule: Rule) -> str:
    """Return a rule's title as the one word that SARIF wants: letters and digits."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in rule.title).split()
    return "".join(word.capitalize() for word in words)


def _result(finding: Finding, base: Path) -> dict[str, Any]:
    return {
        "ruleId": finding.code,
        "ruleIndex": _NUMBERS[finding.code],
        "level": finding.severity.value,
        "message": {"text": f"{clean(finding.message)}. {clean(finding.help)}"},
        "locations": [{"physicalLocation": _place(finding, base)}],
        "partialFingerprints": {"bootsmoke/v1": finding.mark},
    }


def _place(finding: Finding, base: Path) -> dict[str, Any]:
    path, top = finding.path.resolve(), base.resolve()
    location: dict[str, Any] = {"uri": path.as_uri()}
    if path.is_relative_to(top):
        location = {"uri": quote(path.relative_to(top).as_posix()), "uriBaseId": "SRCROOT"}
    region = {"startLine": finding.line, "startColumn": finding.column, "endLine": finding.end_line}
    return {"artifactLocation": location, "region": region}


def _accepted(accepted: Accepted, base: Path) -> dict[str, Any]:
    kind = "inSource" if accepted.in_source else "external"
    suppression = {"kind": kind, "status": "accepted", "justification": clean(accepted.reason)}
    return _result(accepted.finding, base) | {"suppressions": [suppression]}

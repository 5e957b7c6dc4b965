"""What the guard found as SARIF, for code scanning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.guard.rules import RULES
from harness.report.sarif import artifact, log, name_of
from harness.report.text import clean

if TYPE_CHECKING:
    from harness.guard.model import Accepted, Finding, Report
    from harness.guard.rules import Rule


def sarif(reports: Sequence[Report], base: Path) -> dict[str, Any]:
    """Return the document; paths are written relative to `base`, where a repository is checked out.

    What a comment or a baseline accepts is a result with a suppression; results that fail the boot come first
    when there are more than may be told.
    """
    results = [_result(each, base) for report in reports for each in report.findings]
    results += [_accepted(each, base) for report in reports for each in report.accepted]
    results.sort(key=lambda result: (bool(result.get("suppressions")), _RANKS[result["level"]]))
    return log(map(_rule, RULES.values()), results, base)


_RANKS = {"error": 0, "warning": 1, "note": 2}
_NUMBERS = {code: number for number, code in enumerate(RULES)}


def _rule(rule: Rule) -> dict[str, Any]:
    markdown = (
        f"{rule.why}\n\n```sql\n{rule.before.strip()}\n```\n\n{rule.help}\n\n```sql\n{rule.after.strip()}\n```\n"
    )
    return {
        "id": rule.code,
        "name": name_of(rule.title),
        "shortDescription": {"text": f"{rule.title[0].upper()}{rule.title[1:]}"},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.help, "markdown": markdown},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": ["database", "migrations", "postgres"]},
    }


def _result(finding: Finding, base: Path) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column, "endLine": finding.end_line}
    return {
        "ruleId": finding.code,
        "ruleIndex": _NUMBERS[finding.code],
        "level": finding.severity.value,
        "message": {"text": f"{clean(finding.message)}. {clean(finding.help)}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact(finding.path, base), "region": region}}],
        "partialFingerprints": {"bootsmoke/v1": finding.mark},
    }


def _accepted(accepted: Accepted, base: Path) -> dict[str, Any]:
    kind = "inSource" if accepted.in_source else "external"
    suppression = {"kind": kind, "status": "accepted", "justification": clean(accepted.reason)}
    return _result(accepted.finding, base) | {"suppressions": [suppression]}

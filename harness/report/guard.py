"""What the guard found: as the document of `guard --json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.guard.model import Finding, Report
    from harness.sql.edits import Fix

SCHEMA = 1


def document(reports: Sequence[Report]) -> dict[str, Any]:
    """Return the document that `guard --json` prints, schema 1: keys are added, never renamed or removed."""
    return {
        "schema": SCHEMA,
        "outcome": "passed" if all(report.ok for report in reports) else "failed",
        "findings": [_finding(finding) for report in reports for finding in report.findings],
        "runner": reports[0].choice.runner.value,
        "unknown": sum(report.unknown for report in reports),
        "assumed": list(dict.fromkeys(name for report in reports for name in report.assumed)),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "path": str(finding.path),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "statement": finding.statement.number if finding.statement else None,
        "kind": finding.kind,
        "sqlstate": finding.sqlstate or None,
        "fails": finding.fails,
        "message": finding.message,
        "help": finding.help,
        "fix": _fix(finding.fix),
    }


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits = [{"start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}

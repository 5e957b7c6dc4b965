"""What the guard found as annotations of GitHub Actions, and the whole of it in the job's summary.

One annotation stands for all findings of one rule in one file, the worst first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.report.text import clean, plural, shown
from harness.report.workflow import MOST_COMMANDS, cell, command

if TYPE_CHECKING:
    from harness.guard.model import Finding, Report

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_MOST_ROWS = 500
"""Of a summary, which may hold 1 MiB a step."""


def commands(reports: Sequence[Report], base: Path) -> Iterator[str]:
    """Yield at most ten workflow commands, one for each rule and file; those that stop the boot first."""
    groups: dict[tuple[str, Path], list[Finding]] = {}
    for report in reports:
        for finding in report.findings:
            if finding.severity.counts:
                groups.setdefault((finding.code, finding.path), []).append(finding)
    worst_first = sorted(groups.values(), key=lambda group: group[0].severity.rank)
    yield from (_command(group, base) for group in worst_first[:MOST_COMMANDS])


def _command(group: Sequence[Finding], base: Path) -> str:
    finding, others = group[0], len(group) - 1
    properties = {
        "file": _path(finding.path, base),
        "line": str(finding.line),
        "endLine": str(finding.end_line),
        "col": str(finding.column),
        "title": f"{finding.code} {finding.rule.title}",
    }
    more = f"\n{plural(others, 'more finding')} of this kind in this file." if others else ""
    message = f"{clean(finding.message)}\n{clean(finding.help)}{more}"
    return command(_LEVELS[finding.severity.value], properties, message)


def _path(path: Path, base: Path) -> str:
    return shown(str(path.resolve()), base.resolve())


def job_summary(reports: Sequence[Report], base: Path) -> str:
    """Return all findings as Markdown, for the file that GITHUB_STEP_SUMMARY names."""
    return "\n".join(line for report in reports for line in _summary(report, base)) + "\n"


def _summary(report: Report, base: Path) -> Iterator[str]:
    told = [finding for finding in report.findings if finding.severity.counts]
    root = cell(_path(report.ladder.root, base))
    yield f"### bootsmoke guard: {root}"
    yield ""
    if not told:
        yield f"{plural(report.statements, 'statement')}, no findings ({report.choice.runner})."
        return
    yield f"{plural(len(told), 'finding')} in {plural(report.statements, 'statement')} ({report.choice.runner})."
    yield ""
    yield "| place | rule | what will happen | what to do |"
    yield "|---|---|---|---|"
    for finding in told[:_MOST_ROWS]:
        place = f"{_path(finding.path, base)}:{finding.line}"
        cells = (place, f"{finding.severity.value} {finding.code}", finding.message, finding.help)
        yield f"| {' | '.join(map(cell, cells))} |"
    if len(told) > _MOST_ROWS:
        yield ""
        yield f"{len(told) - _MOST_ROWS} more are not listed here."

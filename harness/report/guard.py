"""What the guard found: for a person in lines, and as the document of `guard --json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.report.excerpt import excerpt
from harness.report.text import Paint, clean, plain, plural, shown, wrap

if TYPE_CHECKING:
    from harness.guard.model import Finding, Report
    from harness.sql.edits import Fix

SCHEMA = 1
_MOST = 10
"""Findings that are shown with their source: ten tell more than a hundred."""
_MOST_PLACES = 6
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
_MARGIN = " " * 10


def document(reports: Sequence[Report]) -> dict[str, Any]:
    """Return the document that `guard --json` prints, schema 1: keys are added, never renamed or removed."""
    return {
        "schema": SCHEMA,
        "outcome": "passed" if all(report.ok for report in reports) else "failed",
        "findings": [_finding(finding) for report in reports for finding in report.findings],
        "accepted": [
            {**_finding(each.finding), "reason": each.reason} for report in reports for each in report.accepted
        ],
        "runner": reports[0].choice.runner.value,
        "unknown": sum(report.unknown for report in reports),
        "assumed": list(dict.fromkeys(name for report in reports for name in report.assumed)),
        "ladders": [_ladder(report) for report in reports],
    }


def _ladder(report: Report) -> dict[str, Any]:
    ladder = report.ladder
    return {
        "root": str(ladder.root),
        "style": ladder.style,
        "why": ladder.why,
        "runner": report.choice.runner.value,
        "runner_why": report.choice.why,
        "files": len(ladder.migrations),
        "statements": report.statements,
        "unknown": report.unknown,
        "notes": list(ladder.notes),
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
        "because": _because(finding),
        "fix": _fix(finding.fix),
        "fingerprint": finding.mark,
    }


def _because(finding: Finding) -> dict[str, Any] | None:
    if finding.because is None:
        return None
    migration, statement = finding.because
    return {"path": str(migration.path), "line": statement.line, "statement": statement.number}


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits = [{"start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def summary(
    report: Report,
    *,
    base: Path,
    width: int = 100,
    paint: Paint = plain,
    verbose: bool = False,
    quiet: bool = False,
) -> str:
    """Return what a person reads of one ladder; paths below `base` are written relative to it.

    One line for a clean one. Notes, and findings after the tenth, are told as a sum unless `verbose`; `quiet`
    leaves the sum alone.
    """
    return "\n".join(_Summary(report, base, width, paint, verbose).lines(quiet=quiet))


class _Summary:
    def __init__(self, report: Report, base: Path, width: int, paint: Paint, verbose: bool) -> None:
        self._report = report
        self._base = base
        self._width = width
        self._paint = paint
        self._verbose = verbose
        self._told = [each for each in report.findings if verbose or each.severity.counts or _is_ours(each)]

    def lines(self, *, quiet: bool) -> Iterator[str]:
        if not quiet:
            yield from self._findings()
        if self._report.ok and not (self._verbose and not quiet):
            yield self._passed()
            return
        yield from self._row("ladder", self._ladder())
        yield from self._row("runner", self._runner())
        for note in self._report.ladder.notes:
            yield from self._row("note", clean(note))
        yield from self._verdict()

    def _findings(self) -> Iterator[str]:
        shown_ = self._told if self._verbose else _telling(self._told)
        helped: set[str] = set()
        for finding in shown_:
            yield from self._finding(finding, with_help=finding.code not in helped)
            helped.add(finding.code)
            yield ""
        chosen = {id(finding) for finding in shown_}
        rest = [finding for finding in self._told if id(finding) not in chosen]
        if rest:
            yield from self._rest(rest)
            yield ""

    def _finding(self, finding: Finding, *, with_help: bool) -> Iterator[str]:
        head = f"{self._place(finding)}:{finding.column}: "
        label = self._paint(f"{finding.severity.value} {finding.code}", _COLOURS[finding.severity.value])
        yield f"{self._paint(head.rstrip(), 'bold')} {label}: {clean(finding.message)}"
        yield from excerpt(finding, self._width, self._paint)
        if finding.because is not None:
            migration, statement = finding.because
            place = clean(shown(str(migration.path), self._base))
            yield f"  because of {place}:{statement.line}, which by then has dropped, renamed or replaced it"
        if with_help:
            yield from wrap(f"  help: {clean(finding.help)}", self._width, "        ")

    def _rest(self, findings: Sequence[Finding]) -> Iterator[str]:
        """Tell of the findings that are not shown, by rule."""
        yield f"and {plural(len(findings), 'more finding')} (--verbose shows each):"
        by_code = sorted(findings, key=lambda finding: finding.code)
        for code, group in groupby(by_code, key=lambda finding: finding.code):
            found = list(group)
            places = [self._place(finding) for finding in found]
            names = ", ".join(places[:_MOST_PLACES])
            more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
            text = f"  {code} {found[0].rule.title}: {names}{more}"
            yield from wrap(text, self._width, "         ")

    def _place(self, finding: Finding) -> str:
        return f"{clean(shown(str(finding.path), self._base))}:{finding.line}"

    def _row(self, head: str, text: str) -> Iterator[str]:
        first, *more = wrap(text, self._width - len(_MARGIN))
        yield f"{head:<10}{first}"
        yield from (f"{_MARGIN}{line}" for line in more)

    def _ladder(self) -> str:
        ladder = self._report.ladder
        size = f"{plural(len(ladder.migrations), 'file')}, {plural(self._report.statements, 'statement')}"
        return f"{self._root()}: {size}, {ladder.style}: {clean(ladder.why)}"

    def _root(self) -> str:
        return clean(shown(str(self._report.ladder.root), self._base))

    def _passed(self) -> str:
        size = plural(len(self._report.ladder.migrations), "file")
        count = plural(self._report.statements, "statement")
        asides = "".join(f"; {aside}" for aside in self._asides())
        said = self._paint("PASSED", "green")
        return f"{said}: {self._root()}: nothing found in {count} of {size}, {self._runner()}{asides}"

    def _runner(self) -> str:
        choice = self._report.choice
        return f"{choice.runner}: {clean(choice.why)}"

    def _asides(self) -> Iterator[str]:
        report = self._report
        if report.unknown:
            yield f"{plural(report.unknown, 'statement')} not understood"
        if report.assumed:
            yield f"{plural(len(report.assumed), 'thing')} taken as given (--setup)"
        if report.accepted:
            yield f"{plural(len(report.accepted), 'finding')} accepted"

    def _verdict(self) -> Iterator[str]:
        findings = self._report.findings
        stops = [finding for finding in findings if finding.fails]
        if stops:
            yield from self._row("stops at", f"{self._place(stops[0])}, the first of them")
        counts = Counter(finding.severity.value for finding in findings if finding.severity.counts)
        if not counts:
            yield self._passed()
            return
        told = ", ".join(plural(counts[name], name) for name in ("error", "warning") if counts[name])
        codes = sorted({finding.code for finding in findings if finding.severity.counts})
        asides = "".join(f"; {aside}" for aside in self._asides())
        yield f"{self._paint('FAILED', 'red')}: {told}{asides}; `bootsmoke explain {codes[0]}` tells more"


def _is_ours(finding: Finding) -> bool:
    """Whether it tells of a bug in the guard itself, which nobody reports who does not see it."""
    return "a bug in bootsmoke" in finding.message


def _telling(findings: Sequence[Finding]) -> list[Finding]:
    """Return the few that tell most, in the order of the boot: one of each rule, the worst first, then the rest."""
    if len(findings) <= _MOST:
        return list(findings)
    first: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda finding: finding.severity.rank):
        first.setdefault(finding.code, finding)
    chosen = {id(finding): None for finding in list(first.values())[:_MOST]}
    for finding in findings:
        if len(chosen) >= _MOST:
            break
        chosen.setdefault(id(finding))
    return [finding for finding in findings if id(finding) in chosen]

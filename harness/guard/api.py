"""`guard` for programs: finds the ladders, judges them, and takes out what somebody has accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.guard import baseline
from harness.guard.judge import judge
from harness.guard.model import Accepted, Choice, Finding, Report, Runner
from harness.guard.runner import guess
from harness.guard.since import known_at
from harness.guard.suppress import accept
from harness.ladder.discover import ladder_of, search
from harness.ladder.model import Ladder, load

if TYPE_CHECKING:
    from harness.ladder.model import Migration


@dataclass(frozen=True, slots=True)
class Options:
    """What the guard is asked to do."""

    style: str | None = None
    runner: Runner | None = None
    """None: guess it from the repository."""
    setup: Path | None = None
    """A file of SQL that stands before the ladder."""
    disabled: Mapping[str, str] = field(default_factory=dict)
    """Codes of rules that are switched off, each with a reason."""
    baseline: Path | None = None
    """A file of findings that are known."""
    since: str = ""
    """A revision: what was there already is known."""
    with_fixes: bool = False
    """Put a suggestion beside each finding that has one."""


def guard(paths: Sequence[Path], options: Options | None = None) -> list[Report]:
    """Judge the ladders in some folders; files of one folder make one ladder. Without paths one is looked for.

    UsageError (LadderError among them) for what was given wrong, and where a file cannot be split into statements.
    """
    options = options or Options()
    setup = load(options.setup) if options.setup else None
    known = baseline.read(options.baseline) if options.baseline else frozenset[str]()
    return [_report(ladder, setup, known, options) for ladder in _ladders(paths, options.style)]


def _ladders(paths: Sequence[Path], style: str | None) -> list[Ladder]:
    if not paths:
        found = search([Path()])
        if found is None:
            raise UsageError("no migrations found below this folder", help="name the folder: bootsmoke guard PATH")
        return [found]
    groups: dict[Path, list[Path]] = {}
    for path in paths:
        groups.setdefault(path if path.is_dir() else path.parent / "*", []).append(path)
    return [ladder_of(list(dict.fromkeys(group)), style) for group in groups.values()]


def _report(ladder: Ladder, setup: Migration | None, known: frozenset[str], options: Options) -> Report:
    choice = Choice(options.runner, "as asked for") if options.runner else guess(ladder)
    report = judge(ladder, choice, setup, with_fixes=options.with_fixes)
    before = known_at(options.since, ladder, choice, setup) if options.since else frozenset[str]()
    open_, accepted = accept(ladder, report.findings, choice.runner)
    tests: tuple[_Reason, ...] = (
        lambda finding: options.disabled.get(finding.code, ""),
        lambda finding: "it is in the baseline" if finding.mark in known else "",
        lambda finding: f"it was there at {options.since}" if finding.mark in before else "",
    )
    for test in tests:
        open_, more = _sort_out(open_, test)
        accepted += more
    return replace(report, findings=open_, accepted=accepted)


_Reason = Callable[[Finding], str]
"""Why a finding is accepted; empty when it is not."""


def _sort_out(findings: Iterable[Finding], why: _Reason) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    pairs = [(finding, why(finding)) for finding in findings]
    accepted = tuple(Accepted(finding, reason, in_source=False) for finding, reason in pairs if reason)
    return tuple(finding for finding, reason in pairs if not reason), accepted

"""What a bisection found: for a person in lines, and as the document of `bisect --json`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.bisect.model import Health
from harness.report import replay
from harness.report.findings import findings
from harness.report.text import Paint, clean, plain, plural, shorten, wrap

if TYPE_CHECKING:
    from harness.bisect.model import Bisection, Trial
    from harness.git import Commit

SCHEMA = 1
_MARGIN = " " * 14
_COLOURS = {Health.GOOD: "green", Health.BAD: "red", Health.COLD: "yellow", Health.UNREADABLE: "yellow"}
_MOST_SUSPECTS = 20


def outcome(found: Bisection) -> str:
    """Return `passed` when there is nothing to find, `failed` with the commit, `inconclusive` with several."""
    if found.bad.health is Health.GOOD:
        return "passed"
    return "failed" if found.first_bad else "inconclusive"


def document(found: Bisection) -> dict[str, Any]:
    """Return the document that `bisect --json` prints, schema 1: keys are added, never renamed or removed."""
    culprit = found.first_bad
    return {
        "schema": SCHEMA,
        "outcome": outcome(found),
        "postgres": found.postgres,
        "ladder": {"path": found.path, "style": found.style, "why": found.why_style},
        "good": _commit(found.good.commit),
        "bad": _commit(found.bad.commit),
        "commits": found.touching,
        "replays": found.replays,
        "first_bad": _commit(culprit.commit) if culprit else None,
        "suspects": [_commit(commit) for commit in found.suspects],
        "replay": replay.document(culprit.replay) if culprit and culprit.replay else None,
        "trials": [
            {"commit": trial.commit.sha, "health": trial.health.value, "why": why(trial) or None}
            for trial in found.trials
        ],
    }


def _commit(commit: Commit) -> dict[str, str]:
    return {"sha": commit.sha, "author": commit.author, "date": commit.date, "subject": commit.subject}


def why(trial: Trial) -> str:
    """Return what is wrong with a commit's ladder in one line; empty for a good one."""
    if trial.replay is None:
        return clean(trial.error)
    return next((str(finding) for finding in findings(trial.replay)), "")


def line(trial: Trial, *, width: int = 100, paint: Paint = plain) -> str:
    """Return the line of progress for a commit that was tried."""
    health = paint(f"{trial.health.value:<10}", _COLOURS[trial.health])
    told = "same ladder as before" if trial.repeated else why(trial) or clean(trial.commit.subject)
    return f"{trial.commit.short}  {health}  {shorten(told, width - 24)}"


def summary(found: Bisection, *, width: int = 100, paint: Paint = plain) -> str:
    """Return what a person reads: the replay of the commit that was found, then the commit."""
    return "\n".join(_lines(found, width, paint))


def _lines(found: Bisection, width: int, paint: Paint) -> Iterator[str]:
    if found.first_bad and found.first_bad.replay:
        yield replay.summary(found.first_bad.replay, base=Path(), width=width, paint=paint)
        yield ""
    else:
        yield from _field("ladder", f"{found.path}: {found.style}: {found.why_style}", width)
        yield from _field("postgres", found.postgres, width)
    if found.touching:
        yield from _field("searched", _searched(found), width)
    if found.skipped:
        yield from _field("skipped", ", ".join(trial.commit.short for trial in found.skipped), width)
    if found.bad.health is Health.GOOD:
        yield paint(f"PASSED: nothing to find: the ladder of {found.bad.commit.short} is good", "green")
    elif found.first_bad:
        commit = found.first_bad.commit
        yield from _field("first bad", f"{commit.sha} of {commit.date} by {commit.author}", width)
        yield from _field("", commit.subject, width)
        yield paint(f"FOUND: {commit.short} is the first commit after which {_what(found)}", "red")
    else:
        yield from _suspects(found, width)
        yield paint("INCONCLUSIVE: the first bad commit is one of these; the others cannot be judged", "yellow")


def _searched(found: Bisection) -> str:
    commits = f"{plural(found.touching, 'commit')} of {found.good.commit.short}..{found.bad.commit.short}"
    rule = "assuming that what is once broken stays broken"
    return f"{commits} that touch {found.path}, in {plural(found.replays, 'replay')}, {rule}"


def _what(found: Bisection) -> str:
    if found.wanted is Health.COLD:
        return "the cold boot fails"
    return "the ladder does not survive a second boot"


def _suspects(found: Bisection, width: int) -> Iterator[str]:
    for number, commit in enumerate(found.suspects[:_MOST_SUSPECTS]):
        told = f"{commit.short} of {commit.date} by {commit.author}: {commit.subject}"
        yield from _field("" if number else "suspects", told, width)
    if len(found.suspects) > _MOST_SUSPECTS:
        yield from _field("", f"and {len(found.suspects) - _MOST_SUSPECTS} more: --json has them all", width)


def _field(name: str, text: str, width: int) -> Iterator[str]:
    head, *rest = wrap(clean(text), width - len(_MARGIN))
    yield f"{name:<{len(_MARGIN)}}{head}"
    yield from (f"{_MARGIN}{more}" for more in rest)

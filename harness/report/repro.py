"""Whether a failure was made to happen again: for a person, and as the document of `repro --json`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.outcome import Outcome
from harness.report.cause import Page
from harness.report.text import clean, plural, shorten, shown
from harness.repro.write import SCRIPT, SEED, SETUP

if TYPE_CHECKING:
    from harness.repro.model import Failure, Part, Repro

SCHEMA = 1


def outcome(found: Repro) -> Outcome:
    """Return failed for a failure that was reproduced, passed where there is none and nobody told of one."""
    if found.reproduced:
        return Outcome.FAILED
    return Outcome.PASSED if found.failure is None and found.cause is None else Outcome.INCONCLUSIVE


def document(found: Repro) -> dict[str, Any]:
    """Return the document that `repro --json` prints, schema 1: keys are added, never renamed or removed."""
    return {
        "schema": SCHEMA,
        "outcome": outcome(found).value,
        "reproduced": found.reproduced,
        "postgres": found.postgres,
        "ladder": {"root": str(found.ladder.root), "style": found.ladder.style, "why": found.ladder.why},
        "cause": found.cause.document() if found.cause else None,
        "failure": _failure(found.failure) if found.failure else None,
        "differs": list(found.differs),
        "statements": found.statements,
        "needed": [
            {"path": str(step.migration.path), "line": step.statement.line, "statement": step.statement.number}
            for step in (found.part.steps if found.part else ())
        ],
        "folder": str(found.folder) if found.folder else None,
        "replay": replay_command(found),
        "script": str(found.folder / SCRIPT) if found.folder else None,
        "trials": found.trials,
        "seconds": round(found.seconds, 3),
    }


def _failure(failure: Failure) -> dict[str, Any]:
    error = failure.error
    return {
        "boot": failure.boot.value,
        "path": error.path,
        "line": error.line,
        "statement": error.statement,
        "sqlstate": error.sqlstate or None,
        "message": error.message,
    }


def replay_command(found: Repro) -> str | None:
    """Return the command that shows what was written; None when nothing was."""
    if found.folder is None:
        return None
    words = ["bootsmoke", "replay", str(found.folder)]
    words += ["--setup", str(found.folder / SETUP)] if found.setup else []
    words += ["--seed", str(found.folder / SEED)] if found.seed else []
    return shlex.join(words)


def summary(found: Repro, page: Page) -> str:
    """Return what a person reads."""
    return "\n".join(_lines(found, page))


def _lines(found: Repro, page: Page) -> Iterator[str]:
    ladder = found.ladder
    files = plural(len(ladder.migrations), "file")
    if found.cause:
        yield from page.field("cause", f"{found.cause.code} {found.cause.title}: {found.cause.message}")
    yield from page.field("ladder", f"{shown(str(ladder.root), page.base)}: {files}, {ladder.style}: {ladder.why}")
    yield from page.field("postgres", found.postgres)
    if found.failure:
        yield from _stop(found.failure, page)
    if found.part:
        yield from _needed(found, found.part, page)
    if found.folder:
        yield from page.field("written", f"{found.folder}: {replay_command(found)}")
        yield from page.field(
            "", f"createdb repro && psql -X -d repro -f {shlex.quote(str(found.folder / SCRIPT))}"
        )
    yield from page.many("differs", [clean(text) for text in found.differs])
    yield from page.field("do", _advice(found), colour="bold")
    yield _closing(found, page)


def _stop(failure: Failure, page: Page) -> Iterator[str]:
    error = failure.error
    place = f"{shown(error.path, page.base)}:{error.line}"
    does = f"stops at {place} (SQLSTATE {error.sqlstate})" if error.sqlstate else f"changes something at {place}"
    yield from page.field(f"{failure.boot} boot", does)
    yield from page.field("", error.message)


def _needed(found: Repro, part: Part, page: Page) -> Iterator[str]:
    yield from page.field("needs", f"{len(part.steps)} of {plural(found.statements, 'statement')}")
    for step in part.steps:
        text = " ".join(clean(step.statement.text).split())
        yield f"{'':14}{shorten(f'{clean(step.migration.name)}:{step.statement.line}  {text}', page.width - 14)}"


def _advice(found: Repro) -> str:
    """Say what may be missing where a failure was not reproduced."""
    if found.reproduced or found.cause is None:
        return ""
    if found.failure is None:
        return "give the rows that an application had written (--seed FILE), or what stands before (--setup FILE)"
    return "give the ladder as it was when the log was written, and what stands before it (--setup FILE)"


def _closing(found: Repro, page: Page) -> str:
    if found.reproduced and found.failure:
        again = " again" if found.cause else ""
        what = f"the {found.failure.boot} boot {'changes the database' if found.failure.is_change else 'fails'}"
        return page.paint(f"REPRODUCED: {what}{again}", "red")
    if outcome(found) is Outcome.PASSED:
        return page.paint("PASSED: there is nothing to reproduce, the ladder boots twice", "green")
    return page.paint("NOT REPRODUCED: see what differs", "yellow")

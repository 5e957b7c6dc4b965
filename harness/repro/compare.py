"""Whether a failure of a replay is the one that a cause tells of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.diagnose.model import Cause
    from harness.ladder.model import Ladder, Migration
    from harness.repro.model import Failure

DRIFT = "BOOT110"
"""The code of a boot that changes the database."""


def differences(cause: Cause | None, failure: Failure | None, ladder: Ladder) -> tuple[str, ...]:
    """Return what is otherwise in a failure than in the cause, one clause each; nothing without a cause.

    A place that the diagnosis has only guessed is not held against the failure.
    """
    if cause is None:
        return ()
    if failure is None:
        return ("both boots pass",)
    return (*_state(cause, failure), *_place(cause, failure, ladder))


def _state(cause: Cause, failure: Failure) -> Iterator[str]:
    error = failure.error
    if cause.sqlstate and cause.sqlstate != error.sqlstate:
        yield f"SQLSTATE {error.sqlstate} ({error.message}) instead of {cause.sqlstate}"
    elif cause.code == DRIFT and not failure.is_change:
        yield f"the {failure.boot} boot stops with SQLSTATE {error.sqlstate} ({error.message})"
    elif (
        (cause.confidence == "guessed" or failure.is_change)
        and cause.object
        and not _is_about(failure, cause.object)
    ):
        yield f"it is not about {cause.object}: {error.message}"


def _is_about(failure: Failure, thing: str) -> bool:
    return thing.rpartition(".")[2] in failure.error.message


def _place(cause: Cause, failure: Failure, ladder: Ladder) -> Iterator[str]:
    if cause.path is None or cause.confidence == "guessed":
        return
    wanted = find(ladder, cause.path)
    there = f"{failure.error.path}:{failure.error.line}"
    if wanted is None:
        yield f"{cause.path} is not in the ladder {ladder.root}"
    elif str(wanted.path) != failure.error.path or cause.line not in (None, failure.error.line):
        line = f":{cause.line}" if cause.line else ""
        does = "changes something" if failure.is_change else "stops"
        yield f"the {failure.boot} boot {does} at {there} instead of {wanted.path}{line}"


def find(ladder: Ladder, path: str) -> Migration | None:
    """Return the migration that a path means: the same file, or one of the same name from elsewhere."""
    there = Path(path).resolve()
    same = next((migration for migration in ladder.migrations if migration.path.resolve() == there), None)
    alike = [m for m in ladder.migrations if f"/{path}".endswith(f"/{m.name}") or m.path.name == path]
    return same or (alike[0] if len(alike) == 1 else None)

"""The pytest plugin: `assert_replays(path)`, to import from here or to take as a fixture.

::

    from harness.pytest_plugin import assert_replays

    def test_migrations() -> None:
        assert_replays("migrations")

pytest loads this module in every project that has bootsmoke installed, so nothing heavy is imported at its top.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import pytest

if TYPE_CHECKING:
    from harness.replay.model import Replay

_MOST_FINDINGS = 50


class ReplayOptions(TypedDict, total=False):
    """The options of `harness.replay`, which says what each does."""

    style: str | None
    postgres: str | None
    pg: int | None
    setup: Path | str | None
    seed: Path | str | None
    canary: bool
    race: int
    interrupt: bool


def assert_replays(path: Path | str, **options: Unpack[ReplayOptions]) -> Replay:
    """Boot a ladder cold and warm on a real Postgres, and return the replay if it is fine.

    AssertionError lists every failing statement and every change that the second boot makes, with file and line,
    SQLSTATE, Postgres's message and what to do. What keeps the ladder from being replayed is raised as it is:
    UsageError (LadderError among them) and PostgresError.
    """
    __tracebackhide__ = True
    from harness.replay.api import replay  # noqa: PLC0415 - psycopg and the parser

    found = replay(path, **options)
    if not found.ok:
        raise AssertionError(_told(found))
    return found


@pytest.fixture(scope="session", name="assert_replays")
def _assert_replays() -> Callable[..., Replay]:
    """`assert_replays(path, **options)`: fail unless the ladder boots twice and the second boot changes nothing."""
    return assert_replays


def _told(replay: Replay) -> str:
    from harness.report.findings import findings  # noqa: PLC0415 - only when there are some

    what = "survive a second boot" if replay.cold.ok else "boot on an empty database"
    found = list(findings(replay))
    items = [f"{finding}\n    do: {finding.advice}" for finding in found[:_MOST_FINDINGS]]
    if len(found) > _MOST_FINDINGS:
        items.append(f"and {len(found) - _MOST_FINDINGS} more: `bootsmoke replay` lists all of them")
    head = f"the ladder {replay.ladder.root} ({replay.ladder.style}) does not {what} on Postgres {replay.postgres}:"
    return "\n".join([head, *items])

"""Where two boots of some statements would stop, without a database."""

from __future__ import annotations

from pathlib import Path

from harness.ladder.model import Migration
from harness.simulator.simulate import steps_of
from harness.simulator.stops import Outlook, Stop, outlook


def seen(text: str, setup: str = "") -> Outlook:
    """Return what the boots of one file come to."""
    steps, before = (list(steps_of(Migration("a.sql", Path("a.sql"), sql))) for sql in (text, setup))
    return outlook(steps, before)


def test_the_cold_boot_goes_first() -> None:
    """What it refuses ends everything."""
    found = seen("CREATE TABLE t (id int); CREATE TABLE t (id int);")
    assert found.stop == Stop(is_cold=True, number=1, sqlstate="42P07", message='relation "t" already exists')


def test_the_warm_boot_follows() -> None:
    """The first refusal counts, not those after it."""
    found = seen("CREATE TABLE IF NOT EXISTS t (id int); CREATE TYPE k AS ENUM ('a'); CREATE TABLE u (id int);")
    assert found.stop == Stop(is_cold=False, number=1, sqlstate="42710", message='type "k" already exists')


def test_two_boots_may_pass() -> None:
    """And what was taken as given is told: a part of a ladder that needs more than the whole is none of it."""
    assert seen("CREATE TABLE IF NOT EXISTS t (id int);") == Outlook(None, frozenset())
    assert seen("ALTER TABLE given ADD COLUMN IF NOT EXISTS c int;").assumed
    assert not seen("ALTER TABLE given ADD COLUMN IF NOT EXISTS c int;", "CREATE TABLE given (id int);").assumed

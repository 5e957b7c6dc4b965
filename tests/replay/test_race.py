"""Boots at the same moment: races are told from what fails alone, and a lock is tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.ladder.discover import find_ladder
from harness.replay.apply import apply_ladder
from harness.replay.arena import Arena
from harness.replay.model import Options
from harness.replay.race import Race, race
from harness.replay.run import replay
from harness.replay.server import Server

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("database")]

LADDERS = Path(__file__).parents[1] / "ladders"
HOLD = "\nSELECT pg_sleep(0.1);"  # keeps the transaction open until the other boots have come as far
DOUBLED = "INSERT INTO t SELECT 1 FROM pg_sleep(0.05) WHERE NOT EXISTS (SELECT FROM t);"


def raced(server: Server, folder: Path, *files: str, setup: str = "SELECT", rounds: int = 4) -> Race:
    """Race three boots of a ladder; four rounds are one of each kind."""
    for number, text in enumerate(files, start=1):
        (folder / f"{number}_step.up.sql").write_text(text)
    arena = Arena(server, find_ladder(folder).migrations, (), server.connect)
    server.create("blank")
    with server.connect("blank") as connection:
        connection.execute(setup.encode())
    server.create("booted", template="blank")
    with server.connect("booted") as connection:
        assert apply_ladder(connection, arena.migrations) is None
    server.create("again", template="booted")
    with server.connect("again") as connection:
        alone = apply_ladder(connection, arena.migrations)
    found = race(arena, 3, blank="blank", booted="booted", fails_alone=[alone] if alone else [], rounds=rounds)
    assert (found.at_once, found.tried) == (3, 3 * rounds)
    return found


def test_guarded_create_races_on_an_empty_database(server: Server, tmp_path: Path) -> None:
    """IF NOT EXISTS does not help against another boot that has not committed yet; a lock does."""
    found = raced(server, tmp_path, "CREATE TABLE IF NOT EXISTS a (id int);" + HOLD)

    assert {(error.line, error.sqlstate) for error in found.errors} <= {(1, "23505"), (1, "42P07")}
    assert found.errors[0].message.startswith("duplicate key value violates unique constraint")
    assert found.survived == found.tried - sum(error.boots for error in found.errors)
    assert (found.ok, found.lock_helps) == (False, True)


def test_ladder_that_locks_survives(server: Server, tmp_path: Path) -> None:
    """A ladder whose every file takes a lock first has no races, and no lock is tried on it."""
    found = raced(server, tmp_path, "SELECT pg_advisory_xact_lock(7);\nCREATE TABLE IF NOT EXISTS a (id int);")

    assert found == Race(3, 12, 12, (), (), None)
    assert found.ok


def test_what_fails_alone_is_no_race(server: Server, tmp_path: Path) -> None:
    """A statement that every second boot stops at says nothing about boots at the same moment."""
    assert raced(server, tmp_path, "CREATE TABLE a (id int);" + HOLD).ok


def test_rows_that_double_without_an_error(server: Server, tmp_path: Path) -> None:
    """Boots that all pass may still leave what boots in turn do not."""
    found = raced(server, tmp_path, DOUBLED, setup="CREATE TABLE t (a int);")

    assert found.errors == ()
    assert {difference.partition(":")[0] for difference in found.differences} == {"rows of public.t"}
    assert (found.survived, found.locked, found.ok) == (12, 12, False)


def test_lock_that_does_not_help(server: Server, tmp_path: Path) -> None:
    """CREATE INDEX CONCURRENTLY waits for the boots that wait for the lock: a deadlock."""
    table = "CREATE TABLE IF NOT EXISTS a (id int);" + HOLD
    found = raced(server, tmp_path, table, "CREATE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);", rounds=1)

    assert (found.ok, found.lock_helps) == (False, False)


def test_golden_race(server: Server) -> None:
    """The ladder of the golden folder boots twice, and does not survive boots at the same moment."""
    found = replay(find_ladder(LADDERS / "race"), server, Options(race=2))

    assert found.race is not None
    assert {Path(error.path).name for error in found.race.errors} <= {
        "000001_accounts.up.sql",
        "000002_touch.up.sql",
    }
    assert (found.race.ok, found.race.lock_helps, found.ok) == (False, True, False)
    assert found.warm is not None
    assert found.warm.ok

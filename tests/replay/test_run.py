"""Whole replays: the reference ladder, its broken variants, setups, seeds, and what is left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import replay as replay_anything
from harness.errors import LadderError, UsageError
from harness.ladder.discover import find_ladder
from harness.ladder.model import load
from harness.replay.model import DataKind, Options, Replay
from harness.replay.postgres import embedded
from harness.replay.run import replay
from harness.replay.server import Server

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
MIGRATIONS = ROOT / "compose/server/migrations"
BROKEN = {
    "unguarded-check": ("000043_actor_role_scope.up.sql", "42710", "warm"),
    "conflict-target": ("000029_rbac.up.sql", "42P10", "warm"),
    "null-key": ("000029_rbac.up.sql", "23502", "cold"),
    "broken-insert": ("000045_users_deactivated_at.up.sql", "23502", "cold"),
}


def lay(folder: Path, **files: str) -> Path:
    """Write migrations by their names without an ending."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text)
    return folder


def played(server: Server, folder: Path, *, setup: str = "", seed: str = "", canary: bool = True) -> Replay:
    """Replay a folder with a setup and a seed that are written beside it."""
    setup_file, seed_file = folder.parent / "setup.sql", folder.parent / "seed.sql"
    setup_file.write_text(setup)
    seed_file.write_text(seed)
    options = Options(
        setup=load(setup_file) if setup else None, seed=load(seed_file) if seed else None, canary=canary
    )
    return replay(find_ladder(folder), server, options)


@pytest.mark.parametrize("major", [17, 18])
def test_the_reference_ladder_is_safe(major: int) -> None:
    """No failure and no drift with canary rows in all of its tables, on each embedded Postgres."""
    with embedded(major) as running:
        found = replay(find_ladder(MIGRATIONS), running)
    assert found.postgres.startswith(f"{major}.")
    assert found.ok
    assert (found.schema_drift, found.data_drift, found.rewrites) == ((), (), ())
    assert found.canary is not None
    assert (len(found.canary.filled), found.canary.unfilled) == (14, ())


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_ladder_fails_at_its_statement(case: str, server: Server, tmp_path: Path) -> None:
    """The file, the line of the statement and the SQLSTATE, on the boot that its file speaks of."""
    name, sqlstate, boot = BROKEN[case]
    folder = shutil.copytree(MIGRATIONS, tmp_path / "ladder")
    shutil.copy(ROOT / "compose/broken" / case / name, folder)
    found = replay(find_ladder(folder), server)
    assert found.warm is not None
    error = found.cold.failure if boot == "cold" else found.warm.first_failure
    assert error is not None
    assert (Path(error.path).name, error.sqlstate) == (name, sqlstate)
    assert found.warm.failures == (() if boot == "cold" else (error,))
    statement = next(s for s in load(folder / name).statements if s.number == error.statement)
    assert (statement.line, found.ok) == (error.line, False)


def test_nothing_is_left_behind(server: Server, tmp_path: Path) -> None:
    """Databases go, and so do roles that the ladder has made; a second replay finds the server as it was."""
    folder = lay(tmp_path / "ladder", a="CREATE ROLE reader; CREATE TABLE t (); GRANT SELECT ON t TO reader;")
    before = set(server.databases), server.admin.execute("SELECT count(*) FROM pg_roles").fetchone()
    for _ in range(2):
        found = played(server, folder)
        assert found.cold.ok
        assert found.warm is not None
        assert [error.sqlstate for error in found.warm.failures] == ["42710", "42P07"]
    assert before == (server.databases, server.admin.execute("SELECT count(*) FROM pg_roles").fetchone())


def test_a_setup_stands_before_the_ladder(server: Server, tmp_path: Path) -> None:
    """It runs once, but for what it sets for the session: that holds at every boot."""
    folder = lay(tmp_path / "ladder", a="CREATE TABLE IF NOT EXISTS t (n int);\nINSERT INTO t SELECT 1;")
    found = played(server, folder, setup="CREATE SCHEMA app;\nSET search_path TO app;")
    assert [(drift.table, drift.kind, drift.again) for drift in found.data_drift] == [
        ("app.t", DataKind.ADDED, True)
    ]


def test_a_seed_puts_the_owners_rows_in(server: Server, tmp_path: Path) -> None:
    """It takes the canary's place, and runs between the boots."""
    folder = lay(
        tmp_path / "ladder", a="CREATE TABLE IF NOT EXISTS t (n int PRIMARY KEY);\nDELETE FROM t WHERE n > 5;"
    )
    found = played(server, folder, seed="INSERT INTO t VALUES (1), (7), (8);")
    assert found.canary is None
    assert [(drift.kind, drift.before, drift.after) for drift in found.data_drift] == [(DataKind.REMOVED, 3, 1)]


@pytest.mark.parametrize("which", ["setup", "seed"])
def test_what_is_given_has_to_pass(which: str, server: Server, tmp_path: Path) -> None:
    """Its own failure is no finding on the ladder: an error with file and line."""
    folder = lay(tmp_path / "ladder", a="SELECT 1")
    with pytest.raises(UsageError, match=rf"{which}\.sql:2: division by zero \(SQLSTATE 22012\)"):
        played(
            server,
            folder,
            setup="SELECT 1;\nSELECT 1/0" * (which == "setup"),
            seed="\nSELECT 1/0" * (which == "seed"),
        )
    assert server.databases == set()


def test_without_a_canary_remade_tables_are_told_by_their_identity(server: Server, tmp_path: Path) -> None:
    """A table with the ladder's own rows alone, dropped and made with the same rows, is no copy of itself."""
    folder = lay(tmp_path / "ladder", a="DROP TABLE IF EXISTS t; CREATE TABLE t (n int); INSERT INTO t VALUES (1);")
    found = played(server, folder, canary=False)
    assert [(drift.kind, drift.rows, drift.again) for drift in found.data_drift] == [(DataKind.REMADE, 1, True)]


def test_a_cold_boot_that_fails_at_once(server: Server, tmp_path: Path) -> None:
    """There is nothing to boot a second time."""
    found = played(server, lay(tmp_path / "ladder", a="SELECT 1/0"))
    assert found.cold.failure is not None
    assert (found.warm, found.ok) == (None, False)


def test_what_only_psql_reads_is_refused(server: Server, tmp_path: Path) -> None:
    """Before anything runs, with its line."""
    with pytest.raises(LadderError, match=r"a\.sql:2"):
        played(server, lay(tmp_path / "ladder", a="SELECT 1;\n\\echo hello\n"))


def test_the_package_can_be_called() -> None:
    """`from harness import replay; replay(folder)` starts a Postgres of its own."""
    assert replay_anything(str(MIGRATIONS), canary=False).ok


def test_an_index_whose_predicate_calls_functions_of_the_ladder(server: Server, tmp_path: Path) -> None:
    """Its table's rows are read, though planning that means to find what these functions call."""
    is_set = "CREATE OR REPLACE FUNCTION is_set(id INT) RETURNS BOOL LANGUAGE sql IMMUTABLE AS 'SELECT id <> {}';"
    folder = lay(
        tmp_path / "ladder",
        one="CREATE OR REPLACE FUNCTION nil() RETURNS INT LANGUAGE sql IMMUTABLE AS 'SELECT 0';"
        "CREATE TABLE IF NOT EXISTS t (id INT);" + is_set.format("0"),
        two="CREATE INDEX IF NOT EXISTS t_id ON t (id) WHERE is_set(id);" + is_set.format("nil()"),
    )
    found = played(server, folder)
    assert found.warm is not None
    assert found.warm.failures == ()

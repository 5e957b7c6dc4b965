"""Reproducing what a log told of: what counts as the same failure, and what is said of another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.ladder.model import Migration
from harness.replay.server import Server
from harness.repro.api import Around, repro_on
from harness.repro.model import Repro
from tests.repro.making import cause, ladder

pytestmark = pytest.mark.postgres

TABLE = "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY);"


def texts(found: Repro) -> list[str]:
    """Return the statements that are left."""
    assert found.part is not None
    return [step.statement.text for step in found.part.steps]


def sql(text: str) -> Migration:
    """Return SQL that stands beside a ladder."""
    return Migration("beside.sql", Path("beside.sql"), text)


def test_a_log_s_failure_happens_again(server: Server) -> None:
    """State and place agree: it is proved."""
    told = cause(sqlstate="42P07", path="/app/a.sql", line=1)
    found = repro_on(server, ladder(a="CREATE TABLE a (id int);"), told)
    assert found.reproduced
    assert found.cause is told


def test_another_statement_that_fails_first_is_another_failure(server: Server) -> None:
    """The log's statement fails as well, but no boot would come to it: that is said, and nothing is shrunk."""
    made = ladder(a="CREATE TABLE a (id int);", b="CREATE TABLE b (id int);")
    found = repro_on(server, made, cause(sqlstate="42P07", path="b.sql", line=1))
    assert not found.reproduced
    assert found.part is None
    assert found.differs == (
        "the warm boot stops at a.sql:1 instead of b.sql:1",
        "b.sql:1 fails as well, but no boot comes to it before the other is mended",
    )


def test_another_sqlstate_is_another_failure(server: Server) -> None:
    """The same statement, but another reason."""
    found = repro_on(server, ladder(a="CREATE TABLE a (id int);"), cause(sqlstate="23505", path="a.sql", line=1))
    assert found.differs == ('SQLSTATE 42P07 (relation "a" already exists) instead of 23505',)


def test_boots_that_pass_are_no_failure(server: Server) -> None:
    """With and without rows in the tables."""
    found = repro_on(server, ladder(a=TABLE), cause(sqlstate="42710"))
    assert found.differs == ("both boots pass",)


def test_the_same_words_are_needed(server: Server) -> None:
    """A part that misses another table than the whole ladder does is no part of the same failure."""
    made = ladder(a="CREATE TABLE here (id int);", b="SELECT * FROM here, gone;")
    found = repro_on(server, made)
    assert texts(found) == ["CREATE TABLE here (id int)", "SELECT * FROM here, gone"]


def test_the_cold_boot_stays_as_it_is(server: Server) -> None:
    """What fails at the second boot only has to pass the first, in the part as well."""
    made = ladder(a=TABLE, b="INSERT INTO t VALUES (1);", c="CREATE TABLE IF NOT EXISTS other (id int);")
    found = repro_on(server, made)
    assert found.failure is not None
    assert found.failure.boot == "warm"
    assert texts(found) == [TABLE.rstrip(";"), "INSERT INTO t VALUES (1)"]


def test_rows_are_put_in_where_it_takes_some(server: Server) -> None:
    """A column without a default can be added to an empty table again and again."""
    change = "ALTER TABLE t DROP COLUMN IF EXISTS c, ADD COLUMN c int NOT NULL"
    found = repro_on(server, ladder(a=TABLE, b=f"{change};"), cause(sqlstate="23502"))
    assert found.reproduced
    assert texts(found) == [TABLE.rstrip(";"), change]
    assert found.rows.count("INSERT INTO public.t (id, c) VALUES (") == 3


def test_the_owner_s_rows_go_before_the_canary_s(server: Server) -> None:
    """Only this value is refused."""
    insert = "INSERT INTO t SELECT 7 WHERE EXISTS (SELECT FROM t WHERE id = 900001)"
    made = ladder(a=TABLE, b=f"{insert};")
    seed = sql("INSERT INTO t VALUES (7), (900001);")
    assert repro_on(server, made, cause(sqlstate="23505")).differs == ("both boots pass",)
    found = repro_on(server, made, cause(sqlstate="23505"), Around(seed=seed))
    assert found.reproduced
    assert found.rows.splitlines() == [
        "INSERT INTO public.t (id) VALUES (7);",
        "INSERT INTO public.t (id) VALUES (900001);",
    ]


def test_a_setup_that_is_not_needed_goes(server: Server) -> None:
    """And one that is needed stays."""
    setup = sql("CREATE SCHEMA app; CREATE TABLE app.given (id int);")
    without = repro_on(server, ladder(a="CREATE TABLE a (id int);"), around=Around(setup=setup))
    assert without.setup is None
    with_ = repro_on(server, ladder(a="ALTER TABLE app.given ADD COLUMN x int;"), around=Around(setup=setup))
    assert with_.setup is setup


def test_what_the_symbolic_postgres_does_not_see_is_shrunk_by_the_real_one(server: Server) -> None:
    """Whole files first."""
    do = "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || 'made'; END $$"
    files = {f"n{n}": f"CREATE TABLE IF NOT EXISTS x{n} (id int); SELECT {n};" for n in range(6)}
    found = repro_on(server, ladder(**files, z=f"{do};"))
    assert texts(found) == [do]
    assert found.trials < 12


def test_roles_of_a_trial_are_gone_before_the_next(server: Server) -> None:
    """A role belongs to the whole server: the second trial would fail otherwise."""
    made = ladder(a="CREATE ROLE repro_reader;", b="CREATE TABLE IF NOT EXISTS t (id int);")
    found = repro_on(server, made)
    assert found.failure is not None
    assert (found.failure.boot, found.failure.error.sqlstate) == ("warm", "42710")
    assert texts(found) == ["CREATE ROLE repro_reader"]
    assert server.databases == set()

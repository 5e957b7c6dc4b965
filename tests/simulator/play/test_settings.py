"""What a connection is told: settings, transactions, and what leaves the database as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refusals = Callable[..., list[str]]

SCHEMAS = "CREATE SCHEMA IF NOT EXISTS app;"


@pytest.mark.parametrize(
    "how",
    [
        "SET search_path TO app, public;",
        "SET search_path = 'app';",
        "SET SCHEMA 'app';",
        "SELECT pg_catalog.set_config('search_path', 'app, public', false);",
    ],
)
def test_the_search_path_holds_for_the_files_after_it(refusals: Refusals, how: str) -> None:
    """A setting of the session outlives its file."""
    states = refusals(SCHEMAS, how, "CREATE TABLE IF NOT EXISTS t (a int);", "CREATE TABLE app.t (a int);")
    assert states[-1].startswith("? it would fail on an empty database already")


@pytest.mark.parametrize("how", ["SET LOCAL search_path TO app;", "SELECT set_config('search_path', 'app', true);"])
def test_a_local_setting_ends_with_its_file(refusals: Refusals, how: str) -> None:
    """What is LOCAL to a transaction is over in the next file, and at COMMIT."""
    table = "CREATE TABLE IF NOT EXISTS app.t (a int);"
    assert refusals(SCHEMAS + how, table + "ALTER TABLE IF EXISTS t ADD COLUMN b int;")[-1] == ""
    assert refusals(SCHEMAS + table + "BEGIN;" + how + "ALTER TABLE t ADD COLUMN c int; COMMIT;")[4] == "42701"


def test_a_setting_goes_back_to_its_default(refusals: Refusals) -> None:
    """RESET, RESET ALL and SET TO DEFAULT end what SET began."""
    for back in ("RESET search_path;", "RESET ALL;", "SET search_path TO DEFAULT;", "DISCARD ALL;"):
        states = refusals(
            SCHEMAS + "SET search_path = app;" + back + "CREATE TABLE t (a int); DROP TABLE public.t;"
        )
        assert states == [""] * 5


def test_rollback_undoes_what_came_after_begin(refusals: Refusals) -> None:
    """After ROLLBACK the database is as it was at BEGIN; after ROLLBACK TO, as it was at the savepoint."""
    text = "BEGIN; CREATE TABLE a (i int); ROLLBACK; CREATE TABLE IF NOT EXISTS b (i int);"
    assert refusals(text, "CREATE TABLE a (i int); DROP TABLE a;") == [""] * 6
    inner = (
        "BEGIN; SAVEPOINT s; CREATE TABLE a (i int); ROLLBACK TO s; CREATE TABLE a (j int); COMMIT; DROP TABLE a;"
    )
    assert refusals(inner) == [""] * 7


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("LOCK TABLE gone;", "42P01"),
        ("ANALYZE gone;", "42P01"),
        ("ANALYZE kept (gone);", "42703"),
        ("REINDEX TABLE gone;", "42P01"),
        ("CLUSTER kept USING gone_index;", "42704"),
        ("SET CONSTRAINTS gone_check IMMEDIATE;", "42704"),
        ("SET ROLE gone_role;", "22023"),
        ("CHECKPOINT;", ""),
        ("SHOW search_path;", ""),
        ("SET statement_timeout = 0;", ""),
    ],
)
def test_what_a_statement_names_has_to_be_there(refusals: Refusals, statement: str, sqlstate: str) -> None:
    """A later file takes away what the statement names: the second boot is refused."""
    makes = """
        CREATE TABLE IF NOT EXISTS kept (i int);
        DO $$ BEGIN IF to_regclass('marker') IS NULL THEN
            CREATE TABLE gone (i int);
            CREATE ROLE gone_role;
            ALTER TABLE kept ADD COLUMN gone int CONSTRAINT gone_check CHECK (gone > 0);
            CREATE INDEX gone_index ON kept (i);
        END IF; END $$;"""
    takes = """
        DROP TABLE IF EXISTS gone; DROP ROLE IF EXISTS gone_role; DROP INDEX IF EXISTS gone_index;
        ALTER TABLE kept DROP COLUMN IF EXISTS gone; CREATE TABLE IF NOT EXISTS marker (i int);"""
    assert refusals(makes, statement + "RESET ROLE;", takes)[2] == sqlstate


def test_a_prepared_statement_lives_as_long_as_the_connection(refusals: Refusals) -> None:
    """Each boot prepares anew; a name is taken once, and gone after DEALLOCATE."""
    text = "PREPARE p AS SELECT $1::int; EXECUTE p (1); DEALLOCATE p; PREPARE p AS SELECT 2; DEALLOCATE ALL;"
    assert refusals(text) == [""] * 5

"""INSERT, UPDATE and DELETE where something is not known: never refused, never believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.simulator.errors import Refused
from harness.simulator.values import UNKNOWN

if TYPE_CHECKING:
    from tests.simulator.execute.conftest import Database


def state_of(database: Database, text: str, **variables: Any) -> str:
    """Run a statement; its SQLSTATE, empty where it passes."""
    mark = database.session.store.mark()
    try:
        database.run(text, **variables)
    except Refused as refused:
        database.session.store.rollback(mark)
        return refused.sqlstate
    return ""


@pytest.fixture
def table(database: Database) -> Database:
    """Return a database with a table of two rows."""
    database.run("""
        CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL UNIQUE, n int CHECK (n > 0));
        INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)""")
    return database


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("INSERT INTO t VALUES (u, 'x', 1)", ""),
        ("INSERT INTO t VALUES (3, u, 1)", ""),
        ("INSERT INTO t VALUES (3, 'c', u)", ""),
        ("INSERT INTO t VALUES (1, u, u)", "23505"),
        ("INSERT INTO t VALUES (3, 'a', u)", "23505"),
        ("INSERT INTO t VALUES (u, NULL, 1)", "23502"),
        ("INSERT INTO t VALUES (u, u, 0)", "23514"),
        ("UPDATE t SET name = u", ""),
        ("UPDATE t SET n = 0 WHERE u", ""),
        ("UPDATE t SET n = 0 WHERE id = 1", "23514"),
        ("UPDATE t SET id = 2 WHERE id = 1", "23505"),
        ("UPDATE t SET id = id + 1", ""),
        ("INSERT INTO t SELECT 1, 'z', 1 WHERE u", ""),
        ("INSERT INTO t SELECT 1, 'z', 1", "23505"),
    ],
)
def test_a_refusal_is_certain(table: Database, statement: str, state: str) -> None:
    """A constraint refuses what breaks it for sure, and nothing of which a deciding value is not known."""
    assert state_of(table, statement, u=UNKNOWN) == state


def test_a_new_uuid_meets_no_other(database: Database) -> None:
    """Rows with ids of their own each are no duplicates, and refer to nothing."""
    database.run("CREATE TABLE t (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), up uuid REFERENCES t)")
    database.run("INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES")
    assert state_of(database, "INSERT INTO t (up) VALUES (gen_random_uuid())") == "23503"
    assert state_of(database, "INSERT INTO t (up) SELECT id FROM t") == ""


def test_an_update_of_rows_that_are_not_sure_blurs_what_it_sets(table: Database) -> None:
    """Where it is not known whether a row is updated, what SET would change is not known; the rest is."""
    table.run("UPDATE t SET n = 9, name = 'a' WHERE id = 1 AND u", u=UNKNOWN)
    assert table.rows("SELECT id, name, n FROM t ORDER BY id") == [(1, "a", UNKNOWN), (2, "b", 2)]


def test_a_delete_of_rows_that_are_not_sure_leaves_them_open(table: Database) -> None:
    """A row that may be deleted may still be there: an INSERT of its key is not refused, nor is it sure to pass."""
    table.run("DELETE FROM t WHERE id = 1 AND u", u=UNKNOWN)
    assert table.value("EXISTS (SELECT FROM t WHERE id = 1)") is UNKNOWN
    assert state_of(table, "INSERT INTO t VALUES (1, 'a', 1)") == ""


def test_deleting_all_rows_makes_all_known(table: Database) -> None:
    """After a DELETE without WHERE, or a TRUNCATE, a table is empty whatever was in it."""
    for statement in ("DELETE FROM t", "TRUNCATE t"):
        table.forget_rows("t")
        table.run(statement)
        assert table.rows("SELECT count(*) FROM t") == [(0,)]


def test_on_conflict_leaves_a_row_with_the_key(table: Database) -> None:
    """Whether it inserts or not, ON CONFLICT leaves a row with its key; of the others that is known which agree."""
    table.forget_rows("t")
    table.run("INSERT INTO t VALUES (7, 'x', 7) ON CONFLICT (id) DO UPDATE SET n = excluded.n")
    result = table.run("SELECT id, name, n FROM t WHERE id = 7")
    assert result.rows == [(7, UNKNOWN, 7)]
    assert state_of(table, "INSERT INTO t VALUES (7, 'y', 7)") == "23505"


def test_on_conflict_of_an_unknown_key_may_update_any_row(table: Database) -> None:
    """A key that is not known may be any row's."""
    table.run("INSERT INTO t VALUES (u, 'x', 5) ON CONFLICT (id) DO UPDATE SET n = 5", u=UNKNOWN)
    assert table.run("SELECT n FROM t WHERE id = 1").rows == [(UNKNOWN,)]


def test_a_foreign_key_is_not_refused_where_rows_are_not_known(database: Database) -> None:
    """What is referred to may be among the rows that are not known."""
    database.run("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)")
    assert state_of(database, "INSERT INTO c VALUES (1)") == "23503"
    database.forget_rows("p")
    assert state_of(database, "INSERT INTO c VALUES (1)") == ""


def test_deferrable_keys_are_not_refused(database: Database) -> None:
    """A deferred constraint is looked at when the transaction ends, not with the statement."""
    database.run("""
        CREATE TABLE p (id int PRIMARY KEY);
        CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED, q int UNIQUE DEFERRABLE);
        INSERT INTO c VALUES (NULL, 1)""")
    assert state_of(database, "INSERT INTO c VALUES (1, 1)") == ""


def test_a_replica_session_fires_nothing(database: Database) -> None:
    """With session_replication_role = replica neither foreign keys nor triggers count."""
    database.run("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)")
    database.session.settings["session_replication_role"] = "replica"
    assert state_of(database, "INSERT INTO c VALUES (1)") == ""


def test_a_trigger_that_is_not_followed_blurs_what_it_names(database: Database) -> None:
    """Of a row that such a trigger may change, the columns are known that its function does not name."""
    database.run("""
        CREATE EXTENSION plpython3u; CREATE TABLE t (id int PRIMARY KEY, seen timestamptz, name text);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpython3u AS $$ TD['new']['seen'] = now() $$;
        CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
        INSERT INTO t VALUES (1, '2020-01-01', 'x')""")
    assert database.rows("SELECT id, seen, name FROM t") == [(1, UNKNOWN, "x")]
    assert state_of(database, "INSERT INTO t VALUES (1)") == "23505"


def test_an_after_trigger_that_is_not_followed_blurs_the_tables_it_names(database: Database) -> None:
    """Rows may be in a table that a function names which is not followed."""
    database.run("""
        CREATE EXTENSION plpython3u; CREATE TABLE log (id int); CREATE TABLE t (id int);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpython3u AS $$ plpy.execute('INSERT INTO log ...') $$;
        CREATE TRIGGER a AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
        INSERT INTO t VALUES (1)""")
    assert not database.run("SELECT * FROM log").is_exact
    assert database.run("SELECT * FROM t").is_exact


def test_copy_brings_rows_that_are_not_known(table: Database) -> None:
    """The data of COPY ... FROM is not in the statement."""
    table.run("COPY t FROM stdin")
    assert not table.run("SELECT * FROM t").is_exact


def test_sequences_go_on_after_a_refusal(database: Database) -> None:
    """What a sequence has given out is gone, also where the statement is refused."""
    database.run("CREATE TABLE t (id serial PRIMARY KEY, name text UNIQUE); INSERT INTO t (name) VALUES ('a')")
    assert state_of(database, "INSERT INTO t (name) VALUES ('a')") == "23505"
    assert database.rows("INSERT INTO t (name) VALUES ('b') RETURNING id") == [(3,)]


def test_an_enum_label_that_was_renamed_is_known_to_what_is_kept(database: Database) -> None:
    """A default keeps its label when it is renamed; a statement has to use the new name."""
    database.run("""
        CREATE TYPE s AS ENUM ('a', 'b'); CREATE TABLE t (s s DEFAULT 'a', CHECK (s <> 'b'));
        INSERT INTO t DEFAULT VALUES; ALTER TYPE s RENAME VALUE 'a' TO 'z'""")
    database.run("INSERT INTO t DEFAULT VALUES")
    assert database.rows("SELECT s FROM t") == [("z",), ("z",)]
    assert state_of(database, "INSERT INTO t VALUES ('a')") == "22P02"


def test_many_rows_go_in_without_looking_at_each_other(database: Database) -> None:
    """A unique key is looked up, not searched for: the time of the test grows with the rows, not their square."""
    database.run("CREATE TABLE t (id int PRIMARY KEY, v text UNIQUE)")
    database.fill("t", 3000)
    assert state_of(database, "INSERT INTO t VALUES (2999, 'new')") == "23505"

"""Triggers, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


TABLE = (
    "CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
)
ROW = "FOR EACH ROW EXECUTE FUNCTION f()"


def test_a_trigger_is_there_already(refusals: Refusals) -> None:
    """OR REPLACE takes its place; that of a constraint trigger is never taken."""
    assert refusals(f"CREATE TRIGGER x BEFORE INSERT ON t {ROW}", setup=TABLE) == ["42710"]
    assert refusals(f"CREATE OR REPLACE TRIGGER x BEFORE INSERT ON t {ROW}", setup=TABLE) == [""]
    assert refusals(f"CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t {ROW}", setup=TABLE) == ["42710"]


def test_what_a_trigger_names_has_to_be_there(refusals: Refusals) -> None:
    """The table, the columns of UPDATE OF and of WHEN, and the function are looked up at the second boot."""
    when = "FOR EACH ROW WHEN (OLD.b > 1) EXECUTE FUNCTION f()"
    texts = {
        f"CREATE OR REPLACE TRIGGER x BEFORE UPDATE OF b ON t {ROW}": "42703",
        f"CREATE OR REPLACE TRIGGER x BEFORE UPDATE ON t {when}": "42703",
    }
    for text, sqlstate in texts.items():
        later = "DROP TRIGGER x ON t; ALTER TABLE t DROP COLUMN b"
        assert refusals(text, later, setup=TABLE)[0] == sqlstate
    assert (
        refusals(f"CREATE TRIGGER x BEFORE INSERT ON t {ROW}", "DROP FUNCTION f() CASCADE", setup=TABLE)[0]
        == "42883"
    )
    assert refusals(f"CREATE TRIGGER x BEFORE INSERT ON t {ROW}", "DROP TABLE t", setup=TABLE)[0] == "42P01"


def test_a_trigger_goes_with_its_table_and_stays_with_its_function(refusals: Refusals) -> None:
    """DROP TABLE takes the trigger along, DROP FUNCTION is refused for it."""
    made = f"CREATE TRIGGER x BEFORE INSERT ON t {ROW}"
    assert refusals("DROP FUNCTION IF EXISTS g()", made, "DROP TABLE t; CREATE TABLE t (a int)", setup=TABLE) == [
        "",
        "",
        "",
        "",
    ]
    later = f"{made}; CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    assert refusals("DROP FUNCTION IF EXISTS f()", TABLE, later)[0] == "2BP01"


def test_kinds_of_triggers_want_kinds_of_relations(refusals: Refusals) -> None:
    """A view has no row triggers but INSTEAD OF; a table that became a view is refused."""
    later = "DROP TABLE t; CREATE VIEW t AS SELECT 1 AS a"
    assert refusals(f"CREATE TRIGGER x BEFORE INSERT ON t {ROW}", later, setup=TABLE)[0] == "42809"


def test_a_condition_names_rows_that_there_are(refusals: Refusals) -> None:
    """OLD in the WHEN of an INSERT trigger would be refused at the first boot already."""
    text = "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (OLD.a > 1) EXECUTE FUNCTION f()"
    assert "INSERT trigger's WHEN condition" in refusals(text, setup=TABLE)[0]


def test_a_function_from_before_the_ladder_stays(refusals: Refusals) -> None:
    """What the first boot takes to be there is there at the second; Postgres's own functions always are."""
    assert refusals(
        "CREATE OR REPLACE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION given()",
        "CREATE OR REPLACE TRIGGER y BEFORE UPDATE ON t"
        " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        setup=TABLE,
    ) == ["", ""]


def test_an_event_trigger_is_there_already(refusals: Refusals) -> None:
    """CREATE EVENT TRIGGER has neither IF NOT EXISTS nor OR REPLACE."""
    made = "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'"
    assert refusals("CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION e()", setup=made) == ["42710"]

"""Which rule speaks of what."""

from __future__ import annotations

import re

import pytest

from harness.guard.rules import CHANGES, FAILURES, RULES
from harness.simulator.model import Drift, DriftKind
from harness.sql import parse
from tests.guard.making import drifting, failing

_TABLE = """
LAD101 42710 constraint "c" for relation "a" already exists
    ALTER TABLE a ADD CONSTRAINT c CHECK (true)
LAD101 42P07 relation "c" already exists
    ALTER TABLE a ADD CONSTRAINT c UNIQUE (x)
LAD101 42P16 multiple primary keys for table "a" are not allowed
    ALTER TABLE a ADD PRIMARY KEY (x)
LAD101 42710 constraint "c" for domain "d" already exists
    ALTER DOMAIN d ADD CONSTRAINT c CHECK (true)
LAD102 42P07 relation "a" already exists
    CREATE TABLE a (x int)
LAD102 42P07 relation "a" already exists
    CREATE TABLE a AS SELECT 1
LAD102 42P07 relation "a" already exists
    SELECT 1 INTO a
LAD103 42P07 relation "a" already exists
    CREATE INDEX a ON t (x)
LAD104 42701 column "x" of relation "a" already exists
    ALTER TABLE a ADD COLUMN x int
LAD105 42703 column "x" does not exist
    CREATE INDEX i ON a (x)
LAD105 42703 column "x" of relation "a" does not exist
    ALTER TABLE a ALTER COLUMN x SET NOT NULL
LAD105 42703 column "x" does not exist
    ALTER TABLE a DROP COLUMN y, ADD CHECK (x > 1)
LAD106 42P01 relation "a" does not exist
    INSERT INTO a VALUES (1)
LAD106 42809 "a" is not a view
    CREATE OR REPLACE VIEW a AS SELECT 1
LAD107 42710 trigger "t" for relation "a" already exists
    CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()
LAD108 42723 function "f" already exists with same argument types
    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
LAD108 42P13 cannot change return type of existing function
    CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
LAD108 42725 function name "f" is not unique
    DROP FUNCTION f
LAD109 42P07 relation "a" already exists
    CREATE VIEW a AS SELECT 1
LAD109 42P07 relation "a" already exists
    CREATE MATERIALIZED VIEW a AS SELECT 1
LAD109 42P16 cannot drop columns from view
    CREATE OR REPLACE VIEW a AS SELECT 1
LAD110 42710 type "m" already exists
    CREATE TYPE m AS ENUM ('a')
LAD110 42P07 relation "m" already exists
    CREATE TYPE m AS (x int)
LAD110 42710 type "m" already exists
    CREATE DOMAIN m AS text
LAD111 42710 enum label "b" already exists
    ALTER TYPE m ADD VALUE 'b'
LAD111 22023 "b" is not an existing enum label
    ALTER TYPE m RENAME VALUE 'b' TO 'c'
LAD112 42710 policy "p" for table "a" already exists
    CREATE POLICY p ON a
LAD112 42710 rule "r" for relation "a" already exists
    CREATE RULE r AS ON INSERT TO a DO NOTHING
LAD113 42703 column "x" does not exist
    ALTER TABLE a RENAME COLUMN x TO y
LAD113 42701 column "y" of relation "a" already exists
    ALTER TABLE a RENAME COLUMN x TO y
LAD113 42P07 relation "b" already exists
    ALTER TABLE a RENAME TO b
LAD113 42P01 relation "a" does not exist
    ALTER TABLE a SET SCHEMA s
LAD114 23505 duplicate key value violates unique constraint "a_pkey"
    INSERT INTO a VALUES (1)
LAD115 42P01 table "a" does not exist
    DROP TABLE a
LAD115 42703 column "x" of relation "a" does not exist
    ALTER TABLE a DROP COLUMN x
LAD115 42704 constraint "c" of relation "a" does not exist
    ALTER TABLE a DROP CONSTRAINT c, ADD CHECK (true)
LAD115 42883 function f() does not exist
    DROP FUNCTION f()
LAD116 2BP01 cannot drop table a because other objects depend on it
    DROP TABLE a
LAD116 0A000 cannot alter type of a column used by a view or rule
    ALTER TABLE a ALTER x TYPE text
LAD117 42710 role "r" already exists
    CREATE ROLE r
LAD117 42P06 schema "s" already exists
    CREATE SCHEMA s
LAD117 42P07 relation "a" already exists
    CREATE SEQUENCE a
LAD117 42710 extension "e" already exists
    CREATE EXTENSION e
LAD118 42P10 there is no unique or exclusion constraint matching the ON CONFLICT specification
    INSERT INTO a VALUES (1) ON CONFLICT (x) DO NOTHING
LAD118 42830 there is no unique constraint matching given keys for referenced table "b"
    ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b (y)
LAD119 23502 null value in column "x" of relation "a" violates not-null constraint
    INSERT INTO a VALUES (1)
LAD119 23514 check constraint "c" of relation "a" is violated by some row
    ALTER TABLE a ADD CHECK (x > 1)
LAD119 23505 could not create unique index "i"
    CREATE UNIQUE INDEX i ON a (x)
LAD120 42804 column x is of type integer but expression is of type text
    UPDATE a SET x = y
LAD120 22P02 invalid input value for enum m: "old"
    INSERT INTO a VALUES ('old')
LAD120 42883 operator does not exist: integer = text
    UPDATE a SET x = 1 WHERE x = y
LAD120 42883 function btrim(jsonb) does not exist
    ALTER TABLE a ALTER x TYPE jsonb USING to_jsonb(btrim(x))
LAD121 42710 constraint "c" for relation "a" already exists
    DO $$ BEGIN ALTER TABLE a ADD CONSTRAINT c CHECK (true); END $$
LAD121 42703 column "x" does not exist
    CREATE INDEX IF NOT EXISTS i ON a (x)
LAD122 42704 type "m" does not exist
    CREATE TABLE IF NOT EXISTS a (x m)
LAD122 3F000 schema "s" does not exist
    CREATE TABLE IF NOT EXISTS s.a (x int)
LAD122 42883 function f() does not exist
    CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()
LAD199 55000 column "x" of relation "a" is not an identity column
    ALTER TABLE a ALTER x DROP IDENTITY
"""
"""Code, SQLSTATE and Postgres's message; below them the statement that fails so."""

_CASE = re.compile(r"^(LAD\d+) (\w+) (.*)\n    (.*)$", re.MULTILINE)
FAILING = [match.groups() for match in _CASE.finditer(_TABLE)]


@pytest.mark.parametrize(("code", "sqlstate", "message", "sql"), FAILING, ids=lambda value: str(value)[:40])
def test_a_failing_statement_has_one_rule(code: str, sqlstate: str, message: str, sql: str) -> None:
    """The first rule with something to say is the one that fits best, and it quotes Postgres."""
    case = failing(sql, sqlstate, message)
    first = next(rule for rule in FAILURES if rule.says(case))
    assert first.code == code
    assert first.says(case) == f"the next boot stops here: {message}"


def test_every_rule_on_failures_is_tried() -> None:
    """None is there that never has a say."""
    assert {rule.code for rule in FAILURES} == {code for code, *_ in FAILING}


DRIFTING = [
    ("LAD201", DriftKind.ROWS_ADDED, "INSERT INTO a VALUES (1)", "every boot inserts rows into a again"),
    ("LAD202", DriftKind.ROWS_ADDED, "INSERT INTO a VALUES (1) ON CONFLICT (x) DO NOTHING",
     "every boot inserts rows into a again: they never conflict with those that are there"),
    ("LAD203", DriftKind.TABLE_REMADE, "DROP TABLE a", "every boot drops a with all its rows"),
    ("LAD204", DriftKind.COLUMN_REMADE, "ALTER TABLE a DROP x", "every boot drops a.x with all values"),
    ("LAD205", DriftKind.ROWS_CHANGED, "UPDATE a SET x = 1", "every boot sets a.x again, whatever it is by then"),
    ("LAD206", DriftKind.ROWS_REMOVED, "DELETE FROM a", "every boot deletes rows of a"),
    ("LAD207", DriftKind.SCHEMA_CHANGED, "CREATE INDEX ON a (x)", "the next boot changes the schema: a"),
    ("LAD208", DriftKind.SEQUENCE_MOVED, "SELECT setval('a', 1)", "every boot moves the sequence a"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind", "sql", "message"), DRIFTING, ids=[code for code, *_ in DRIFTING])
def test_a_change_has_its_rule(code: str, kind: DriftKind, sql: str, message: str) -> None:
    """Each way to change the database is told by one rule; the first two are told by one of them."""
    case = drifting(sql, Drift(kind, "a", columns=("x",)))
    assert (RULES[code].says(case), code in {rule.code for rule in CHANGES}) == (message, True)
    others = [rule.code for rule in CHANGES if rule.says(case) and rule.code not in (code, "LAD201")]
    assert others == []


def test_one_rule_for_each_kind_of_change() -> None:
    """No change goes untold."""
    assert {kind for _, kind, *_ in DRIFTING} == set(DriftKind)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_fit_to_be_read(code: str) -> None:
    """Titles are clauses, help and reasons sentences, and the files are named by their code."""
    rule = RULES[code]
    assert rule.code == code
    assert re.fullmatch(r"LAD\d{3}", code)
    assert rule.title[-1] not in ".!"
    assert len(rule.title) < 100
    assert rule.help.endswith(".")
    assert rule.why.endswith(".")
    assert len(rule.why) > 60
    assert rule.before.strip() != rule.after.strip()
    assert rule.source


@pytest.mark.parametrize("code", [code for code in RULES if code[3] in "123" and code not in ("LAD209", "LAD905")])
def test_the_examples_are_sql(code: str) -> None:
    """What is shown as better can be copied."""
    parse.check(RULES[code].before)
    parse.check(RULES[code].after)

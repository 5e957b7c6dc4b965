"""Fixes of one statement by its text alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.fix.suggest import suggest
from harness.ladder.model import Migration
from harness.sql.edits import apply

CLAUSES = {
    "CREATE TEMP TABLE a(x int)": "CREATE TEMP TABLE IF NOT EXISTS a(x int)",
    "CREATE TABLE a.b AS SELECT 1": "CREATE TABLE IF NOT EXISTS a.b AS SELECT 1",
    "CREATE MATERIALIZED VIEW a AS SELECT 1": "CREATE MATERIALIZED VIEW IF NOT EXISTS a AS SELECT 1",
    "CREATE UNIQUE INDEX CONCURRENTLY i ON t(a)": "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t(a)",
    "CREATE VIEW v AS SELECT 1": "CREATE OR REPLACE VIEW v AS SELECT 1",
    "create schema x": "create schema IF NOT EXISTS x",
    "DROP TABLE a, b": "DROP TABLE IF EXISTS a, b",
    "DROP MATERIALIZED VIEW x": "DROP MATERIALIZED VIEW IF EXISTS x",
    "DROP CAST (a AS b)": "DROP CAST IF EXISTS (a AS b)",
    "ALTER TABLE ONLY a.b ADD x int, DROP y, ADD COLUMN /* z, */ z numeric(3,2), DROP CONSTRAINT k": (
        "ALTER TABLE ONLY a.b ADD IF NOT EXISTS x int, DROP IF EXISTS y,"
        " ADD COLUMN IF NOT EXISTS /* z, */ z numeric(3,2), DROP CONSTRAINT IF EXISTS k"
    ),
    'ALTER TABLE IF EXISTS "A" DROP c': 'ALTER TABLE IF EXISTS "A" DROP IF EXISTS c',
    "ALTER INDEX a RENAME TO b": "ALTER INDEX IF EXISTS a RENAME TO b",
    "ALTER TABLE a SET SCHEMA b": "ALTER TABLE IF EXISTS a SET SCHEMA b",
    "ALTER TYPE m ADD VALUE 'x' AFTER 'y'": "ALTER TYPE m ADD VALUE IF NOT EXISTS 'x' AFTER 'y'",
    "ALTER DOMAIN d DROP CONSTRAINT x": "ALTER DOMAIN d DROP CONSTRAINT IF EXISTS x",
}
GUARDS = {
    "ALTER TABLE s.a ADD b int, ADD CHECK (b > 1)": (
        "NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('s.a') AND conname = 'a_check')"
    ),
    "CREATE TYPE mood AS ENUM ('ok')": "to_regtype('mood') IS NULL",
    'CREATE DOMAIN s."D" AS int': "to_regtype('s.\"D\"') IS NULL",
    "CREATE POLICY p ON t": (
        "NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = to_regclass('t') AND polname = 'p')"
    ),
    "ALTER TABLE t RENAME COLUMN a TO b": (
        "EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('t') AND attname = 'a')"
    ),
    "CREATE ROLE app": "to_regrole('app') IS NULL",
    "ALTER TYPE mood RENAME VALUE 'it''s' TO 'b'": (
        "EXISTS (SELECT FROM pg_enum WHERE enumtypid = to_regtype('mood') AND enumlabel = 'it''s')"
    ),
}


def suggested(text: str, *, style: str = "", keys: tuple[tuple[str, ...], ...] = ()) -> str | None:
    """Return a migration with the fix of its first statement."""
    migration = Migration("001.sql", Path("001.sql"), text)
    fix = suggest(migration, migration.statements[0], style=style, keys=keys)
    return None if fix is None else apply(text, fix.edits)


@pytest.mark.parametrize("statement", CLAUSES)
def test_clauses_stand_where_postgres_has_them(statement: str) -> None:
    """IF NOT EXISTS, IF EXISTS and OR REPLACE are put in, and once there nothing more is suggested."""
    assert suggested(f"-- é\n{statement};\n") == f"-- é\n{CLAUSES[statement]};\n"
    assert suggested(CLAUSES[statement]) is None


@pytest.mark.parametrize("statement", GUARDS)
def test_what_has_no_clause_is_guarded_by_what_it_makes(statement: str) -> None:
    """A DO block runs the statement, as it stands, unless the catalog has what it makes."""
    assert suggested(f"{statement}; -- why\n") == (
        f"DO $bootsmoke$ BEGIN\nIF {GUARDS[statement]} THEN\n{statement};\nEND IF;\nEND $bootsmoke$; -- why\n"
    )


def test_goose_is_told_where_a_block_ends() -> None:
    """A tool that cuts files at semicolons gets its own lines around the block, unless they are there."""
    text = "-- +goose Up\nCREATE TYPE mood AS ENUM ('ok');\n"
    fixed = suggested(text, style="goose")
    assert fixed is not None
    assert fixed.splitlines()[1] == "-- +goose StatementBegin"
    assert fixed.splitlines()[-1] == "-- +goose StatementEnd"
    within = suggested(f"-- +goose Up\n-- +goose StatementBegin\n{text}", style="goose")
    assert within is not None
    assert within.count("StatementBegin") == 1


@pytest.mark.parametrize(
    ("statement", "clause"),
    [
        ("INSERT INTO t (b, a) VALUES ('x', 1), ('y', 2)", "ON CONFLICT (a) DO NOTHING"),
        ("INSERT INTO t (b, c) VALUES ('x', now())", "ON CONFLICT (b) DO NOTHING"),
        ("INSERT INTO t (a) VALUES (-1) RETURNING a", "ON CONFLICT (a) DO NOTHING"),
    ],
)
def test_an_insert_of_constants_meets_its_key(statement: str, clause: str) -> None:
    """ON CONFLICT is put in for the first key that the rows give constants for."""
    head, returning, tail = statement.partition(" RETURNING")
    assert suggested(statement, keys=(("a",), ("b",))) == f"{head} {clause}{returning}{tail}"


@pytest.mark.parametrize("values", ["NULL, 1", "gen_random_uuid(), 1", "1, 1), (NULL, 2"])
def test_a_key_without_constants_is_no_key(values: str) -> None:
    """A NULL never conflicts, and a random value conflicts with nothing."""
    assert suggested("INSERT INTO t (a, b) VALUES (@)".replace("@", values), keys=(("a",),)) is None

"""ALTER TABLE at the second boot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refusals = Callable[..., list[str]]
TABLE = "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, a int, b text);"
OTHER = "CREATE TABLE IF NOT EXISTS o (id int PRIMARY KEY);"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("ADD COLUMN c int", "42701"),
        ("ADD COLUMN IF NOT EXISTS c int", ""),
        ("DROP COLUMN a", "42703"),
        ("DROP COLUMN IF EXISTS a", ""),
        ("RENAME COLUMN a TO c", "42703"),
        ("ADD CONSTRAINT c CHECK (a > 0)", "42710"),
        ("ADD CONSTRAINT c UNIQUE (a)", "42P07"),
        ("ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES o", "42710"),
        ("ADD CONSTRAINT c EXCLUDE (a WITH =)", "42P07"),
        ("ADD CHECK (a > 0)", ""),
        ("ADD UNIQUE (a)", ""),
        ("ADD FOREIGN KEY (a) REFERENCES o", ""),
        ("DROP CONSTRAINT t_pkey", "42704"),
        ("DROP CONSTRAINT IF EXISTS t_pkey", ""),
        ("RENAME CONSTRAINT t_pkey TO c", "42704"),
        ("DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY (a)", ""),
        ("ADD CONSTRAINT c CHECK (a > 0), DROP CONSTRAINT IF EXISTS c", ""),
        ("DROP COLUMN a, ADD COLUMN a text", ""),
        ("ALTER COLUMN a SET DEFAULT 3", ""),
        ("ALTER COLUMN a TYPE text", ""),
        ("ALTER COLUMN b TYPE int USING b::int", ""),
        ("ALTER COLUMN b TYPE int USING length(b)", "42883"),
        ("ALTER COLUMN a SET NOT NULL", ""),
        ("ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY", "55000"),
        ("ALTER COLUMN id DROP IDENTITY IF EXISTS", ""),
        ("ENABLE ROW LEVEL SECURITY", ""),
        ("RENAME TO c", ""),
        ("SET SCHEMA s", ""),
    ],
)
def test_a_command_meets_its_own_work(refusals: Refusals, command: str, expected: str) -> None:
    """What was added is there, what was dropped or renamed is gone; chosen names are always new."""
    ladder = ("CREATE SCHEMA IF NOT EXISTS s;" + OTHER + TABLE, f"ALTER TABLE t {command};")
    last = refusals(*ladder)[-1]
    if command in ("RENAME TO c", "SET SCHEMA s"):
        assert last == "42P07"  # the table has been made again
    else:
        assert last == expected


def test_a_primary_key_is_not_added_twice(refusals: Refusals) -> None:
    """The second one is refused as a second primary key, whatever its name."""
    ladder = OTHER + "ALTER TABLE o DROP CONSTRAINT IF EXISTS o_pkey; ALTER TABLE o ADD PRIMARY KEY (id);"
    assert refusals(ladder) == ["", "", ""]
    assert refusals("CREATE TABLE IF NOT EXISTS x (id int); ALTER TABLE x ADD PRIMARY KEY (id)") == ["", "42P16"]


@pytest.mark.parametrize(
    ("needs", "sqlstate"),
    [
        ("CREATE OR REPLACE VIEW v AS SELECT a FROM t", "0A000"),
        ("CREATE INDEX IF NOT EXISTS i ON t (a)", ""),
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS g bigint GENERATED ALWAYS AS (a + 1) STORED", "0A000"),
    ],
)
def test_a_column_in_use_keeps_its_type(refusals: Refusals, needs: str, sqlstate: str) -> None:
    """What the first boot did before the view stood, the second cannot do under it."""
    ladder = (TABLE, "ALTER TABLE t ALTER COLUMN a TYPE bigint", needs)
    assert refusals(*ladder)[1] == sqlstate


def test_a_key_that_is_referenced_stays(refusals: Refusals) -> None:
    """DROP CONSTRAINT is refused once a foreign key stands on it."""
    ladder = (
        TABLE + "ALTER TABLE t DROP CONSTRAINT IF EXISTS t_pkey; ALTER TABLE t ADD PRIMARY KEY (id);",
        "CREATE TABLE IF NOT EXISTS r (t int REFERENCES t)",
    )
    assert refusals(*ladder) == ["", "2BP01", "42P16", ""]


def test_a_foreign_key_needs_its_unique_key(refusals: Refusals) -> None:
    """A UNIQUE that a later file drops is missed by the reference that was made on it."""
    ladder = """
        CREATE TABLE IF NOT EXISTS t (id int, CONSTRAINT u UNIQUE (id));
        CREATE TABLE IF NOT EXISTS r (id int);
        ALTER TABLE r DROP CONSTRAINT IF EXISTS f;
        ALTER TABLE r ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES t (id);
        ALTER TABLE t DROP CONSTRAINT IF EXISTS u CASCADE;
    """
    assert refusals(ladder) == ["", "", "", "42830", ""]


def test_rows_are_looked_at(refusals: Refusals) -> None:
    """Rows that a later file puts in break what an earlier one asks for at the next boot."""
    ladder = (
        TABLE,
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL; ALTER TABLE t DROP CONSTRAINT IF EXISTS c;",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0);",
        "ALTER TABLE t ALTER COLUMN a DROP NOT NULL; ALTER TABLE t DROP CONSTRAINT c;",
        "INSERT INTO t (id) VALUES (-1) ON CONFLICT DO NOTHING;",
    )
    assert refusals(*ladder) == ["", "23502", "", "23514", "", "42704", ""]


def test_a_default_fills_the_rows(refusals: Refusals) -> None:
    """A column that is added with a default holds it in the rows that were there."""
    ladder = (
        TABLE,
        "INSERT INTO t (id) VALUES (1), (2) ON CONFLICT DO NOTHING;",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS n int NOT NULL DEFAULT 7;",
        "CREATE TABLE IF NOT EXISTS sevens (n int UNIQUE);",
        "INSERT INTO sevens SELECT DISTINCT n FROM t;",
    )
    assert refusals(*ladder) == ["", "", "", "", "23505"]


def test_an_alteration_of_a_view_in_a_tables_place(refusals: Refusals) -> None:
    """Where a later file put a view in the place of a table, commands for tables are refused."""
    ladder = (
        "CREATE TABLE IF NOT EXISTS t (id int);",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int;",
        "ALTER TABLE t RENAME TO t_data;",
        "CREATE VIEW t AS SELECT * FROM t_data;",
    )
    assert refusals(*ladder) == ["", "42809", "42P07", "42P07"]

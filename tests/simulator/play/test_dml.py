"""Statements that read and write rows, played twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refusals = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("seed", "state"),
    [
        ("INSERT INTO t (id, name) VALUES (1, 'a')", "23505"),
        ("INSERT INTO t (name) VALUES ('a')", "23505"),
        ("INSERT INTO t (id, name) VALUES (1, 'a') ON CONFLICT DO NOTHING", ""),
        ("INSERT INTO t (id, name) VALUES (1, 'a') ON CONFLICT (id) DO NOTHING", ""),
        ("INSERT INTO t (name) VALUES ('a') ON CONFLICT (name) DO UPDATE SET name = excluded.name", ""),
        ("INSERT INTO t (name) VALUES (NULL)", ""),
        ("INSERT INTO t (name) SELECT 'a' WHERE NOT EXISTS (SELECT FROM t WHERE name = 'a')", ""),
        ("INSERT INTO t (name) VALUES (gen_random_uuid()::text)", ""),
        ("TRUNCATE t; INSERT INTO t (id, name) VALUES (1, 'a')", ""),
        ("DELETE FROM t WHERE id = 1; INSERT INTO t (id, name) VALUES (1, 'a')", ""),
    ],
)
def test_a_row_is_there_at_the_second_boot(refusals: Refusals, seed: str, state: str) -> None:
    """The row that the first boot put in meets the same INSERT, unless the statement sees to it."""
    found = refusals(f"CREATE TABLE IF NOT EXISTS t (id serial PRIMARY KEY, name text UNIQUE); {seed}")
    assert found[-1] == state


def test_a_column_that_came_later_is_filled_with_its_default(refusals: Refusals) -> None:
    """An old INSERT passes a column that a later file adds with a default, and fails at one without."""
    table = "CREATE TABLE IF NOT EXISTS t (id serial PRIMARY KEY); INSERT INTO t DEFAULT VALUES"
    later = "ALTER TABLE t ADD COLUMN IF NOT EXISTS n int; UPDATE t SET n = 0; ALTER TABLE t ALTER n SET NOT NULL"
    assert refusals(table, f"{later}; ALTER TABLE t ALTER n SET DEFAULT 0")[1] == ""
    assert refusals(table, later)[1] == "23502"


def test_truncate_needs_what_refers_to_a_table(refusals: Refusals) -> None:
    """A table that a later file refers to cannot be truncated alone any more."""
    tables = "CREATE TABLE IF NOT EXISTS p (id int PRIMARY KEY); TRUNCATE p"
    assert refusals(tables, "CREATE TABLE IF NOT EXISTS c (p int REFERENCES p)") == ["", "0A000", ""]


def test_copy_from_elsewhere_is_not_judged(refusals: Refusals) -> None:
    """Rows that come from elsewhere may or may not be duplicates."""
    assert refusals("CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY); COPY t FROM '/data/t.csv'") == ["", ""]


def test_select_into_makes_a_table(refusals: Refusals) -> None:
    """SELECT INTO is CREATE TABLE AS: the table is there already."""
    assert refusals("SELECT 1 AS id INTO t") == ["42P07"]

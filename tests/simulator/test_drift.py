"""What the second boot changes although nothing fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.simulator.model import DriftKind, Verdict, VerdictKind

Twice = Callable[..., list[Verdict]]


def _told(verdicts: list[Verdict]) -> list[list[tuple[DriftKind, str]]]:
    return [[(drift.kind, drift.object) for drift in verdict.drifts] for verdict in verdicts]


def test_a_ladder_that_leaves_everything_as_it_was_drifts_nowhere(twice: Twice) -> None:
    """Objects that are dropped and made again alike, and rows that are there already, are no change."""
    verdicts = twice(
        "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, at timestamptz DEFAULT now());"
        "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING;"
        "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT id FROM t;"
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "UPDATE t SET at = now();"
    )
    assert [verdict.kind for verdict in verdicts[:-1]] == [VerdictKind.PASSES] * 5
    assert _told(verdicts)[-1] == [(DriftKind.ROWS_CHANGED, "t")]  # of rows that others have put in


@pytest.mark.parametrize(
    ("statements", "kind", "name"),
    [
        ("CREATE TABLE IF NOT EXISTS t (a int); INSERT INTO t VALUES (1);", DriftKind.ROWS_ADDED, "t"),
        (
            "CREATE TABLE IF NOT EXISTS t (a int UNIQUE); INSERT INTO t VALUES (NULL) ON CONFLICT DO NOTHING;",
            DriftKind.ROWS_ADDED,
            "t",
        ),
        ("DROP TABLE IF EXISTS t; CREATE TABLE t (a int);", DriftKind.TABLE_REMADE, "t"),
        (
            "CREATE TABLE IF NOT EXISTS t (a int); ALTER TABLE t DROP COLUMN IF EXISTS b, ADD COLUMN b int;",
            DriftKind.COLUMN_REMADE,
            "t",
        ),
        (
            "CREATE TABLE IF NOT EXISTS t (a int); CREATE INDEX ON t (a);",
            DriftKind.SCHEMA_CHANGED,
            "index t_a_idx1",
        ),
        (
            "CREATE SEQUENCE IF NOT EXISTS s; SELECT setval('s', 5); SELECT nextval('s');",
            DriftKind.SEQUENCE_MOVED,
            "s",
        ),
    ],
)
def test_a_change_is_told_of_the_statement_that_makes_it(
    twice: Twice, statements: str, kind: DriftKind, name: str
) -> None:
    """What it is, and what it happens to."""
    found = [drift for drifts in _told(twice(statements)) for drift in drifts]
    assert (kind, name) in found
    assert len(set(found)) == 1


def test_rows_that_are_deleted_and_made_again_are_the_same(twice: Twice) -> None:
    """All rows go, others' too; those that come back are not told as added."""
    verdicts = twice("CREATE TABLE IF NOT EXISTS t (a int); DELETE FROM t; INSERT INTO t VALUES (1), (2);")
    assert _told(verdicts) == [[], [(DriftKind.ROWS_REMOVED, "t")], []]


def test_an_older_version_that_stays_is_told_where_it_is_made(twice: Twice) -> None:
    """The statement that was to replace it fails, so that the first one's version is what the boot leaves."""
    verdicts = twice(
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;", "DROP VIEW v; CREATE VIEW v AS SELECT 1 AS a, 2 AS b;"
    )
    assert verdicts[0].kind is VerdictKind.FAILS
    assert verdicts[0].sqlstate == "42P16"


def test_what_a_table_takes_along_is_not_told_beside_it(twice: Twice) -> None:
    """Columns, indexes and constraints of a table that is made again go without saying."""
    verdicts = twice("DROP TABLE IF EXISTS t CASCADE; CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE);")
    assert _told(verdicts)[0] == [(DriftKind.TABLE_REMADE, "t")]

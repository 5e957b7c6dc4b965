"""CREATE INDEX at the second boot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.simulator.model import Verdict, VerdictKind

TABLE = "CREATE TABLE IF NOT EXISTS t (a int, b int);"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE INDEX i ON t (a)", "42P07"),
        ("CREATE INDEX IF NOT EXISTS i ON t (a)", ""),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", "42P07"),
        ("DROP INDEX IF EXISTS i; CREATE INDEX i ON t (a)", ""),
    ],
)
def test_an_index_is_there_already(refusals: Callable[..., list[str]], sql: str, expected: str) -> None:
    """An index with a name is made once."""
    assert refusals(TABLE + sql)[-1] == expected


def test_an_unnamed_index_is_made_again(twice: Callable[..., list[Verdict]]) -> None:
    """Postgres chooses a new name at every boot: nothing fails, and the indexes grow in number."""
    last = twice(TABLE + "CREATE INDEX ON t (a)")[-1]
    assert last.kind is VerdictKind.DRIFTS
    assert [drift.object for drift in last.drifts] == ["index t_a_idx1"]


def test_columns_are_looked_up_before_the_name(refusals: Callable[..., list[str]]) -> None:
    """IF NOT EXISTS does not help where a later file drops the column."""
    ladder = TABLE + "CREATE INDEX IF NOT EXISTS i ON t (b); ALTER TABLE t DROP COLUMN IF EXISTS b;"
    assert refusals(ladder) == ["", "42703", ""]


def test_a_unique_index_is_refused_for_the_rows(refusals: Callable[..., list[str]]) -> None:
    """Rows that came after the index was dropped break it when it is made again."""
    ladder = (TABLE, "CREATE UNIQUE INDEX i ON t (a); DROP INDEX i;", "INSERT INTO t (a) VALUES (1), (1);")
    assert refusals(*ladder) == ["", "23505", "42704", ""]

"""Queries over rows of which not all are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.simulator.execute.streams import MOST_ROWS
from harness.simulator.values import UNKNOWN

if TYPE_CHECKING:
    from tests.simulator.execute.conftest import Database


@pytest.fixture
def half(database: Database) -> Database:
    """Return a database with a table of two known rows among others."""
    database.run("CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    database.forget_rows("t")
    return database


def test_a_where_that_is_not_known_makes_rows_doubtful(database: Database) -> None:
    """Rows for which WHERE cannot be told may be there; those that it leaves out are not."""
    database.run("CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'b')")
    result = database.run("SELECT id FROM t WHERE id = 1 OR (v = 'b' AND u)", u=UNKNOWN)
    assert result.rows == [(1,), (2,), (3,)]
    assert result.doubtful == {1, 2}
    assert result.is_complete


def test_aggregates_need_all_rows(half: Database) -> None:
    """A count of rows that are not all known is not known; there is one row of it for sure."""
    result = half.run("SELECT count(*), max(id) FROM t")
    assert result.rows == [(UNKNOWN, UNKNOWN)]
    assert result.is_exact


def test_groups_that_are_there_stay_there(half: Database) -> None:
    """A group with a known row is there; its count and other groups are not known."""
    result = half.run("SELECT v, count(*) FROM t GROUP BY v")
    assert result.rows == [("a", UNKNOWN), ("b", UNKNOWN)]
    assert not result.doubtful
    assert not result.is_complete


def test_limit_is_certain_only_in_a_certain_order(database: Database) -> None:
    """Which row comes first is known with an ORDER BY that tells all rows apart."""
    database.run("CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'a'), (2, 'a')")
    assert database.run("SELECT id FROM t ORDER BY id DESC LIMIT 1").rows == [(2,)]
    assert database.rows("SELECT id, v FROM t ORDER BY v LIMIT 1") == [(UNKNOWN, "a")]
    assert database.rows("SELECT 1 FROM t LIMIT 1") == [(1,)]


def test_a_left_join_on_what_is_not_known_may_lack_its_partner(half: Database) -> None:
    """A row without a known partner may have one that is not known."""
    half.run("CREATE TABLE a (id int); INSERT INTO a VALUES (1), (5)")
    result = half.run("SELECT a.id, t.v FROM a LEFT JOIN t ON t.id = a.id")
    assert result.rows == [(1, "a"), (5, None)]
    assert result.doubtful == {1}


def test_joins_meet_by_key(database: Database) -> None:
    """Thousands of rows on both sides are joined by what has to be equal, not by trying all pairs."""
    database.run("CREATE TABLE a (id int); CREATE TABLE b (id int)")
    database.fill("a", 2000)
    database.fill("b", 2000)
    assert database.rows("SELECT count(*) FROM a JOIN b ON a.id = b.id") == [(2000,)]
    assert database.rows("SELECT count(*) FROM a, b WHERE a.id = b.id AND b.id < 10") == [(10,)]


def test_long_series_are_cut(database: Database) -> None:
    """Of a series with more rows than anybody follows the first ones are known."""
    result = database.run("SELECT g FROM generate_series(1, 100000000) g")
    assert result.rows[:2] == [(1,), (2,)]
    assert len(result.rows) <= MOST_ROWS
    assert not result.is_complete


def test_a_recursive_query_that_does_not_end_is_given_up(database: Database) -> None:
    """A recursion without an end gives no certain rows."""
    result = database.run("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r")
    assert not result.is_complete


def test_rows_that_may_not_be_there_raise_no_errors(database: Database) -> None:
    """What Postgres would refuse of a row counts only where the row is there."""
    database.run("CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'x')")
    result = database.run("SELECT v::int FROM t WHERE u", u=UNKNOWN)
    assert result.rows == [(UNKNOWN,)]
    assert result.doubtful == {0}


def test_a_partition_may_hold_its_parents_rows(database: Database) -> None:
    """Rows are kept at the partitioned table: what a partition holds is not known then."""
    database.run("CREATE TABLE p (k text) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN ('a')")
    assert database.run("SELECT * FROM a").is_exact
    database.run("INSERT INTO p VALUES ('a')")
    assert database.rows("SELECT k FROM p") == [("a",)]
    assert not database.run("SELECT * FROM a").is_exact

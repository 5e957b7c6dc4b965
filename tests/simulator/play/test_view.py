"""Views and materialized views, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_a_view_made_without_or_replace_is_there_already(refusals: Refusals) -> None:
    """CREATE VIEW meets the view of the first boot."""
    assert refusals("CREATE TABLE IF NOT EXISTS t (a int); CREATE VIEW v AS SELECT a FROM t") == ["", "42P07"]


def test_a_replaced_view_keeps_its_columns_in_front(refusals: Refusals) -> None:
    """OR REPLACE may add columns at the end; an older form of the view would take them away."""
    first = "CREATE OR REPLACE VIEW v AS SELECT 1 AS a"
    second = "CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b"
    assert refusals(first, second) == ["42P16", ""]


def test_a_view_column_keeps_its_name_and_type(refusals: Refusals) -> None:
    """OR REPLACE neither renames a column nor changes its type, not even its length."""
    for other in ("1 AS b", "'x' AS a", "1::bigint AS a"):
        made = f"DROP VIEW v; CREATE VIEW v AS SELECT {other}"
        assert refusals("CREATE OR REPLACE VIEW v AS SELECT 1 AS a", made)[0] == "42P16"


def test_an_untyped_literal_is_text_in_a_view(refusals: Refusals) -> None:
    """A view of a string literal can be replaced by one of a text."""
    assert refusals(
        "CREATE OR REPLACE VIEW v AS SELECT 'x' AS a; CREATE OR REPLACE VIEW v AS SELECT 'x'::text AS a"
    ) == [
        "",
        "",
    ]


def test_a_view_over_what_a_later_file_drops_is_refused(refusals: Refusals) -> None:
    """The query is analyzed before the view's name is looked at."""
    assert refusals(
        "CREATE TABLE IF NOT EXISTS t (a int, b int); CREATE VIEW v AS SELECT b FROM t",
        "DROP VIEW v; ALTER TABLE t DROP COLUMN b",
    ) == ["", "42703", "42P01", "42703"]


def test_a_view_of_a_temporary_table_is_gone_with_the_boot(refusals: Refusals) -> None:
    """A view over a temporary table is temporary too."""
    assert refusals("CREATE TEMP TABLE t (a int); CREATE VIEW v AS SELECT a FROM t") == ["", ""]


def test_a_table_in_the_view_s_place_is_not_replaced(refusals: Refusals) -> None:
    """OR REPLACE wants a view."""
    second = "DROP VIEW v; CREATE TABLE v (a int)"
    assert refusals("CREATE OR REPLACE VIEW v AS SELECT 1 AS a", second)[0] == "42809"


def test_a_materialized_view_is_analyzed_although_it_is_there(refusals: Refusals) -> None:
    """IF NOT EXISTS does not save a query whose column is gone."""
    assert refusals(
        "CREATE TABLE IF NOT EXISTS t (a int, b int)",
        "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT b FROM t",
        "DROP MATERIALIZED VIEW m; ALTER TABLE t DROP COLUMN IF EXISTS b",
    ) == ["", "42703", "42P01", ""]


def test_a_concurrent_refresh_wants_a_unique_index(refusals: Refusals) -> None:
    """REFRESH ... CONCURRENTLY is refused once the index is gone."""
    assert refusals(
        "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1 AS a",
        "CREATE UNIQUE INDEX IF NOT EXISTS i ON m (a)",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m; DROP INDEX i",
        "CREATE UNIQUE INDEX j ON m ((a + 1)); REFRESH MATERIALIZED VIEW m",
    ) == ["", "", "", "", "42P07", ""]


def test_only_a_materialized_view_is_refreshed(refusals: Refusals) -> None:
    """One that a later file turns into a view or a table is refused."""
    made = "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a"
    text = "REFRESH MATERIALIZED VIEW m; DROP MATERIALIZED VIEW m"
    assert refusals(text, "CREATE VIEW m AS SELECT 1 AS a", setup=made) == ["42809", "42809", "42P07"]
    assert refusals(text, "CREATE TABLE m (a int)", setup=made) == ["0A000", "42809", "42P07"]


def test_a_materialized_view_runs_its_query(refusals: Refusals) -> None:
    """What the query is refused for when it runs, is what CREATE is refused for."""
    made = "CREATE TABLE t (a text); INSERT INTO t VALUES ('1')"
    text = "CREATE MATERIALIZED VIEW m AS SELECT a::int AS a FROM t"
    later = "DROP MATERIALIZED VIEW m; UPDATE t SET a = 'x'"
    assert refusals(text, later, setup=made)[0] == "22P02"

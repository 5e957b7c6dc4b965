"""SELECT, VALUES, WITH and set operations."""

from __future__ import annotations

import pytest

from tests.simulator.analyze.conftest import Analyzed


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1, 'x', NULL", "?column? integer, ?column? text, ?column? text"),
        (
            "SELECT lower(name), id::text, 1::int8, now() FROM a",
            "lower text, id text, int8 bigint, now timestamp with time zone",
        ),
        (
            "SELECT CASE WHEN flag THEN id END, CASE 1 WHEN 2 THEN 'x' ELSE name END FROM a",
            "case integer, name character varying",
        ),
        (
            "SELECT coalesce(name, 'x'), nullif(id, 1), greatest(1, 2.5) FROM a",
            "coalesce character varying, nullif integer, greatest numeric",
        ),
        (
            "SELECT ARRAY[1, 2], ROW(1), EXISTS (SELECT 1), ARRAY(SELECT name FROM a)",
            "array integer[], row record, exists boolean, array character varying(20)[]",
        ),
        ("SELECT (SELECT max(id) AS m FROM a), (SELECT 1)", "m integer, ?column? integer"),
        (
            "SELECT current_user, current_timestamp, (pair).x FROM a",
            "current_user name, current_timestamp timestamp with time zone, x integer",
        ),
        ("VALUES (1, 'x'), (2.5, NULL)", "column1 numeric, column2 text"),
        ("SELECT 1 UNION SELECT 2.5", "?column? numeric"),
        ("SELECT NULL UNION SELECT 1", "?column? integer"),
        ("SELECT name FROM a UNION SELECT note FROM b ORDER BY name", "name character varying"),
        ("SELECT code FROM a UNION ALL SELECT code FROM a", "code code"),
        ("SELECT code FROM a UNION ALL SELECT 'x'", "code text"),
        ("WITH q AS (SELECT id FROM a), r (z) AS (SELECT id FROM q) SELECT * FROM r", "z integer"),
        ("WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t", "n integer"),
        ("WITH RECURSIVE b1 AS (SELECT * FROM b2), b2 AS (SELECT id FROM b) SELECT * FROM b1", "id bigint"),
        ("WITH d AS (DELETE FROM b RETURNING note) SELECT note FROM d", "note text"),
        ("SELECT name AS n FROM a ORDER BY n, id, 1", "n character varying(20)"),
        ("SELECT lower(name) AS l, count(*) FROM a GROUP BY l HAVING count(*) > 1", "l text, count bigint"),
        ("SELECT DISTINCT ON (name) id FROM a ORDER BY name", "id integer"),
        ("SELECT row_number() OVER w FROM a WINDOW w AS (PARTITION BY name ORDER BY id)", "row_number bigint"),
        ("SELECT count(*) FILTER (WHERE flag) FROM a", "count bigint"),
        ("SELECT id FROM a LIMIT 1 OFFSET 2", "id integer"),
        ("SELECT *", "42601"),
        ("SELECT 1 UNION SELECT 1, 2", "42601"),
        ("SELECT 1 UNION SELECT now()", "42804"),
        ("SELECT 1 AS x UNION SELECT 2 ORDER BY nope", "42703"),
        ("VALUES (1, 2), (3)", "42601"),
        ("VALUES (1), (now())", "42804"),
        ("SELECT id FROM a ORDER BY 2", "42P10"),
        ("SELECT id, name AS id FROM a ORDER BY id", "42702"),
        ("SELECT id FROM a GROUP BY nope", "42703"),
        ("SELECT name, count(*) FROM a GROUP BY id", "name character varying(20), count bigint"),
        ("SELECT name, count(*) FROM a GROUP BY flag", "42803"),
        ("SELECT name FROM v GROUP BY id", "42803"),
        ("SELECT lower(name) FROM a GROUP BY lower(a.name)", "lower text"),
        ("SELECT lower(name) AS note FROM a JOIN b ON true GROUP BY note", "42803"),
        ("SELECT max(name) OVER () FROM a GROUP BY flag", "42803"),
        ("SELECT (SELECT 1, 2)", "42601"),
        ("SELECT 1 WHERE 1 IN (SELECT 1, 2)", "42601"),
        ("SELECT 1 WHERE 1 IN (SELECT now())", "42883"),
        ("SELECT id FROM a WHERE name", "42804"),
        ("SELECT id FROM a HAVING id", "42804"),
        ("WITH q AS (SELECT 1), q AS (SELECT 2) SELECT 1", "42712"),
        ("WITH q (x, y) AS (SELECT 1) SELECT 1", "42P10"),
        ("SELECT ARRAY[]", "42P18"),
    ],
)
def test_a_query_gives_columns(sql: str, said: str, analyzed: Analyzed) -> None:
    """With the names and the types that Postgres gives them, modifiers too where they are kept."""
    assert analyzed(sql) == said

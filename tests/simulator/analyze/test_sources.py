"""What stands in FROM."""

from __future__ import annotations

import pytest

from tests.simulator.analyze.conftest import Analyzed


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM b", "id bigint, a_id integer, note text"),
        ("SELECT b.*, v.* FROM v, b", "id bigint, a_id integer, note text, id integer, name character varying(20)"),
        (
            "SELECT * FROM v JOIN b ON v.id = a_id",
            "id integer, name character varying(20), id bigint, a_id integer, note text",
        ),
        (
            "SELECT * FROM v JOIN (SELECT 1 AS id, 2 AS z) q USING (id)",
            "id integer, name character varying(20), z integer",
        ),
        ("SELECT * FROM v NATURAL JOIN (SELECT 1 AS id) q", "id integer, name character varying(20)"),
        ("SELECT id, v.id FROM v JOIN (SELECT 1 AS id) q USING (id)", "id integer, id integer"),
        ("SELECT j.id FROM v JOIN (SELECT 1 AS id) q USING (id) AS j", "id integer"),
        (
            "SELECT j.* FROM (v JOIN b ON true) AS j (p, q)",
            "p integer, q character varying(20), id bigint, a_id integer, note text",
        ),
        ("SELECT q.* FROM b, LATERAL (SELECT b.note) q", "note text"),
        ("SELECT f.id, label FROM a, found(a.id) AS f", "id integer, label text"),
        ("SELECT * FROM found(1) WITH ORDINALITY", "id integer, label text, ordinality bigint"),
        ("SELECT id FROM one_row()", "id integer"),
        ("SELECT * FROM unnest(ARRAY[1], ARRAY['a']) AS u (x, y)", "x integer, y text"),
        ("SELECT e.value, e FROM jsonb_array_elements('[]') AS e", "value jsonb, e jsonb"),
        ("SELECT * FROM json_to_recordset('[]') AS r (p int, q mood)", "p integer, q mood"),
        ("SELECT * FROM ROWS FROM (generate_series(1, 2), found(1)) AS r (p)", "p integer, id integer, label text"),
        ("SELECT column1, q.column2 FROM (VALUES (1, 'x')) q", "column1 integer, column2 text"),
        ("SELECT relname FROM pg_class", "relname name"),
        ("SELECT table_name FROM information_schema.tables", "table_name information_schema.sql_identifier"),
        ("SELECT current_date AS d FROM current_date", "d date"),
        ("SELECT 1 FROM nope", "42P01"),
        ("SELECT 1 FROM other.a", "42P01"),
        ("SELECT 1 FROM a, a", "42712"),
        ("SELECT 1 FROM a JOIN b AS a ON true", "42712"),
        ("SELECT 1 FROM a AS x (a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11)", "42P10"),
        ("SELECT 1 FROM a JOIN b USING (nope)", "42703"),
        ("SELECT 1 FROM (a JOIN b ON true) AS j JOIN b AS c USING (id)", "42702"),
        ("SELECT 1 FROM a, (SELECT a.id) q", "42P01"),
        ("SELECT 1 FROM a JOIN b ON c.id = 1 JOIN v AS c ON true", "42P01"),
        ("SELECT relacl2 FROM pg_class", "42703"),
        ("SELECT 1 FROM a JOIN b ON a.name", "42804"),
    ],
)
def test_from_gives_columns_by_name(sql: str, said: str, analyzed: Analyzed) -> None:
    """Tables, joins, sub-selects and functions, in the order that `*` shows."""
    assert analyzed(sql) == said

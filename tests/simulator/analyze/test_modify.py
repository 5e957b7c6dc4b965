"""INSERT, UPDATE, DELETE and MERGE."""

from __future__ import annotations

import pytest

from tests.simulator.analyze.conftest import Analyzed

MERGE = "MERGE INTO b USING a ON b.a_id = a.id WHEN {} MATCHED THEN {}"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("INSERT INTO b VALUES (1, 2, 'x') RETURNING id, note AS n", "id bigint, n text"),
        ("INSERT INTO b (id) VALUES (1), (DEFAULT) RETURNING *", "id bigint, a_id integer, note text"),
        ("INSERT INTO b DEFAULT VALUES RETURNING new.id, old.note", "id bigint, note text"),
        ("INSERT INTO b (id, note) SELECT id, name FROM a", ""),
        ("INSERT INTO a (mood, at, pair.x, tags[1]) VALUES ('sad', '2020-01-01', 1, 'x')", ""),
        ("INSERT INTO b AS x VALUES (1) ON CONFLICT (id) DO UPDATE SET note = x.note || excluded.note", ""),
        (
            "UPDATE a SET name = note, (id, price) = (SELECT 1, 2) FROM b WHERE a_id = a.id RETURNING b.id",
            "id bigint",
        ),
        ("UPDATE a SET (id, name) = ROW (1, 'x')", ""),
        ("DELETE FROM a USING b WHERE a_id = a.id RETURNING note", "note text"),
        (MERGE.format("", "UPDATE SET note = name"), ""),
        (MERGE.format("NOT", "INSERT (id, note) VALUES (a.id, name)"), ""),
        ("WITH q AS (SELECT 1 AS one) INSERT INTO b (id) SELECT one FROM q", ""),
        ("INSERT INTO nope VALUES (1)", "42P01"),
        ("INSERT INTO b (nope) VALUES (1)", "42703"),
        ("INSERT INTO b (id, id) VALUES (1, 2)", "42701"),
        ("INSERT INTO b VALUES (1, 2, 'x', 4)", "42601"),
        ("INSERT INTO b SELECT 1, 2, 'x', 4", "42601"),
        ("INSERT INTO b (id, note) VALUES (1)", "42601"),
        ("INSERT INTO b (id, note) SELECT 1", "42601"),
        ("INSERT INTO b (id) VALUES (now())", "42804"),
        ("INSERT INTO b (id) SELECT name FROM a", "42804"),
        ("INSERT INTO a (mood) VALUES ('angry')", "22P02"),
        ("INSERT INTO a (id) VALUES ('x')", "22P02"),
        ("INSERT INTO b VALUES (1) RETURNING nope", "42703"),
        ("INSERT INTO b VALUES (1) ON CONFLICT (nope) DO NOTHING", "42703"),
        ("INSERT INTO b VALUES (1) ON CONFLICT (id) DO UPDATE SET nope = 1", "42703"),
        ("INSERT INTO b VALUES (1) ON CONFLICT (id) DO UPDATE SET note = excluded.nope", "42703"),
        ("INSERT INTO b VALUES (1) ON CONFLICT (id) DO UPDATE SET note = note", "42702"),
        ("UPDATE a SET nope = 1", "42703"),
        ("UPDATE a SET id = 1, id = 2", "42601"),
        ("UPDATE a SET id = name", "42804"),
        ("UPDATE a SET name = 'x' WHERE nope", "42703"),
        ("UPDATE a SET (id, name) = (SELECT 1)", "42601"),
        ("UPDATE a SET (id, name) = ROW (1)", "42601"),
        ("DELETE FROM a WHERE a_id = 1", "42703"),
        (MERGE.format("", "UPDATE SET nope = 1"), "42703"),
        (MERGE.format("NOT", "INSERT (nope) VALUES (1)"), "42703"),
        (MERGE.format("NOT", "INSERT VALUES (b.id)"), "42P01"),
    ],
)
def test_a_statement_is_matched_with_its_table(sql: str, said: str, analyzed: Analyzed) -> None:
    """Its columns, their number and their types; RETURNING gives columns as SELECT does."""
    assert analyzed(sql) == said


def test_a_column_of_another_type_is_named(words: Analyzed) -> None:
    """With both types."""
    said = 'column "id" is of type bigint but expression is of type timestamp with time zone'
    assert words("INSERT INTO b (id) VALUES (now())") == said

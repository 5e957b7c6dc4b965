"""Operators: which one is meant, and what it gives."""

from __future__ import annotations

import pytest

from tests.simulator.analyze.conftest import Analyzed


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "SELECT 1 + 1, 1 + 2.5, 2 / 3::int8, -id, 10 % 3 FROM a",
            "?column? integer, ?column? numeric, ?column? bigint, ?column? integer, ?column? integer",
        ),
        (
            "SELECT name || 'x', name || id, tags || name, data || '{}' FROM a",
            "?column? text, ?column? text, ?column? text[], ?column? jsonb",
        ),
        (
            "SELECT at - at, at + '1 day', at::date - 1, at::date - '2020-01-01' FROM a",
            "?column? interval, ?column? timestamp with time zone, ?column? date, ?column? integer",
        ),
        ("SELECT data -> 'a', data ->> 'a', data #>> '{a}' FROM a", "?column? jsonb, ?column? text, ?column? text"),
        (
            "SELECT mood = 'sad', mood > mood, code = 'x', pair = ROW(1, 'x') FROM a",
            ", ".join(["?column? boolean"] * 4),
        ),
        (
            "SELECT id IN (1, 2.5), id BETWEEN 1 AND 2, id = ANY ('{1}'), id IS DISTINCT FROM 1 FROM a",
            ", ".join(["?column? boolean"] * 4),
        ),
        (
            "SELECT (id, name) = (1, 'x'), (id, name) IN ((1, 'x')), name LIKE 'x%' FROM a",
            ", ".join(["?column? boolean"] * 3),
        ),
        (
            "SELECT nullif(code, 'x'), nullif(price, 1), nullif(mood, 'sad') FROM a",
            "nullif text, nullif numeric(10,2), nullif mood",
        ),
        ("SELECT id = name FROM a", "42883"),
        ("SELECT tags || 'x' FROM a", "22P02"),
        ("SELECT id || id FROM a", "42883"),
        ("SELECT mood = code FROM a", "42883"),
        ("SELECT tags = 1 FROM a", "42883"),
        ("SELECT id IN (1, now()) FROM a", "42883"),
        ("SELECT id IN ('1', 'x') FROM a", "22P02"),
        ("SELECT mood = 'angry' FROM a", "22P02"),
        ("SELECT mood IN ('sad', 'angry') FROM a", "22P02"),
        ("SELECT id = ANY (id) FROM a", "42809"),
        ("SELECT (id, name) = (1, 2) FROM a", "42883"),
        ("SELECT 'x' % 'y'", "42725"),
        ("SELECT ! id FROM a", "42883"),
        ("SELECT NOT id FROM a", "42804"),
        ("SELECT id AND flag FROM a", "42804"),
    ],
)
def test_the_best_operator_is_taken(sql: str, said: str, analyzed: Analyzed) -> None:
    """By the types on both sides; a literal takes the other's."""
    assert analyzed(sql) == said


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT id = name FROM a", "operator does not exist: integer = character varying"),
        ("SELECT 'x' % 'y'", "operator is not unique: unknown % unknown"),
        ("SELECT mood = 'angry' FROM a", 'invalid input value for enum mood: "angry"'),
        ("SELECT NOT id FROM a", "argument of NOT must be type boolean, not type integer"),
    ],
)
def test_a_refusal_names_the_types(sql: str, said: str, words: Analyzed) -> None:
    """In Postgres's words."""
    assert words(sql) == said

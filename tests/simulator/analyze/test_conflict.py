"""ON CONFLICT, and the unique indexes that decide."""

from __future__ import annotations

import pytest

from harness.simulator import analyze
from harness.simulator.session import Session
from harness.sql import parse
from tests.simulator.analyze.conftest import Analyzed, made, told

TABLE = """
CREATE TABLE t (id int PRIMARY KEY, k text, v text, w int, CONSTRAINT w_key UNIQUE (w, v));
CREATE UNIQUE INDEX t_part ON t (k) WHERE w IS NULL AND v = 'x';
CREATE UNIQUE INDEX t_low ON t (lower(v));
CREATE INDEX t_plain ON t (v);
"""
INSERT = "INSERT INTO t VALUES (1) ON CONFLICT {} DO NOTHING"


@pytest.fixture
def session() -> Session:
    """Make the table."""
    return made(TABLE)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("", ""),
        ("(id)", ""),
        ("(v, w)", ""),
        ("(w, v)", ""),
        ("ON CONSTRAINT w_key", ""),
        ("(lower(v))", ""),
        ("(k) WHERE w IS NULL AND v = 'x'", ""),
        ("(k) WHERE v = 'x' AND w IS NULL AND id > 1", ""),
        ("(k) WHERE w < 1 AND v > 'y'", ""),  # what that implies is not told
        ("(lower((v)::varchar))", ""),  # nor whether that is the same
        ("(k)", "42P10"),
        ("(k) WHERE id > 1", "42P10"),
        ("(upper(v))", "42P10"),
        ("(w)", "42P10"),
        ("(v)", "42P10"),
        ("(id, w)", "42P10"),
        ("(lower(k), id)", "42P10"),
        ("ON CONSTRAINT t_low", "42704"),
        ("(nope)", "42703"),
    ],
)
def test_a_unique_index_has_to_fit(target: str, said: str, analyzed: Analyzed) -> None:
    """With just these columns and expressions, and a condition that the statement's implies."""
    assert analyzed(INSERT.format(target)) == said


def test_the_indexes_that_decide_are_told(session: Session) -> None:
    """So that rows can be compared by them."""
    relation = session.relation("t")

    def named(target: str) -> list[str] | None:
        node = parse.nodes(INSERT.format(target))[0]
        found = analyze.arbiters(session, relation, node.on_conflict_clause)
        return None if found is None else [index.name for index in found]

    assert named("(id)") == ["t_pkey"]
    assert named("ON CONSTRAINT w_key") == ["w_key"]
    assert named("(lower(v::varchar))") is None


def test_a_key_that_is_not_valid_or_not_unique_does_not_count(session: Session) -> None:
    """An index without UNIQUE decides nothing."""
    assert told(session, INSERT.format("(v)")) == "42P10"

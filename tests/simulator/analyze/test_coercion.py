"""What can be cast to what."""

from __future__ import annotations

import pytest

from harness.simulator import analyze
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.simulator.session import Session
from tests.simulator.analyze.test_types import named


@pytest.mark.parametrize(
    ("source", "target", "contexts"),
    [
        ("int", "bigint", "implicit assignment explicit"),
        ("bigint", "int", "assignment explicit"),
        ("int", "bool", "explicit"),
        ("int", "uuid", ""),
        ("int", "text", "assignment explicit"),
        ("text", "int", "explicit"),
        ("text", "varchar", "implicit assignment explicit"),
        ("mood", "text", "assignment explicit"),
        ("text", "mood", "explicit"),
        ("mood", "int", ""),
        ("code", "text", "implicit assignment explicit"),
        ("text", "code", "implicit assignment explicit"),
        ("code", "int", "explicit"),
        ("int[]", "bigint[]", "implicit assignment explicit"),
        ("text[]", "int[]", "explicit"),
        ("int[]", "text", "assignment explicit"),
        ("int", "int[]", ""),
        ("a", "record", "implicit assignment explicit"),
        ("a", "b", ""),
        ("jsonb", "json", "assignment explicit"),
        ("timestamptz", "date", "assignment explicit"),
    ],
)
def test_casts_are_those_of_postgres(source: str, target: str, contexts: str, session: Session) -> None:
    """From pg_cast, by a domain's base, by an array's elements, or by way of text."""
    pair = named(session, source), named(session, target)
    every = ("implicit", "assignment", "explicit")
    assert [each for each in every if analyze.can_cast(session, *pair, each)] == contexts.split()


def test_of_a_type_that_is_not_known_nothing_is_told(session: Session) -> None:
    """Neither from it nor to it."""
    integer = TypeName("int4")
    assert analyze.can_cast(session, NO_TYPE, integer, "implicit") is None
    assert analyze.can_cast(session, integer, NO_TYPE, "explicit") is None

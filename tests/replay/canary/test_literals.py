"""Values by type, without a server."""

from __future__ import annotations

import pytest

from harness.replay.canary.hints import Hints
from harness.replay.canary.literals import candidates
from harness.replay.canary.model import Type

TEXT = Type("text", "b", "S")


def test_text_says_what_it_is() -> None:
    """The best text names the column and the row."""
    assert candidates(TEXT, 2, label="users.name")[0] == "canary users.name 2"


@pytest.mark.parametrize("name", ["character varying(4)", "character(3)", "character varying(1)", "character"])
def test_short_texts_fit(name: str) -> None:
    """No text is longer than the column."""
    size = int(name.partition("(")[2].rstrip(")") or 1)

    assert {len(text) <= size for text in candidates(Type(name, "b", "S"), 12, label="users.name")} == {True}


@pytest.mark.parametrize(
    ("name", "category", "limit"), [("smallint", "N", 2**15), ("numeric(3,2)", "N", 10), ("integer", "N", 2**31)]
)
def test_numbers_fit(name: str, category: str, limit: int) -> None:
    """No number is out of the type's range, whatever constants a CHECK has."""
    values = candidates(Type(name, "b", category), 5, Hints((), ("99999999999", "0.5")))

    assert values
    assert max(abs(float(value)) for value in values) < limit


@pytest.mark.parametrize(
    "type_",
    [
        TEXT,
        Type("uuid", "b", "U"),
        Type("bigint", "b", "N"),
        Type("timestamp(3) with time zone", "b", "D"),
        Type("bit(8)", "b", "V"),
        Type("tstzrange", "r", "R", parts=(Type("timestamp with time zone", "b", "D"),)),
        Type("text[]", "a", "A", parts=(TEXT,)),
        Type("mood", "e", "E", labels=("sad", "glad", "calm")),
        Type("slug", "d", "S", parts=(TEXT,)),
        Type("pair", "c", "C", parts=(TEXT, TEXT)),
    ],
    ids=lambda type_: type_.name,
)
def test_rows_differ(type_: Type) -> None:
    """The best values of three rows are three."""
    assert len({candidates(type_, number)[0] for number in (1, 2, 3)}) == 3


def test_lengths_follow_the_check() -> None:
    """A number in a CHECK may be a length: texts, arrays and bytes of that length are among the candidates."""
    hint = Hints((), ("5",))

    assert 5 in {len(text) for text in candidates(TEXT, 1, hint)}
    assert '{"canary  1","canary  1","canary  1","canary  1","canary  1"}' in candidates(
        Type("text[]", "a", "A", parts=(TEXT,)), 1, hint
    )
    assert "\\x0000000001" in candidates(Type("bytea", "b", "U"), 1, hint)


def test_knows_nothing_about_a_strange_type() -> None:
    """A type without known values has none; whoever asks falls back on NULL or the default."""
    assert candidates(Type("soup", "b", "U"), 1) == []

"""What the text of CHECKs gives away."""

from __future__ import annotations

import re

import pytest

from harness.replay.canary.hints import Hints, examples, hints, replace_value

PATTERNS = [
    r"^[A-Z]{3}-\d{4,}$",
    r"^(GET|PUT) /[[:alpha:]]+$",
    r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
    r"^sk_(live|test)_[0-9a-f]{8}$",
    r"^a?b*c+(?:d|e){2}\.$",
    r"^#[0-9a-fA-F]{6}$",
    r"^\w+:\s\S+$",
]


def test_finds_the_constants() -> None:
    """Strings and numbers are found in their order, once each, an array's text also as its elements."""
    expression = "((kind = ANY ('{new,\"old one\"}'::text[])) AND (n > 3) AND (x <> 'it''s') AND (n > 3.5))"

    found = hints((expression, "(n < 3)"))

    assert found == Hints(("new", "old one", '{new,"old one"}', "it's"), ("3", "3.5"))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_makes_texts_that_match(pattern: str) -> None:
    """Of the texts for a serial with a digit, of digits and of letters at least one matches."""
    python = pattern.replace("[:alpha:]", "a-z")

    assert any(
        re.search(python, text) for serial in ("canary1", "7001", "canarya") for text in examples([pattern], serial)
    )


def test_tells_rows_apart() -> None:
    """Texts for different serials differ where the pattern has room."""
    assert next(examples([r"^[a-z0-9]+$"], "canary1")) == "canary1"
    assert next(examples([r"^[a-z0-9]+$"], "canary2")) == "canary2"


def test_makes_texts_from_like_patterns() -> None:
    """Wildcards are filled, and what is escaped stands for itself."""
    assert next(examples([r"sk\_%_"], "canary1")) == "sk_canary1a"


def test_turns_a_domains_check_to_a_column() -> None:
    """VALUE becomes the column, but not in a string."""
    assert (
        replace_value("((VALUE > 3) AND ('VALUE' <> VALUE))", '"a b"') == '(("a b" > 3) AND (\'VALUE\' <> "a b"))'
    )

"""format() and the quoting of names."""

from __future__ import annotations

import pytest

from harness.simulator.errors import Refused
from harness.simulator.execute.functions import load
from harness.simulator.session import Session
from harness.simulator.simulate import empty
from harness.simulator.values import UNKNOWN

SESSION = Session(empty(), is_cold=False)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("%s and %I and %L and %%", "a", "b c", "d'e"), "a and \"b c\" and 'd''e' and %"),
        (("%2$s %1$s", "a", "b"), "b a"),
        (("%L", None), "NULL"),
        (("[%5s]", "ab"), "[   ab]"),
        (("%I", "select"), '"select"'),
        (("%s", UNKNOWN), UNKNOWN),
        ((None,), None),
    ],
)
def test_a_format_is_filled(arguments: tuple[object, ...], expected: object) -> None:
    """format() does what Postgres's does; what is not known stays so."""
    assert load()["format"](SESSION, *arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "sqlstate"), [(("%I", None), "22004"), (("%s %s", 1), "22023"), (("%q", 1), "22023")]
)
def test_a_wrong_format_is_refused(arguments: tuple[object, ...], sqlstate: str) -> None:
    """format() refuses what Postgres's refuses."""
    with pytest.raises(Refused) as refused:
        load()["format"](SESSION, *arguments)
    assert refused.value.sqlstate == sqlstate


@pytest.mark.parametrize(
    ("name", "quoted"), [("abc", "abc"), ("Abc", '"Abc"'), ("order", '"order"'), ('a"b', '"a""b"')]
)
def test_names_are_quoted_where_they_need_it(name: str, quoted: str) -> None:
    """quote_ident() quotes capitals, keywords and signs."""
    assert load()["quote_ident"](SESSION, name) == quoted

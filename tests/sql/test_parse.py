"""Statements with their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import LadderError
from harness.sql import parse
from harness.sql.parse import Span, check, split

STATEMENTS = (
    "select 1",
    "select ';', \"a;b\", 'é'",
    "do $$ begin perform 1; end $$",
    "create function f() returns int begin atomic select case when true then 1 end; select 2; end",
    "create rule r as on insert to t do also (insert into u values (1); select 2)",
    "alter table t\n  add constraint c check (a > 0)",
    "not sql at all",
)
GAPS = (";", ";\n", "; -- a ; comment\n", ";\r\n\t/* b; /* nested */ */ ", ";;\n;", ";\n\n")


def texts(text: str) -> list[str]:
    """Return the statements' texts."""
    return [text.encode()[span.start : span.end].decode() for span in split(text)]


@given(st.lists(st.tuples(st.sampled_from(STATEMENTS), st.sampled_from(GAPS)), max_size=8), st.booleans())
def test_statements_come_back_as_they_were_joined(pairs: list[tuple[str, str]], ends: bool) -> None:
    """Whatever stands between statements, each comes back whole, in order, at the place that its span names."""
    text = "-- head\n" + "".join(statement + gap for statement, gap in pairs)
    text = text if ends else text.rstrip("; \n\r\t")
    expected = [statement for statement, _ in pairs]
    assert texts(text) == expected
    for span, statement in zip(split(text), expected, strict=True):
        lines = text.split("\n")
        assert lines[span.line - 1][span.column - 1 :].startswith(statement.split("\n")[0])
        assert span.end_line == span.line + statement.count("\n")


@given(st.text(alphabet="ab'\"$;()-/*\n é\\", max_size=60))
def test_any_text_is_split_or_refused(text: str) -> None:
    """Between spans stand only blanks, comments and semicolons; a text without an end is an error."""
    try:
        spans = split(text)
    except LadderError:
        with pytest.raises(LadderError, match=r"unterminated|at or near"):
            check(text)
        return
    at, data = 0, text.encode()
    for span in [*spans, Span(len(data), len(data), 0, 0, 0)]:
        assert at <= span.start <= span.end
        between = data[at : span.start].decode()
        assert all(token.kind in ("SQL_COMMENT", "C_COMMENT", "ASCII_59") for token in parse.tokens(between))
        at = span.end


def test_a_template_is_split() -> None:
    """Braces, which the grammar knows nowhere, are tokens like any other sign."""
    spans = parse.split("SELECT 1;\n{{ template }};\nSELECT 2")
    assert [span.line for span in spans] == [1, 2, 3]


def test_columns_count_characters() -> None:
    """Behind an umlaut and a tab the column counts characters, the offset counts bytes."""
    span = split("/* äö */\tselect 1")[0]
    assert (span.line, span.column, span.start) == (1, 10, 11)


def test_carriage_returns_do_not_count() -> None:
    """Lines end with a line feed, whether a carriage return stands before it or not."""
    assert [(s.line, s.column) for s in split("select 1;\r\n\r\n  select 2;\r\n")] == [(1, 1), (3, 3)]


def test_too_deep_for_the_parser_is_still_split() -> None:
    """A statement that protobuf cannot carry has its place, and is no syntax error."""
    text = "select " + " || ".join(["'a'"] * 400) + "; select 2"
    assert len(split(text)) == 2
    check(text)
    assert parse.nodes(text) == []


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("select 1;\nselect 2 fro m m;", 2, 14, "see the statement"),
        ("select 1;\n\\d users\n", 2, 1, "backslash command"),
        ("copy t from stdin;\n1\ta\n\\.\n", 2, 1, "COPY"),
        ("select 1;\n  select 'abc", 2, 10, "see the statement"),
        ("select 1;\n\0", 2, 1, "UTF-16"),
    ],
)
def test_what_postgres_refuses_is_named_with_its_place(text: str, line: int, column: int, words: str) -> None:
    """A syntax error, psql's own input and a NUL byte give line, column and what a person should know."""
    with pytest.raises(LadderError) as caught:
        check(text, "a.sql")
    place = caught.value.place
    assert place is not None
    assert (place.path, place.line, place.column) == ("a.sql", line, column)
    assert words in caught.value.help

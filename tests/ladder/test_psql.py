"""What only psql reads."""

from __future__ import annotations

import pytest

from harness.errors import LadderError
from harness.ladder import psql


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("select 1;\n  \\echo hi\nselect 2;", 2, 3, "a backslash command is read by psql alone"),
        ("\\restrict Ab1\nselect 1;", 1, 1, "a backslash command is read by psql alone"),
        ("-- ä\nselect 'ö'; \\gexec\n", 2, 13, "a backslash command is read by psql alone"),
        (
            "select 1;\n/* c */ copy t (a) from stdin;\n1\n\\.\n",
            2,
            9,
            "the rows after COPY ... FROM stdin are read",
        ),
        ("COPY t FROM STDIN WITH (FORMAT csv);\n1,2\n\\.\n", 1, 1, "the rows after COPY ... FROM stdin are read"),
        ("copy t from stdin;\n1\tit's\n\\.\n", 2, 5, "unterminated quoted string"),
    ],
)
def test_it_is_refused_with_its_place(text: str, line: int, column: int, said: str) -> None:
    """A backslash command and the rows of a COPY are an error at their line and column, with what to do."""
    with pytest.raises(LadderError, match=said) as caught:
        psql.refuse(text, "a.sql")
    place = caught.value.place
    assert place is not None
    assert (place.path, place.line, place.column) == ("a.sql", line, column)
    assert "psql" in str(caught.value)
    assert caught.value.help


@pytest.mark.parametrize(
    "text",
    [
        "select E'\\d', '\\', $$\\x$$; -- \\echo\n/* \\. */",
        "copy t from '/data/t.csv'; copy stdin to '/tmp/x';",
        "select stdin from copy;",
        "",
    ],
)
def test_sql_passes(text: str) -> None:
    """Backslashes in quotes and comments, and a COPY of another kind, are SQL."""
    psql.refuse(text)

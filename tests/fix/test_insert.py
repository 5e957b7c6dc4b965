"""INSERTs that look for their rows first."""

from __future__ import annotations

import pytest

from harness.fix.templates.insert import inserted_into, rows_of, same_row, where_absent
from harness.sql.edits import apply


def test_one_row_is_selected_where_it_does_not_exist() -> None:
    """Constants are compared, NULL by IS NULL; what every boot makes anew is not."""
    statement = "INSERT INTO app.t (a, b, c) VALUES ('x', NULL, now())"
    fix = where_absent(statement)
    assert fix is not None
    assert apply(statement, fix.edits) == (
        "INSERT INTO app.t (a, b, c) SELECT 'x', NULL, now()"
        " WHERE NOT EXISTS (SELECT FROM app.t WHERE a = 'x' AND b IS NULL)"
    )


def test_columns_that_are_not_named_are_the_tables() -> None:
    """An INSERT without a list of columns fills the first ones."""
    rows = rows_of("INSERT INTO t VALUES (1, 'a'), (2, 'b')", ("id", "name", "note"))
    assert rows is not None
    assert rows.columns == ("id", "name")
    assert same_row(rows) == "id = 1 AND name = 'a'"


def test_json_is_not_compared() -> None:
    """A type without an equality would make the look fail."""
    rows = rows_of("INSERT INTO t (a, b) VALUES (1, '{}')")
    assert rows is not None
    assert same_row(rows, but=("b",)) == "a = 1"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t (a) SELECT 1",
        "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
        "INSERT INTO t DEFAULT VALUES",
        "WITH x AS (SELECT 1) INSERT INTO t (a) VALUES (1)",
        "UPDATE t SET a = 1",
    ],
)
def test_other_statements_have_no_rows_of_constants(statement: str) -> None:
    """Nothing is made up for them."""
    assert rows_of(statement) is None


def test_the_table_of_an_insert() -> None:
    """As SQL writes it, quoted where it has to be."""
    assert inserted_into('INSERT INTO "App"."order" VALUES (1)') == '"App"."order"'
    assert inserted_into("SELECT 1") == ""

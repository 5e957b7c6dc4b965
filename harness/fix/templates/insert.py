"""INSERTs of constants that find their rows in place: ON CONFLICT on a key, or WHERE NOT EXISTS the same row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.fix.words import Words
from harness.sql import parse, tree
from harness.sql.edits import Edit, Fix
from harness.sql.quote import identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_OPEN, _CLOSE = "ASCII_40", "ASCII_41"


@dataclass(frozen=True)
class Rows:
    """What an INSERT ... VALUES gives, each value as it is written; `None` for one that is no constant."""

    table: str
    """As the statement writes it."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    spans: tuple[tuple[int, int], ...]
    """The tokens of each row's parentheses."""


def inserted_into(statement: str) -> str:
    """Return the table of an INSERT, as SQL writes it; empty for any other statement."""
    nodes = parse.nodes(statement)
    if len(nodes) != 1 or tree.kind(nodes[0]) != "InsertStmt":
        return ""
    return ".".join(identifier(part) for part in (nodes[0].relation.schemaname, nodes[0].relation.relname) if part)


def rows_of(statement: str, columns: Sequence[str] = ()) -> Rows | None:
    """Return the rows of an INSERT ... VALUES without ON CONFLICT; None for any other statement.

    `columns` are the table's, for a statement that names none.
    """
    nodes = parse.nodes(statement)
    if len(nodes) != 1 or tree.kind(nodes[0]) != "InsertStmt" or nodes[0].HasField("on_conflict_clause"):
        return None
    node, words = nodes[0], Words(statement)
    values = tree.inner(node.select_stmt)
    if values is None or node.HasField("with_clause") or not values.values_lists:
        return None
    spans = _spans(words, len(values.values_lists))
    given = [item.res_target.name for item in node.cols] or list(columns)
    lists = [list(item.list.items) for item in values.values_lists]
    if spans is None or any(len(items) > len(given) for items in lists):
        return None
    rows = tuple(_written(words, span, items) for span, items in zip(spans, lists, strict=True))
    return Rows(inserted_into(statement), tuple(given[: len(lists[0])]), rows, tuple(spans))


def on_conflict(statement: str, keys: Sequence[Sequence[str]], columns: Sequence[str] = ()) -> Fix | None:
    """Return the fix by ON CONFLICT on the first key that all rows give constants for, none of them NULL."""
    rows = rows_of(statement, columns)
    key = next((key for key in keys if rows and _is_given(rows, key)), None)
    if key is None:
        return None
    clause = f"ON CONFLICT ({', '.join(map(identifier, key))}) DO NOTHING"
    at = _tail(Words(statement))
    return Fix(f"add {clause}", (Edit(at, at, f" {clause}"),))


def where_absent(statement: str, columns: Sequence[str] = (), but: Collection[str] = ()) -> Fix | None:
    """Return the fix of an INSERT of one row by a SELECT of it WHERE NOT EXISTS the same one; `but` as below."""
    rows = rows_of(statement, columns)
    if rows is None or len(rows.rows) != 1 or not (same := same_row(rows, but)):
        return None
    words, (first, last) = Words(statement), rows.spans[0]
    values, opening, closing = (words.tokens[number] for number in (first - 1, first, last))
    clause = f" WHERE NOT EXISTS (SELECT FROM {rows.table} WHERE {same})"
    edits = (
        Edit(values.start, values.end, "SELECT"),
        Edit(opening.start, opening.end, ""),
        Edit(closing.start, closing.end, clause),
    )
    return Fix("insert the row where it does not exist", edits)


def same_row(rows: Rows, but: Collection[str] = ()) -> str:
    """Return the condition that a table's row is the first of these, as far as that is made of constants.

    `but` are columns that nothing can be compared with: json has no equality.
    """
    return " AND ".join(
        f"{identifier(column)} {'IS NULL' if value.upper() == 'NULL' else f'= {value}'}"
        for column, value in zip(rows.columns, rows.rows[0], strict=True)
        if value is not None and column not in but
    )


def _is_given(rows: Rows, key: Sequence[str]) -> bool:
    if not set(key) <= set(rows.columns):
        return False
    places = [rows.columns.index(column) for column in key]
    values = [row[place] for row in rows.rows for place in places]
    return all(value is not None and value.upper() != "NULL" for value in values)


def _spans(words: Words, count: int) -> list[tuple[int, int]] | None:
    """Return first and last token of each row's parentheses."""
    values = next((n for n, depth in words.depths() if depth == 0 and words.kinds[n] == "VALUES"), None)
    if values is None:
        return None
    opened = [n for n, depth in words.depths(values) if depth == 0 and words.kinds[n] == _OPEN][:count]
    closed = [n for n, depth in words.depths(values) if depth == 0 and words.kinds[n] == _CLOSE][:count]
    return list(zip(opened, closed, strict=True)) if len(opened) == count else None


def _written(words: Words, span: tuple[int, int], items: Sequence[Any]) -> tuple[str | None, ...]:
    parts = words.parts(span[0] + 1, span[1] - 1)
    texts = [words.slice(first, last) for first, last in parts]
    return tuple(text if _is_constant(item) else None for text, item in zip(texts, items, strict=True))


def _is_constant(node: Any) -> bool:
    content = tree.inner(node)
    match tree.kind(node):
        case "A_Const":
            return True
        case "TypeCast":
            return _is_constant(content.arg)
        case "A_ArrayExpr":
            return all(map(_is_constant, content.elements))
        case "A_Expr":
            sides = [getattr(content, side) for side in ("lexpr", "rexpr") if content.HasField(side)]
            return all(map(_is_constant, sides))
        case _:
            return False


def _tail(words: Words) -> int:
    """Return the offset where ON CONFLICT stands: before RETURNING, or at the end."""
    returning = next((n for n, depth in words.depths() if depth == 0 and words.kinds[n] == "RETURNING"), None)
    return words.end(returning - 1) if returning else words.end(-1)

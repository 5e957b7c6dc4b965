"""Puts statements into a DO block that runs them while a condition says that they have not been run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from harness.fix.words import Words
from harness.sql import parse, tree
from harness.sql.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.ladder.model import Statement

_OUTSIDE_ALONE = frozenset(
    ("TransactionStmt", "VacuumStmt", "VariableSetStmt", "VariableShowStmt", "DiscardStmt", "PrepareStmt")
)
"""What a DO block cannot carry out, or what would be lost at its end."""
_SEMICOLON = re.compile(rb"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*;", re.DOTALL)
_ROWS = ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")


def fits(statement: str) -> bool:
    """Whether a DO block can carry a statement out as it would be by itself."""
    nodes = parse.nodes(statement)
    if len(nodes) != 1:
        return False
    node, kind = nodes[0], tree.kind(nodes[0])
    if kind in _OUTSIDE_ALONE or (kind == "CopyStmt" and not node.filename):
        return False
    is_select_into = kind == "SelectStmt" and node.HasField("into_clause")
    return not (is_select_into or getattr(node, "concurrent", False))


def block(statements: Sequence[Statement], end: int, condition: str, frame: Frame) -> list[Edit]:
    """Return the edits, in the file, that guard statements which stand in a row; see `fits`.

    `end` is the offset behind the last one's semicolon, or that statement's own end where it has none.
    """
    lines = frame.newline
    tag = _tag("".join(statement.text for statement in statements))
    head = f"{frame.begin}DO ${tag}$ BEGIN{lines}IF {condition} THEN{lines}"
    semicolon = ";" if end == statements[-1].end else ""
    tail = f"{semicolon}{lines}END IF;{lines}END ${tag}$;{frame.end}"
    bodies = [edit for statement in statements for edit in _body(statement)]
    return [Edit(statements[0].start, statements[0].start, head), *bodies, Edit(end, end, tail)]


class Frame(NamedTuple):
    """What stands around a DO block in a file: how its lines end, and what its tool wants before and after it."""

    newline: str = "\n"
    begin: str = ""
    end: str = ""


def end_of(text: str, statement: Statement) -> int:
    """Return the offset behind a statement's semicolon; its own end where it has none."""
    found = _SEMICOLON.match(text.encode(), statement.end)
    return found.end() if found else statement.end


def frame_of(text: str, style: str, offset: int) -> Frame:
    """Return the frame for a block at a byte offset of a migration.

    goose and sql-migrate cut a file at each semicolon that stands outside of their StatementBegin and StatementEnd.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    tool = _TOOLS.get(style)
    before = text.encode()[:offset].decode()
    if tool is None or before.count(f"{tool} StatementBegin") > before.count(f"{tool} StatementEnd"):
        return Frame(newline)
    return Frame(newline, f"{tool} StatementBegin{newline}", f"{newline}{tool} StatementEnd")


_TOOLS = {"goose": "-- +goose", "sql-migrate": "-- +migrate"}


def _body(statement: Statement) -> list[Edit]:
    """Return what makes a statement one of plpgsql's, which has no place for rows that nobody takes.

    A column called `found` would be ambiguous there, with the variable of that name.
    """
    node, words = parse.nodes(statement.text)[0], Words(statement.text)
    kind = tree.kind(node)
    is_ambiguous = any(words.text(number).lower() == "found" for number in range(len(words.kinds)))
    if kind == "SelectStmt" and words.kinds[0] == "SELECT" and not is_ambiguous:
        return [Edit(statement.start, statement.start + len("SELECT"), "PERFORM")]
    has_rows = kind in ("SelectStmt", "ExplainStmt") or (kind in _ROWS and node.HasField("returning_clause"))
    if has_rows or is_ambiguous:
        tag = _tag(statement.text, "sql")
        head = Edit(statement.start, statement.start, f"EXECUTE ${tag}$")
        return [head, Edit(statement.end, statement.end, f"${tag}$")]
    return []


def _tag(text: str, word: str = "bootsmoke") -> str:
    """Return a tag for a dollar quote that the text does not have."""
    others = (f"{word}{number}" for number in range(2, len(text)))
    return next(tag for tag in (word, *others) if f"${tag}$" not in text)

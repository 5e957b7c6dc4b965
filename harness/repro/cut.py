"""Statements without what they refer to: a table's foreign keys need other tables, and those again others."""

from __future__ import annotations

from harness.sql import parse

_OPEN, _CLOSE, _COMMA = "ASCII_40", "ASCII_41", "ASCII_44"
_COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})


def without_references(text: str) -> str:
    """Return the statement without the foreign keys of its columns, and without what stands behind them there."""
    data = text.encode()
    for element in reversed(_elements(text)):
        kinds = [token.kind for token in element]
        if "REFERENCES" in kinds and "FOREIGN" not in kinds:
            first = kinds.index("REFERENCES")
            first -= 2 * (first > 2 and kinds[first - 2] == "CONSTRAINT")
            data = data[: element[first - 1].end] + data[element[-1].end :]
    return data.decode()


def _elements(text: str) -> list[list[parse.Token]]:
    """Return the tokens of each column of a CREATE TABLE, or of each subcommand of an ALTER TABLE."""
    tokens = [token for token in parse.tokens(text) if token.kind not in _COMMENTS]
    level = int(tokens[0].kind == "CREATE")
    found: list[list[parse.Token]] = [[]]
    depth = 0
    for token in tokens:
        depth -= token.kind == _CLOSE
        if (token.kind == _COMMA and depth == level) or (token.kind in (_OPEN, _CLOSE) and depth < level):
            found.append([])
        else:
            found[-1].append(token)
        depth += token.kind == _OPEN
    return found

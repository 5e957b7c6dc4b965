"""Finds what only psql understands: its backslash commands, and the rows after COPY ... FROM stdin."""

from __future__ import annotations

from harness.errors import LadderError

_COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
_BACKSLASH, _SEMICOLON = "ASCII_92", "ASCII_59"


def refuse(text: str, path: str = "") -> None:
    r"""Raise LadderError at the first such place, or where a quote or a comment has no end.

    A backslash outside of quotes and comments is no token of Postgres's grammar (`scan.l`), so that one can only
    be a command of psql, `\.` included.
    """
    from harness.sql import parse  # noqa: PLC0415 - the parser is a heavy import

    first = before = None
    for token in parse.tokens(text, path):
        if token.kind in _COMMENTS:
            continue
        first = first or token
        if token.kind == _BACKSLASH:
            raise _error(text, path, token.start, "a backslash command is read by psql alone", "remove it")
        if first.kind == "COPY" and token.kind == "STDIN" and before and before.kind == "FROM":
            what = "the rows after COPY ... FROM stdin are read by psql alone"
            raise _error(text, path, first.start, what, "write INSERTs")
        before, first = (None, None) if token.kind == _SEMICOLON else (token, first)


def _error(text: str, path: str, offset: int, message: str, advice: str) -> LadderError:
    from harness.sql import parse  # noqa: PLC0415 - the parser is a heavy import

    place = parse.place_of(text, len(text.encode()[:offset].decode()), path)
    return LadderError(message, place=place, help=f"{advice}: a server or a migration tool sends SQL only")

"""Statements and tokens of SQL text, by Postgres's own scanner and parser (libpg_query, Postgres 18's grammar).

`split` needs tokens only, so that a file with one broken statement, or with more nesting than the parser's
protobuf can carry, still has its statements; `check` says whether and where Postgres would refuse the text.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import postgast
from google.protobuf.message import DecodeError

from harness.errors import LadderError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Token(NamedTuple):
    """One token; `start` and `end` are byte offsets in the UTF-8 text, `kind` is the scanner's name for it."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Span:
    """One statement from its first to its last token, without the semicolon and what stands around it.

    `start` and `end` are byte offsets in the UTF-8 text; lines and columns are 1-based, columns in characters.
    """

    start: int
    end: int
    line: int
    column: int
    end_line: int


class _Names(dict[int, str]):
    """The scanner's names of tokens; characters that no grammar rule takes, such as braces, have none."""

    def __missing__(self, number: int) -> str:
        return f"ASCII_{number}"


_NAMES = _Names({number: name for name, number in postgast.pg_query_pb2.Token.items()})
_PILE = re.compile(r"/\*[-~!@#^&|`?+*/%<>=]{1000,}+")
_MOST_PILED = 100
_COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
_OPEN, _CLOSE, _SEMICOLON = "ASCII_40", "ASCII_41", "ASCII_59"


def tokens(text: str, path: str = "") -> list[Token]:
    """Return all tokens, comments included; LadderError where a quote or a comment has no end."""
    _refuse_nul(text, path)
    _refuse_piles(text, path)
    try:
        scanned = postgast.scan(text)
    except postgast.PgQueryError as error:
        raise _syntax_error(error, text, path) from None
    return [Token(token.start, token.end, _NAMES[token.token]) for token in scanned.tokens]


def split(text: str, path: str = "") -> list[Span]:
    """Return the statements of a text in order; empty ones are left out.

    A semicolon ends a statement outside of parentheses and of a BEGIN ATOMIC body, as in psql. Statements are
    not parsed: see `check`. LadderError as for `tokens`.
    """
    places = _Places(text)
    groups = _statements(token for token in tokens(text, path) if token.kind not in _COMMENTS)
    return [places.span(group[0].start, group[-1].end) for group in groups]


def check(text: str, path: str = "") -> None:
    """Raise LadderError with line and column if Postgres's grammar refuses the text."""
    _refuse_nul(text, path)
    _refuse_piles(text, path)
    try:
        postgast.split(text)
    except postgast.PgQueryError as error:
        raise _syntax_error(error, text, path) from None


def nodes(text: str) -> list[Any]:
    """Return the parse tree's node of each statement; none where the parser refuses or cannot carry the text."""
    try:
        tree = postgast.parse(text)
    except (postgast.PgQueryError, DecodeError):
        return []
    return [getattr(raw.stmt, raw.stmt.WhichOneof("node")) for raw in tree.stmts]


def _statements(spoken: Iterable[Token]) -> Iterator[list[Token]]:
    group: list[Token] = []
    depth = blocks = 0
    for token in spoken:
        depth = max(0, depth + (token.kind == _OPEN) - (token.kind == _CLOSE))
        blocks += _block_step(blocks, group, token)
        if token.kind != _SEMICOLON or depth or blocks:
            group.append(token)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _block_step(blocks: int, before: list[Token], token: Token) -> int:
    """Return how much deeper in BEGIN ATOMIC ... END the token leads; CASE has an END of its own."""
    if token.kind == "ATOMIC" and before and before[-1].kind == "BEGIN_P":
        return 1
    if blocks and token.kind == "CASE":
        return 1
    return -1 if blocks and token.kind == "END_P" else 0


class _Places:
    """Lines and columns of byte offsets in one text."""

    def __init__(self, text: str) -> None:
        self._data = text.encode()
        self._starts = [0, *(match.end() for match in re.finditer(b"\n", self._data))]

    def span(self, start: int, end: int) -> Span:
        line, last = (bisect.bisect_right(self._starts, offset) for offset in (start, end - 1))
        column = len(self._data[self._starts[line - 1] : start].decode()) + 1
        return Span(start, end, line, column, last)


def _refuse_nul(text: str, path: str) -> None:
    at = text.find("\0")
    if at >= 0:
        raise LadderError(
            "a NUL byte: Postgres would read no further",
            place=place_of(text, at, path),
            help="remove it; is the file UTF-16?",
        )


def _refuse_piles(text: str, path: str) -> None:
    """Refuse comments that begin right behind one another: for each the scanner reads the whole pile again."""
    for pile in _PILE.finditer(text):
        if pile[0].count("/*") > _MOST_PILED:
            raise LadderError("nothing but beginnings of comments", place=place_of(text, pile.start(), path))


def place_of(text: str, offset: int, path: str = "") -> Place:
    """Return line and column of a character offset."""
    line_start = text.rfind("\n", 0, offset) + 1
    return Place(path, text.count("\n", 0, offset) + 1, offset - line_start + 1)


def _syntax_error(error: postgast.PgQueryError, text: str, path: str) -> LadderError:
    offset = max(0, error.cursorpos - 1)
    first_line = str(error.message).partition("\n")[0]
    return LadderError(first_line, place=place_of(text, offset, path), help=_help(text, offset))


_META = re.compile(r"^[ \t]*\\[a-zA-Z.!]", re.MULTILINE)
_COPY = re.compile(r"\bcopy\b[^;]{1,2000}\bfrom\s+stdin\b[^;]{0,500};", re.IGNORECASE)


def _help(text: str, offset: int) -> str:
    """Say what a person should know about a text that the parser refuses at a character offset."""
    if any(copy.end() <= offset for copy in _COPY.finditer(text)):
        return "data after COPY ... FROM stdin is read by psql alone: write INSERTs"
    line_start = text.rfind("\n", 0, offset) + 1
    if _META.match(text, line_start):
        return "a backslash command is read by psql alone: remove it from the migration"
    return "Postgres refuses this file as it stands; see the statement there"


def same(one: Any, two: Any) -> bool:
    """Whether two parse trees, or parts of one, say the same: places in the text do not count."""
    return one is two or (type(one) is type(two) and _placeless(one) == _placeless(two))


def _placeless(node: Any) -> Any:
    copy = type(node)()
    copy.CopyFrom(node)
    _forget_places(copy)
    return copy


def _forget_places(node: Any) -> None:
    for field, value in node.ListFields():
        if field.name in _PLACES:
            node.ClearField(field.name)
        elif field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                _forget_places(each)


_PLACES = frozenset(
    (
        *("location", "stmt_location", "stmt_len", "name_location", "type_location"),
        *("list_start", "list_end", "rexpr_list_start", "rexpr_list_end"),
    )
)
"""The fields of libpg_query's nodes that count bytes of the text."""

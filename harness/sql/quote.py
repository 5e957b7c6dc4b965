"""Names and strings as SQL writes them."""

from __future__ import annotations

import re
from functools import lru_cache

import postgast

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_HARMLESS = frozenset(("NO_KEYWORD", "UNRESERVED_KEYWORD"))


@lru_cache(maxsize=10_000)
def identifier(name: str) -> str:
    """Return a name, in quotes where Postgres would put it in quotes (quote_ident)."""
    if _PLAIN.fullmatch(name) and _kind(name) in _HARMLESS:
        return name
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a string constant; what has a backslash is written so that every setting reads it alike."""
    quoted = "'" + text.replace("'", "''") + "'"
    return " E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def _kind(name: str) -> str:
    kinds = postgast.pg_query_pb2.KeywordKind
    return str(kinds.Name(postgast.scan(name).tokens[0].keyword_kind))

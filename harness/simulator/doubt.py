"""What statements that are not understood may have done, read off their words; and what that puts in doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Relation

if TYPE_CHECKING:
    from harness.simulator.errors import Refused
    from harness.simulator.session import Session

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_MAKES = frozenset(("create", "add", "rename", "attach", "import", "schema"))
_REMOVES = frozenset(("drop", "rename", "schema"))
_WRITES = frozenset(("insert", "update", "delete", "truncate", "merge", "copy"))
_ELSE = frozenset(("execute", "set", "set_config", "raise", "call"))
"""What else a body may do that is not to be passed over."""
_IS_THERE = frozenset(("42P06", "42P07", "42701", "42710", "42723", "42725"))
"""Duplicate schema, table, column, object, function; two functions that a call may mean."""
_SECOND_KEY = "multiple primary keys"
_IS_MISSING = frozenset(("3F000", "42P01", "42703", "42704", "42883"))
"""Undefined schema, table, column, object, function."""


@dataclass(slots=True)
class Doubt:
    """Names of which it is not known for sure what they stand for.

    What already exists is in doubt only if something may have dropped it, and what does not exist only if something
    may have made it; every other refusal is in doubt where any of its names was touched.
    """

    made: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def copy(self) -> Doubt:
        """Return a copy that is noted in on its own."""
        return Doubt(set(self.made), set(self.gone), set(self.rows), set(self.touched))

    def add(self, name: str) -> None:
        """Take note of a name of which nothing is known."""
        for names in (self.made, self.gone, self.rows, self.touched):
            names.add(name)

    def note(self, session: Session, text: str) -> None:
        """Take note of a statement that was not understood, and of the ladder's functions that it may call."""
        words = _words(session, text)
        may = _powers(words)
        self.touched |= words
        if may & _MAKES:
            self.made |= words
        if may & _REMOVES:
            self.gone |= words
        if may & _WRITES:
            self.rows |= words
            _blur(session, words)

    def is_about(self, refused: Refused) -> bool:
        """Whether Postgres may well not refuse."""
        if refused.sqlstate in _IS_THERE or refused.message.startswith(_SECOND_KEY):
            return bool(refused.about & self.gone)
        if refused.sqlstate in _IS_MISSING:
            return bool(refused.about & self.made)
        if refused.sqlstate == "23505":
            return bool(refused.about & (self.gone | self.rows))
        return bool(refused.about & self.touched)


def is_harmless(session: Session, text: str) -> bool:
    """Whether a function's body can change nothing but its own variables, whichever way it goes."""
    words = _words(session, text)
    return not _powers(words) - {"schema"} and _ELSE.isdisjoint(word.lower() for word in words)


def _powers(words: set[str]) -> frozenset[str]:
    """Return those among words that make, remove or write; all of these, where the text of EXECUTE is elsewhere."""
    known = _MAKES | _REMOVES | _WRITES
    lower = {word.lower() for word in words}
    found = known & lower
    is_open = "execute" in lower and not found - {"schema"}
    return known if is_open else found


def _words(session: Session, text: str) -> set[str]:
    """Return the words of a text, as they stand and folded, with those of all functions that are named in it."""
    words: set[str] = set()
    texts = [text]
    while texts:
        found = _WORD.findall(texts.pop())
        new = {form for word in found for form in (word, word.lower())} - words
        words |= new
        texts += (function.body for word in new for function in session.functions(word))
    return words


def _blur(session: Session, words: set[str]) -> None:
    """Take note that the tables of these names may hold other rows than are known."""
    for relation in session.store.each(Relation):
        if relation.name in words and relation.has_all_rows:
            session.store.put(replace(relation, has_all_rows=False))

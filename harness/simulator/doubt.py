"""What statements that are not understood may have done, read off their words; and what that puts in doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Index, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.simulator.errors import Refused
    from harness.simulator.session import Session

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_MOVE = re.compile(r"\bset\s+schema\b", re.IGNORECASE)
_MAKES = frozenset(("create", "add", "rename", "attach", "import"))
_REMOVES = frozenset(("drop", "rename"))
_WRITES = frozenset(("insert", "update", "delete", "truncate", "merge", "copy"))
_ELSE = frozenset(("execute", "set", "set_config", "raise", "call"))
"""What else a body may do that is not to be passed over."""
_TOKEN = re.compile(r'"[^"]*"|[A-Za-z_][\w$]*|\S')
_BESIDE_A_NAME = frozenset(("view", "concurrently", "if", "exists"))
_AFTER_NAMES = frozenset((";", "(", ")", "on", "restrict", "", "as", "using", "add", "alter", "drop"))
_NOT_DROPPED = frozenset(("default", "not", "identity", "expression"))
_ANY = "any"
_RELATIONS = frozenset(("table", "view", "materialized", "sequence", "foreign", "schema", "extension", _ANY))
_ROUTINES = frozenset(("function", "procedure", "routine", "aggregate", "schema", "extension", "type", _ANY))
_IS_THERE = {
    "42P06": frozenset(("schema", "extension", _ANY)),
    "42P07": _RELATIONS | {"type", "column", "constraint", "index"},
    "42701": _RELATIONS | {"type", "column"},
    "42723": _ROUTINES,
    "42725": _ROUTINES,
    "42710": None,
}
"""Duplicate schema, table, column, function (or two that a call may mean), object: which DROP may have helped."""
_IS_MISSING = frozenset(("3F000", "42P01", "42703", "42704", "42883"))
"""Undefined schema, table, column, object, function."""
_Drop = tuple[str, set[str] | None]
_SECOND_KEY = "multiple primary keys"


@dataclass(slots=True)
class Doubt:
    """Names of which it is not known for sure what they stand for.

    What already exists is in doubt only if something may have dropped it, and what does not exist only if something
    may have made it; every other refusal is in doubt where any of its names was touched.
    """

    made: set[str] = field(default_factory=set)
    gone: dict[str, set[str]] = field(default_factory=dict)
    """By the kind of object that may have been dropped."""
    rows: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def copy(self) -> Doubt:
        """Return a copy that is noted in on its own."""
        gone = {kind: set(names) for kind, names in self.gone.items()}
        return Doubt(set(self.made), gone, set(self.rows), set(self.touched))

    def add(self, name: str) -> None:
        """Take note of a name of which nothing is known."""
        for names in (self.made, self.gone.setdefault(_ANY, set()), self.rows, self.touched):
            names.add(name)

    def note(self, session: Session, text: str) -> None:
        """Take note of a statement that was not understood, and of the ladder's functions that it may call."""
        texts = _texts(session, text)
        words = {form for each in texts for word in _WORD.findall(each) for form in (word, word.lower())}
        may = _powers(words)
        self.touched |= words
        if may & _MAKES:
            self.made |= words
        for kind, names in _dropped(may, texts):
            self.gone.setdefault(kind, set()).update(words if names is None else names)
        if may & _WRITES:
            self.rows |= words
            _blur(session, words)

    def is_about(self, session: Session, refused: Refused) -> bool:
        """Whether Postgres may well not refuse."""
        if refused.sqlstate in _IS_THERE:
            kinds = _IS_THERE[refused.sqlstate]
            if refused.sqlstate == "42P07" and not _is_index(session, refused.about):
                kinds = _RELATIONS | {"type"}
            return bool(refused.about & self._gone(kinds))
        if refused.message.startswith(_SECOND_KEY):
            return bool(refused.about & self._gone(_RELATIONS | {"constraint", "column"}))
        if refused.sqlstate in _IS_MISSING:
            return bool(refused.about & self.made)
        if refused.sqlstate == "23505":
            return bool(refused.about & (self._gone(None) | self.rows))
        return bool(refused.about & self.touched)

    def _gone(self, kinds: frozenset[str] | None) -> set[str]:
        """Return the names of what may have been dropped, of some kinds; None for all but indexes."""
        is_meant = (lambda kind: kind != "index") if kinds is None else kinds.__contains__
        return set().union(*(names for kind, names in self.gone.items() if is_meant(kind)))


def is_harmless(session: Session, text: str) -> bool:
    """Whether a function's body can change nothing but its own variables, whichever way it goes."""
    words = {word.lower() for each in _texts(session, text) for word in _WORD.findall(each)}
    return not _powers(words) and _ELSE.isdisjoint(words)


def _powers(words: set[str]) -> frozenset[str]:
    """Return those among words that make, remove or write; all of these, where the text of EXECUTE is elsewhere."""
    known = _MAKES | _REMOVES | _WRITES
    lower = {word.lower() for word in words}
    found = known & lower
    return known if "execute" in lower and not found else found


def _dropped(may: frozenset[str], texts: Iterable[str]) -> list[_Drop]:
    """Return what statements may take away, or the name of."""
    if "rename" in may or "drop" not in may:
        return [(_ANY, None)] if may & _REMOVES else []
    found = [drop for each in texts for drop in _drops(_TOKEN.findall(each))]
    is_known = bool(found) and all(kind in _KINDS for kind, _ in found)
    return found if is_known else [(_ANY, None)]


def _drops(tokens: list[str]) -> Iterator[_Drop]:
    """Yield each DROP: its kind and the names after it; None where these are not written out or it has CASCADE."""
    words = [*(token.lower() for token in tokens), "", "", ""]
    for place, word in enumerate(words):
        if word != "drop" or words[place - 1] == "commit":
            continue
        kind, start = words[place + 1], place + 2
        while words[start - 1] and words[start] in _BESIDE_A_NAME:
            start += 1
        names, end = set[str](), start
        while words[end] == "," or words[end] == "." or _WORD.match(words[end].strip('"')):
            if words[end] in _AFTER_NAMES:
                break
            names |= {tokens[end].strip('"'), words[end].strip('"')}
            end += 1
        is_open = not names or words[end] not in _AFTER_NAMES or "cascade" in names
        if kind not in _NOT_DROPPED:
            yield kind, None if is_open else names


_KINDS = _RELATIONS | _ROUTINES | {"index", "column", "constraint", "trigger", "policy", "rule", "domain", "role"}


def _texts(session: Session, text: str) -> list[str]:
    """Return a text with the bodies of all the ladder's functions that are named in it, directly or not."""
    texts, seen = [_plain(text)], set[str]()
    for each in texts:
        new = {form for word in _WORD.findall(each) for form in (word, word.lower())} - seen
        seen |= new
        texts += (_plain(function.body) for word in new for function in session.functions(word))
    return texts


def _plain(text: str) -> str:
    """Return a text without comments; a move to another schema is a RENAME there."""
    return _MOVE.sub("rename", _COMMENT.sub(" ", text))


def _is_index(session: Session, names: frozenset[str]) -> bool:
    """Whether a name is an index's, or nothing's: an index may have stood there."""
    found = [relation for relation in session.store.each(Relation) if relation.name in names]
    return not found or any(isinstance(relation, Index) for relation in found)


def _blur(session: Session, words: set[str]) -> None:
    """Take note that the tables of these names may hold other rows than are known."""
    for relation in session.store.each(Relation):
        if relation.name in words and relation.has_all_rows:
            session.store.put(replace(relation, has_all_rows=False))

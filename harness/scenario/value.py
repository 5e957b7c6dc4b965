"""Typed reading of the values of a YAML file: each says what it has to be, and what it is instead.

A *reader* is any function of one `Value`: `Value.text`, `each(Value.text)`, or one that reads a whole section.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, overload

from harness.compose.units import seconds
from harness.errors import Place, ScenarioError
from harness.scenario.later import placeholder

T = TypeVar("T")

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>[^{}]*)\})?")


@dataclass(frozen=True, slots=True)
class Word:
    """A scalar as it stands in the file; a plain one has no quotes, and may mean a number, true or nothing."""

    text: str
    plain: bool = False

    def resolve(self) -> str | int | float | bool | None:
        """Return what YAML 1.2 takes it for."""
        if not self.plain:
            return self.text
        if self.text in _NULLS:
            return None
        if self.text in _BOOLEANS:
            return _BOOLEANS[self.text]
        if _INTEGER.fullmatch(self.text):
            bases = {"0o": 8, "0x": 16}
            return int(self.text, bases.get(self.text[:2], 10))
        return float(self.text) if _FLOAT.fullmatch(self.text) else self.text


@dataclass(frozen=True, slots=True)
class Value:
    """A scalar, a list or a mapping, and where it stands."""

    place: Place
    label: str
    """How messages call it."""
    key: Place
    """Where its key stands; for an item of a list, its own place."""
    content: Word | tuple[Value, ...] | Mapping[str, Value]

    def error(self, message: str, *, help: str = "") -> ScenarioError:  # noqa: A002
        """Return an error at this value's place."""
        return ScenarioError(message, place=self.place, help=help)

    def wrong(self, wanted: str, *, help: str = "") -> ScenarioError:  # noqa: A002
        """Return the error that says what it has to be, and what it is."""
        return self.error(f"{self.label} has to be {wanted}, not {self._described()}", help=help)

    def text(self) -> str:
        """Return a text with something in it; one that looks like a number or a boolean has to be quoted."""
        if not isinstance(self.content, Word):
            raise self.wrong("text")
        resolved = self._scalar(self.content)
        if not isinstance(resolved, str):
            raise self.wrong("text", help="put it in quotes if it is meant as text")
        if not resolved:
            raise self.error(f"{self.label} is empty")
        return resolved

    def source(self) -> str:
        """Return a scalar as it is written: where 5 and "5" mean the same, as in an environment."""
        if not isinstance(self.content, Word) or self._scalar(self.content) is None:
            raise self.wrong("text", help='an empty text is written ""')
        return self.content.text

    def integer(self, lowest: int, highest: int) -> int:
        """Return a whole number within bounds, both included."""
        number = self._scalar(self.content) if isinstance(self.content, Word) else None
        if not isinstance(number, int) or isinstance(number, bool) or not lowest <= number <= highest:
            raise self.wrong(f"a whole number from {lowest} to {highest}")
        return number

    def seconds(self, *, zero: bool = False) -> float:
        """Return a duration in seconds: a number of them, or a text such as 300ms, 5s or 1m30s."""
        found = self._scalar(self.content) if isinstance(self.content, Word) else None
        try:
            number = seconds(found) if isinstance(found, str) else found
        except ValueError:
            number = None
        if number is None or isinstance(number, bool) or not 0 <= number < math.inf:
            raise self.wrong("a duration such as 300ms, 5s or 2m, or a number of seconds")
        if not number and not zero:
            raise self.error(f"{self.label} has to be longer than nothing")
        return float(number)

    def one_of(self, words: Iterable[str], *, help: str = "") -> str:  # noqa: A002
        """Return one of `words`."""
        known = [str(word) for word in words]
        if not isinstance(self.content, Word) or self.content.text not in known:
            raise self.wrong(f"one of {', '.join(known)}" if len(known) > 1 else known[0], help=help)
        return self.content.text

    def items(self, *, least: int = 0) -> tuple[Value, ...]:
        """Return the items of a list with at least `least` of them."""
        if not isinstance(self.content, tuple):
            raise self.wrong("a list")
        if not self.content and least:
            raise self.error(f"{self.label} is an empty list")
        if len(self.content) < least:
            raise self.error(f"{self.label} needs at least {least} items")
        return self.content

    def entries(self) -> Mapping[str, Value]:
        """Return the entries of a mapping whose keys are free."""
        if not isinstance(self.content, Mapping):
            raise self.wrong("a mapping (key: value)")
        return self.content

    def fields(self, *known: str) -> Fields:
        """Return the entries of a mapping that has no other keys than `known`."""
        entries = self.entries()
        for name, value in entries.items():
            if name not in known:
                hint = did_you_mean(name, known)
                advice = "" if hint else f"known here: {', '.join(known)}"
                raise ScenarioError(f"unknown key `{name}`{hint}", place=value.key, help=advice)
        return Fields(self, entries)

    def json(self) -> Any:
        """Return the value as JSON has it."""
        match self.content:
            case Word():
                return self._scalar(self.content)
            case tuple():
                return [item.json() for item in self.content]
            case _:
                return {name: value.json() for name, value in self.content.items()}

    def expanded(self, variables: Mapping[str, str], saved: Collection[str] = ()) -> Value:
        """Return the value with `${name}` replaced in every scalar below it, and `$$` by a dollar sign.

        What had something replaced in it is text, whatever it looks like. Keys stay as they are. The names in
        `saved` get their values while the scenario runs: see `later.fill`.
        """
        match self.content:
            case Word(text):
                filled = _VARIABLE.sub(lambda found: self._filled(found, variables, saved), text)
                return self if filled == text else replace(self, content=Word(filled))
            case tuple():
                return replace(self, content=tuple(item.expanded(variables, saved) for item in self.content))
            case _:
                entries = {key: value.expanded(variables, saved) for key, value in self.content.items()}
                return replace(self, content=entries)

    def _filled(self, found: re.Match[str], variables: Mapping[str, str], saved: Collection[str]) -> str:
        if found["dollar"]:
            return "$"
        name = found["name"]
        if name is None:
            raise self.error("a dollar sign on its own", help="write $$ for a dollar sign, ${name} for a variable")
        if name in saved:
            return placeholder(name)
        if name not in variables:
            known = ", ".join([*variables, *saved]) or "none; define them under `variables`"
            hint = did_you_mean(name, [*variables, *saved])
            raise self.error(f"unknown variable `{name}`{hint}", help=f"known variables: {known}")
        return variables[name]

    def _scalar(self, word: Word) -> str | int | float | bool | None:
        try:
            return word.resolve()
        except ValueError as error:  # Python refuses to convert more than 4300 digits
            raise self.error(f"{self.label} is a number of {len(word.text)} digits") from error

    def _described(self) -> str:
        if isinstance(self.content, Word):
            return _described(self._scalar(self.content), self.content.text)
        return "a list" if isinstance(self.content, tuple) else "a mapping"


class Fields:
    """The entries of a mapping whose keys are known."""

    def __init__(self, value: Value, entries: Mapping[str, Value]) -> None:
        self._value = value
        self.entries = entries

    @overload
    def get(self, name: str, read: Callable[[Value], T]) -> T | None: ...
    @overload
    def get(self, name: str, read: Callable[[Value], T], default: T) -> T: ...
    def get(self, name: str, read: Callable[[Value], T], default: T | None = None) -> T | None:
        """Return what `read` makes of the entry, `default` where there is none."""
        return read(self.entries[name]) if name in self.entries else default

    def need(self, name: str, read: Callable[[Value], T]) -> T:
        """Return what `read` makes of the entry, which has to be there."""
        if name not in self.entries:
            raise self._value.error(f"{self._value.label} lacks `{name}`")
        return read(self.entries[name])


def each(read: Callable[[Value], T], *, least: int = 0) -> Callable[[Value], tuple[T, ...]]:
    """Return a reader of lists whose items are read by `read`."""
    return lambda value: tuple(read(item) for item in value.items(least=least))


def mapping(read: Callable[[Value], T]) -> Callable[[Value], dict[str, T]]:
    """Return a reader of mappings with free keys whose values are read by `read`."""
    return lambda value: {name: read(item) for name, item in value.entries().items()}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a message that proposes the nearest known name, empty when none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"; did you mean `{near[0]}`?" if near else ""


def _described(scalar: str | float | bool | None, source: str) -> str:
    shown = source if len(source) <= 40 else f"{source[:37]}..."
    match scalar:
        case None:
            return "nothing"
        case bool():
            return f"the boolean {shown}"
        case int() | float():
            return f"the number {shown}"
        case _:
            return f"the text `{shown}`"

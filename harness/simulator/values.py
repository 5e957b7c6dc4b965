"""SQL values in the simulator.

Known ones are Python's: None for NULL, bool, int, Decimal, float, str, bytes, list for arrays, dict for records (by
field), datetime's classes for dates and times, UUID; `Json`, `Interval` and `Range` stand for what Python lacks.
Two kinds are ours: `UNKNOWN`, of which nothing is known, not even whether it is NULL, and `Fresh`, of which it is
known that it is not NULL and equals nothing but itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, Final

Value = Any
"""One of the above."""


class _Unknown:
    """The type of UNKNOWN."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false: compare with `is`")


UNKNOWN: Final = _Unknown()
"""A value of which nothing is known."""

_numbers = count(1)


class Fresh:
    """A value that is made anew each time, such as gen_random_uuid()'s or now()'s; equal to itself alone."""

    __slots__ = ("number", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        """The function that made it."""
        self.number = next(_numbers)

    def __repr__(self) -> str:
        return f"<{self.source} #{self.number}>"


class Choice(Fresh):
    """One of some texts, it is not known which; two of one source may be the same."""

    __slots__ = ("texts",)

    def __init__(self, source: str, texts: frozenset[str] = frozenset()) -> None:
        super().__init__(source)
        self.texts = texts

    def tried(self, test: Callable[[str], Value]) -> Value:
        """Return what a test says of all the texts; UNKNOWN where it says this of some and that of others."""
        said = {test(text) for text in self.texts}
        return said.pop() if len(said) == 1 else UNKNOWN


class Rough(Fresh):
    """A text of which the words are known, but not how they are put: what Postgres makes of an expression."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        super().__init__("deparse")
        self.text = text


@dataclass(frozen=True, eq=False)
class Json:
    """A json or jsonb document: `value` is made of dict, list, str, int, float, bool and None (json's null)."""

    value: Any

    @cached_property
    def text(self) -> str:
        """The document as jsonb prints it."""
        return json.dumps(_sorted(self.value), ensure_ascii=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Json) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def _sorted(value: Any) -> Any:
    """Put the keys of objects in jsonb's order: shorter ones first."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key))}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval, in the three parts that Postgres keeps."""

    months: int = 0
    days: int = 0
    microseconds: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """A range; a bound that is None is infinite. An empty one has `is_empty`."""

    lower: Value = None
    upper: Value = None
    has_lower: bool = True
    """The lower bound belongs to it."""
    has_upper: bool = False
    is_empty: bool = False


class PaddedText(str):
    """A char(n), kept without its padding: blanks at the end count for nothing when it is compared."""

    __slots__ = ()


class Label(str):
    """A label of an enum."""

    __slots__ = ("labels", "renamed")

    labels: tuple[str, ...]
    """All of the enum's, in order."""
    renamed: tuple[tuple[str, str], ...]
    """What labels were called before, and are now."""

    @classmethod
    def of(cls, text: str, labels: tuple[str, ...], renamed: tuple[tuple[str, str], ...] = ()) -> Label:
        """Return one of the labels."""
        made = cls(text)
        made.labels, made.renamed = labels, renamed
        return made

    def like(self, text: str) -> str:
        """Return the label that an expression means which the catalog has kept since before a renaming."""
        return text if text in self.labels else dict(self.renamed).get(text, text)


class FoldedText(str):
    """A citext: equal to texts that differ from it in case alone."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.lower() == other.lower()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.lower())


class ZeroBased(list[Value]):
    """An array whose first element has the subscript 0: TG_ARGV."""

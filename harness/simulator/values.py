"""SQL values in the simulator.

Known ones are Python's: None for NULL, bool, int, Decimal, float, str, bytes, list for arrays, dict for json
objects and records, datetime's classes for dates and times, UUID. Two kinds are ours: `UNKNOWN`, of which nothing is known,
not even whether it is NULL, and `Fresh`, of which it is known that it is not NULL and equals nothing but itself.
"""

from __future__ import annotations

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

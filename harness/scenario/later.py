"""Values that are known only while a scenario runs: what a step saves, and a later one uses.

In a step that was read, the name of such a value stands between two NUL characters, which no YAML file can hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from harness.errors import Place

T = TypeVar("T")

_PLACEHOLDER = re.compile("\0([^\0]*)\0")


def placeholder(name: str) -> str:
    """Return what stands for a value that is not known yet."""
    return f"\0{name}\0"


def known(text: str) -> str:
    """Return a text without what is not known yet: the part of it that can be checked beforehand."""
    return _PLACEHOLDER.sub("", text)


def fill(value: T, saved: Mapping[str, str]) -> T:
    """Return a step, or any part of one, with the values that earlier steps have saved."""
    return cast("T", _fill(value, saved))


def _fill(value: object, saved: Mapping[str, str]) -> object:
    match value:
        case str():
            return _PLACEHOLDER.sub(lambda found: saved[found[1]], value) if "\0" in value else value
        case tuple() | list():
            return type(value)(_fill(item, saved) for item in value)
        case Mapping():
            return {key: _fill(item, saved) for key, item in value.items()}
        case Place():
            return value
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(
                value, **{field.name: _fill(getattr(value, field.name), saved) for field in fields(value)}
            )
        case _:
            return value

"""The currency of the table in `body`: what one compose key adds to the body of a container's creation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.compose.model import Project, Service
from harness.compose.naming import Naming

Fragment = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """The container that a fragment is for: one replica of one service in one run."""

    project: Project
    service: Service
    number: int
    naming: Naming

    def peer(self, text: str) -> str:
        """Turn `service:NAME` of a shared namespace into the `container:` of the run; other modes stay."""
        kind, _, name = text.partition(":")
        return f"container:{self.naming.container(name)}" if kind == "service" else text


Carry = Callable[[Any, Scope], Fragment]
"""Turns the value of one compose key into the fragment that carries it out."""


def config(name: str, convert: Callable[[Any], Any] = lambda value: value) -> Carry:
    """Carry a key out as one field of the container's Config."""
    return lambda value, _: {name: convert(value)}


def host(name: str, convert: Callable[[Any], Any] = lambda value: value) -> Carry:
    """Carry a key out as one field of HostConfig."""
    return lambda value, _: {"HostConfig": {name: convert(value)}}


def merge(one: Mapping[str, Any], other: Mapping[str, Any]) -> Fragment:
    """Lay `other` over `one`: mappings are merged, lists joined, anything else is replaced."""
    merged = dict(one)
    for key, value in other.items():
        before = merged.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            merged[key] = before + value
        else:
            merged[key] = value
    return merged

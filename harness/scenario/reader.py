"""Reads a small YAML file into values that know their places, so that every complaint names line and column.

It is built on the parser's events, not on what PyYAML makes of them: PyYAML reads `on` as true and `22:22` as
1342, lets a duplicate key win silently, and expands aliases, a few of which make a gigabyte. Scalars follow the
core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), without .inf and .nan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import yaml

from harness import files
from harness.errors import Place, ScenarioError
from harness.scenario.value import Value, Word

_SIZE_LIMIT = files.MIB
"""Bytes of a file: far more than anyone writes by hand, and read in seconds."""
_DEPTH_LIMIT = 32
_UNUSABLE = re.compile("[\0\ud800-\udfff]")
"""What an escape can put into a text, and no file, environment or request can carry."""


def read(path: Path) -> Value:
    """Return what stands in the YAML file `path`; ScenarioError when it cannot be read or is no plain YAML."""
    shown = shown_path(path)
    return parse(_decoded(_bytes(path, shown), shown), shown)


def parse(text: str, path: str) -> Value:
    """Return the one document in `text`; `path` stands in the places."""
    try:
        return _Builder(text, path).document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, path) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        column = error.position - text.rfind("\n", 0, error.position)
        message = f"the control character U+{ord(text[error.position]):04X} may not stand in YAML"
        raise ScenarioError(message, place=Place(path, line + 1, column)) from error


def shown_path(path: Path) -> str:
    """Return `path` as a person wants to read it: relative when it lies below the current directory."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _bytes(path: Path, shown: str) -> bytes:
    try:
        return files.read(path, _SIZE_LIMIT)
    except OSError as error:
        raise ScenarioError(f"cannot read the scenario: {error.strerror}", place=Place(shown)) from error


def _decoded(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_start = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[line_start : error.start].decode()) + 1
        place = Place(shown, data.count(b"\n", 0, error.start) + 1, column)
        raise ScenarioError("this is no UTF-8", place=place, help="save the file as UTF-8") from error


def _syntax_error(error: yaml.MarkedYAMLError, path: str) -> ScenarioError:
    place = _place(path, error.problem_mark or error.context_mark)
    if "'\\t'" in str(error.problem):
        return ScenarioError("a tab, where YAML allows spaces only", place=place, help="indent with spaces")
    return ScenarioError(f"this is no YAML: {error.problem or error.context}", place=place)


class _Mark(Protocol):
    """Where the parser stands, counted from 0."""

    line: int
    column: int


def _place(path: str, mark: _Mark | None) -> Place:
    return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)


class _Builder:
    """Turns the parser's events into values, one level of nesting a call."""

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.SafeLoader)

    def document(self) -> Value:
        """Return the document; a second one, or none, is an error."""
        next(self._events)
        if not isinstance(next(self._events), yaml.DocumentStartEvent):
            raise ScenarioError("the file is empty", place=Place(self._path))
        event = next(self._events)
        value = self._value(event, "the file", self._place(event), 0)
        next(self._events)
        end = next(self._events)
        if isinstance(end, yaml.DocumentStartEvent):
            raise ScenarioError("a second document; a file holds one scenario", place=self._place(end))
        return value

    def _value(self, event: yaml.Event, label: str, key: Place, depth: int) -> Value:
        place = self._place(event)
        self._refuse(event, place, depth)
        match event:
            case yaml.ScalarEvent(value=text):
                return Value(place, label, key, Word(text, plain=event.style is None))
            case yaml.SequenceStartEvent():
                return Value(place, label, key, tuple(self._items(label, depth + 1)))
            case _:
                return Value(place, label, key, self._entries(depth + 1))

    def _items(self, label: str, depth: int) -> Iterator[Value]:
        number = 0
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            number += 1
            yield self._value(event, f"item {number} of {label}", self._place(event), depth)

    def _entries(self, depth: int) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            place = self._place(event)
            self._refuse(event, place, depth)
            if not isinstance(event, yaml.ScalarEvent):
                raise ScenarioError("a key has to be text", place=place)
            name = event.value
            if name in entries:
                first = entries[name].key.line
                raise ScenarioError(f"`{name}` stands here twice; first in line {first}", place=place)
            entries[name] = self._value(next(self._events), f"`{name}`", place, depth)
        return entries

    def _refuse(self, event: yaml.Event, place: Place, depth: int) -> None:
        """Refuse what a scenario has no use for."""
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ScenarioError("anchors and aliases are not supported", place=place, help="write it out")
        if getattr(event, "tag", None):
            raise ScenarioError("tags are not supported", place=place, help="quote a text that begins with !")
        if depth > _DEPTH_LIMIT:
            raise ScenarioError(f"nested deeper than {_DEPTH_LIMIT} levels", place=place)
        if isinstance(event, yaml.ScalarEvent) and _UNUSABLE.search(event.value):
            raise ScenarioError("a text may hold neither NUL nor half of a surrogate pair", place=place)

    def _place(self, event: yaml.Event) -> Place:
        return _place(self._path, event.start_mark)

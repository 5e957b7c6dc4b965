"""Array literals such as {a,"b c",NULL}."""

from __future__ import annotations

from collections.abc import Callable

from harness.simulator.values import UNKNOWN, Value


def read(text: str, element: Callable[[str], Value]) -> Value:
    """Read an array; ValueError where it is malformed, UNKNOWN where it gives its bounds ([0:1]={..})."""
    text = text.strip()
    if text.startswith("["):
        return UNKNOWN
    if not text.startswith("{"):
        raise ValueError(text)
    value, end = _list(text, 1, element)
    if text[end:].strip():
        raise ValueError(text)
    return value


def _list(text: str, at: int, element: Callable[[str], Value]) -> tuple[list[Value], int]:
    """Read what follows an opening brace; return it and where the text goes on."""
    found: list[Value] = []
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "{":
            value, at = _list(text, at + 1, element)
            found.append(value)
        elif text[at : at + 1] == "}" and not found:
            return found, at + 1
        else:
            value, at = _item(text, at, element)
            found.append(value)
        at = _skip(text, at)
        mark = text[at : at + 1]
        if mark == "}":
            return found, at + 1
        if mark != ",":
            raise ValueError(text)
        at += 1


def _item(text: str, at: int, element: Callable[[str], Value]) -> tuple[Value, int]:
    if text[at : at + 1] == '"':
        return _quoted(text, at + 1, element)
    end, characters = at, []
    while end < len(text) and text[end] not in ",{}":
        end += text[end] == "\\"
        characters.append(text[end : end + 1])
        end += 1
    word = "".join(characters).strip()
    if not word:
        raise ValueError(text)
    return (None if word.upper() == "NULL" and "\\" not in text[at:end] else element(word)), end


def _quoted(text: str, at: int, element: Callable[[str], Value]) -> tuple[Value, int]:
    characters = []
    while at < len(text) and text[at] != '"':
        at += text[at] == "\\"
        characters.append(text[at : at + 1])
        at += 1
    if at >= len(text):
        raise ValueError(text)
    return element("".join(characters)), at + 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def write(values: list[Value], element: Callable[[Value], str]) -> str:
    """Return an array's text."""
    return "{" + ",".join(_written(value, element) for value in values) + "}"


def _written(value: Value, element: Callable[[Value], str]) -> str:
    if isinstance(value, list):
        return write(value, element)
    if value is None:
        return "NULL"
    text = element(value)
    if text and text.upper() != "NULL" and not any(c in '{},"\\' or c.isspace() for c in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

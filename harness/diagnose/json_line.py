"""A line of a JSON log as the lines that a person would write: zap, zerolog, slog, pino, logback, structlog."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEVELS = ("level", "severity", "lvl", "levelname", "log.level", "level_name", "@level")
_MESSAGES = ("msg", "message", "event", "@message", "short_message", "@mt")
_DROPPED = frozenset(
    (
        *("time", "ts", "timestamp", "@timestamp", "@t", "@version", "pid", "hostname", "v", "caller", "thread"),
        *("thread_name", "level_value", "logger", "logger_name", "target"),
    )
)
_PINO = {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL"}
_DEEPEST = 8
_QUIET = frozenset(("trace", "debug", "info", "notice", "warn", "warning"))


def unfolded(line: str) -> list[str]:
    """Return the lines that a JSON line stands for; any other line as it is.

    The first is `LEVEL: message`, then, indented, one for each line of each further value, `key: value`. What was
    logged at a level below error stays on one line behind its level, so that no part of it looks like an error.
    """
    entry = _entry(line)
    if entry is None:
        return [line]
    level, message = _level(entry), _first(entry, _MESSAGES)
    rest = [line for key, value in entry.items() if key not in _DROPPED for line in _told(key, value)]
    lines = [*message.splitlines(), *rest] or [""]
    if level.lower() in _QUIET:
        return [f"{level}: {' '.join(lines)}"]
    return [f"{level}: {lines[0]}" if level else lines[0], *(f"  {line}" for line in lines[1:])]


def _entry(line: str) -> dict[str, Any] | None:
    text = line.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = isinstance(entry, dict) and any(key in entry for key in (*_LEVELS, *_MESSAGES))
    return entry if known else None


def _level(entry: dict[str, Any]) -> str:
    value = next((entry.pop(key) for key in _LEVELS if isinstance(entry.get(key), str | int)), "")
    return _PINO.get(value, "") if isinstance(value, int) else value.upper()


def _first(entry: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((entry.pop(key) for key in keys if isinstance(entry.get(key), str)), "")


def _told(key: str, value: Any, depth: int = 0) -> Iterator[str]:
    """Yield `key: value`; the parts of an object under its own key, the items of a list under the list's."""
    if isinstance(value, dict | list) and depth < _DEEPEST:
        parts = value.items() if isinstance(value, dict) else (("", part) for part in value)
        for name, part in parts:
            yield from _told(f"{key}.{name}".rstrip("."), part, depth + 1)
    elif isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        first, *others = str(value).splitlines() or [""]
        yield f"{key}: {first}"
        yield from others

"""The lines of servers that log JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.diagnose.json_line import unfolded

STACK = "error: boom\n    at main (server.js:1:1)"


@pytest.mark.parametrize(
    ("entry", "lines"),
    [
        ({"level": "error", "ts": 1.5, "msg": "boot", "error": "boom"}, ["ERROR: boot", "  error: boom"]),
        ({"time": "x", "level": "ERROR", "msg": "boot", "err": "a\nb"}, ["ERROR: boot", "  err: a", "  b"]),
        (
            {"level": 60, "pid": 1, "err": {"code": "42P07", "stack": STACK}, "msg": "no"},
            ["FATAL: no", "  err.code: 42P07", "  err.stack: error: boom", "      at main (server.js:1:1)"],
        ),
        (
            {"@timestamp": "x", "level": "ERROR", "message": "m", "stack_trace": "a"},
            ["ERROR: m", "  stack_trace: a"],
        ),
        ({"event": "started", "level": "info", "file": "1.sql"}, ["INFO: started file: 1.sql"]),
        ({"level": "warn", "msg": "retry", "error": 'relation "a" already exists'}, None),
        ({"message": "x", "list": ["a", {"b": 1}], "none": None, "yes": True}, ["x", "  list: a", "  list.b: 1"]),
    ],
)
def test_a_json_line_is_unfolded(entry: dict[str, Any], lines: list[str] | None) -> None:
    """Level and message come first, then every value by its key; what is no error stays on one line."""
    found = unfolded(json.dumps(entry))
    assert found == (lines or ['WARN: retry error: relation "a" already exists'])


@pytest.mark.parametrize("line", ["", "{", "{}", "[1]", '{"a": 1}', '{"level":', "{not json}", "plain"])
def test_other_lines_stay(line: str) -> None:
    """What is no JSON, or no entry of a log, stays as it is."""
    assert unfolded(line) == [line]


def test_depth_is_limited() -> None:
    """An entry that is nested without end loses what lies too deep, and harms nobody."""
    deep = '{"msg":"x","a":' + "[" * 500 + '"y"' + "]" * 500 + "}"
    assert unfolded(deep) == ["x"]
    endless = '{"msg":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert unfolded(endless) == [endless]

"""The log of a container as a file: all of it, or its head and its tail."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.engine.model import LogLine
from harness.engine.protocol import Engine
from harness.redact import Redactor
from harness.writing import writing

_GAP = "... what was logged between its first and its last lines is left out ...\n"


def save_log(engine: Engine, container: str, path: Path, redactor: Redactor) -> None:
    """Write a container's log, secrets redacted; `BootsmokeError` when the file cannot be written."""
    tail = engine.logs(container)
    head = engine.log_head(container) if tail else []
    before = [line for line in head if line.at < tail[0].at]
    is_apart = len(before) == len(head) > 0
    text = redactor.text(_text(before) + (_GAP if is_apart else "") + _text(tail))
    with writing(path):
        path.write_text(text, encoding="utf-8")


def _text(lines: Iterable[LogLine]) -> str:
    return "".join(f"{line.at:.6f} {line.stream} {line.text}\n" for line in lines)

"""The record of a run: every observation, decision and result, one JSON line each.

Reports are rendered from a journal alone. A line is written before anyone is told of it, so what a person saw on
the screen stands in the file, whatever happens next.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from harness.clock import Clock
from harness.redact import Redactor
from harness.writing import unwritable


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the journal."""

    kind: str
    at: float
    """Seconds since the epoch."""
    elapsed: float
    """Seconds since the journal was opened, on a clock that does not jump."""
    data: Mapping[str, Any]


Listener = Callable[[Record], None]


class Journal:
    """Writes records to a file, secrets redacted, and hands each to the listeners; safe to use from threads.

    A file that cannot be written stops nobody in the middle of something, least of all of cleaning up: what was
    written before stays readable, the listeners hear all, and whoever asks by `check` is told.
    """

    def __init__(self, path: Path, clock: Clock, redactor: Redactor) -> None:
        self._file = path.open("wb", buffering=0)
        self._problems: list[OSError] = []
        self._clock = clock
        self._start = clock.monotonic()
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._fields: dict[str, Any] = {}
        self.redactor = redactor
        self.path = path

    def listen(self, listener: Listener) -> None:
        """Call `listener` with each record from now on, in the thread that wrote it."""
        self._listeners.append(listener)

    def scoped(self, **fields: Any) -> Journal:
        """Return the same journal, with `fields` in each record that is written through it."""
        view = copy(self)
        view._fields = {**self._fields, **fields}
        return view

    def record(self, kind: str, /, **data: Any) -> Record:
        """Write one record; the data has to be JSON-like."""
        with self._lock:
            elapsed = round(self._clock.monotonic() - self._start, 4)
            redacted = self.redactor.value({**self._fields, **data})
            record = Record(kind, round(self._clock.wall(), 4), elapsed, redacted)
            line = {"kind": kind, "at": record.at, "elapsed": elapsed} | redacted
            self._write(json.dumps(line, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")
            for listener in self._listeners:
                listener(record)
        return record

    def check(self) -> None:
        """Raise `BootsmokeError` if a record could not be written."""
        if self._problems:
            raise unwritable(self.path, self._problems[0])

    def _write(self, line: bytes) -> None:
        if self._problems:
            return
        try:
            if self._file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301 - as the next write would say
        except OSError as error:
            self._problems.append(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a journal; a last line that was cut off by a crash is left out."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith("\n"):
                return
            data = json.loads(line)
            yield Record(data.pop("kind"), data.pop("at"), data.pop("elapsed"), data)

"""Progress that is shown aside."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from harness.cli import aside as module
from harness.cli.aside import Aside
from harness.journal import Record


def records(*kinds: str) -> list[Record]:
    """Return records of some kinds."""
    return [Record(kind, 0.0, 0.0, {}) for kind in kinds]


def display(listener: Callable[[str], None]) -> Callable[[], AbstractContextManager[Callable[[Record], None]]]:
    """Return a display that hears the kinds of records."""

    @contextmanager
    def begin() -> Iterator[Callable[[Record], None]]:
        yield lambda record: listener(record.kind)

    return begin


def hold(until: threading.Event) -> None:
    """Hang as a stopped terminal does."""
    until.wait(30)


def test_a_display_hears_everything_in_order() -> None:
    """Also what comes right before the end."""
    heard: list[str] = []
    aside = Aside(display(heard.append))
    for record in records("a", "b", "c"):
        aside(record)
    aside.close()
    assert heard == ["a", "b", "c"]
    assert aside.problem == ""


def test_a_display_that_fails_is_not_heard_of_again() -> None:
    """What it failed with is kept, to be told at the end."""
    heard: list[str] = []

    def fail(kind: str) -> None:
        heard.append(kind)
        if kind == "bad":
            raise ValueError("no such row")

    aside = Aside(display(fail))
    for record in records("good", "bad", "good"):
        aside(record)
    aside.close()
    assert heard == ["good", "bad"]
    assert aside.problem == "ValueError: no such row"


def test_a_display_that_cannot_begin() -> None:
    """A console may be of no use from the start."""

    def begin() -> AbstractContextManager[Callable[[Record], None]]:
        raise OSError("no console")

    aside = Aside(begin)
    aside(records("a")[0])
    aside.close()
    assert aside.problem == "OSError: no console"


def test_a_display_that_hangs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run goes on at once, and nothing else waits for the stream that it hangs on."""
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    hanging = threading.Event()
    aside = Aside(display(lambda _: hold(hanging)))
    for record in records("a", "b"):
        aside(record)
    before = sys.stderr
    aside.close()
    assert sys.stderr is not before
    sys.stderr.close()
    hanging.set()

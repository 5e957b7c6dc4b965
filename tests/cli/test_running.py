from __future__ import annotations

from harness.cli.running import Guarded
from harness.journal import Record


def test_a_display_that_fails() -> None:
    """A display that fails is not called again, and what it failed with is kept to be told at the end."""
    heard: list[str] = []

    def display(record: Record) -> None:
        heard.append(record.kind)
        if record.kind == "bad":
            raise ValueError("no such row")

    guarded = Guarded(display)
    for kind in ("good", "bad", "good"):
        guarded(Record(kind, 0.0, 0.0, {}))
    assert heard == ["good", "bad"]
    assert guarded.problem == "ValueError: no such row"

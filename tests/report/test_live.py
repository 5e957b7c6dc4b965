from __future__ import annotations

import io
import time

from rich.console import Console

from harness.clock import ManualClock
from harness.journal import Record
from harness.report.live import LiveDisplay, frame
from harness.report.story import Story
from tests.report.journals import Tape, good_check


def shown(records: list[Record], now: float, width: int = 80, *, ascii_only: bool = False) -> list[str]:
    """Return the rows of the screen at a moment."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(frame(Story.of(records), now, ascii_only=ascii_only))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_rows() -> None:
    """Each container has a row: state with symbol and word, seconds, what it waits for and until when."""
    tape = Tape("check")
    tape.begin("check")
    tape.boot("check", 1, "cold", 0.2, ["postgres", "server"])
    tape.starts("check", "postgres", 0.3)
    tape.ready("check", "postgres", 1.4)
    tape.starts("check", "server", 1.5)
    tape.add(1.7, "probe.failed", scenario="check", service="server", number=1, output="refused\n\x1b[2J")
    assert shown(tape.records, 3.6) == [
        "check    3.5 s  cold boot",
        "  ✓ postgres  ready        2.2 s  has to stay up",
        "  ~ server    running      2.0 s  waits for health, 61 s left; refused",
    ]
    assert shown(tape.records, 3.6, ascii_only=True)[1].startswith("  + postgres  ready")


def test_crashes() -> None:
    """Crashes are counted, and what the service said last is shown as far as the screen is wide."""
    tape = Tape("check")
    tape.begin("check")
    tape.starts("check", "server", 0.3)
    tape.crash("check", "server", 0.9, said="[bold]connection[/bold] refused" + "!" * 80)
    (_, row) = shown(tape.records, 1.0)
    assert row.startswith("  ! server  crashed      0.1 s  crashed 1 time; [bold]connection[/bold] refused")
    assert (len(row), row[-1]) == (80, "…")


def test_only_what_is_under_way() -> None:
    """Of several scenarios those that run are shown, and those to come are counted."""
    tape = Tape("a", "b", "c")
    tape.begin("a")
    tape.end("a", "passed", 1.0)
    tape.begin("b", at=1.0)
    tape.add(1.1, "cancelled", signal="SIGINT")
    assert shown(tape.records, 2.0) == [
        "b    1.0 s",
        "1 passed, 1 to come",
        "cancelled by SIGINT: cleaning up",
    ]


def test_display() -> None:
    """The display draws rows on a terminal, and leaves neither a row nor a hidden cursor behind."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, height=20, color_system=None)
    with LiveDisplay(console, ManualClock()) as display:
        for record in good_check()[:7]:
            display(record)
        give_up = time.monotonic() + 10
        while "server" not in stream.getvalue() and time.monotonic() < give_up:
            time.sleep(0.02)
    text = stream.getvalue()
    assert "✓ postgres  ready" in text
    assert text.endswith("\x1b[1A\x1b[2K" * 3)
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l")


def test_what_stays() -> None:
    """Notes, warnings and, of several scenarios, each that failed stay above the rows."""
    stream = io.StringIO()
    tape = Tape("a", "b")
    tape.begin("a", notes=["no migrations found"])
    tape.add(0.5, "warning", scenario="a", text="mind the\x07 gap")
    tape.end("a", "failed", 1.1)
    with LiveDisplay(Console(file=stream, force_terminal=True, color_system=None), ManualClock()) as display:
        for record in tape.records:
            display(record)
    text = stream.getvalue()
    for line in ("a: note: no migrations found", "a: warning: mind the gap", "failed        a  1.0 s"):
        assert line in text

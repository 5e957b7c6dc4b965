"""Progress on a terminal: one row a container, redrawn in place, gone when the last lines are printed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from harness.clock import Clock, SystemClock
from harness.journal import Record
from harness.outcome import Outcome
from harness.report.story import Container, Story, Tale
from harness.report.text import clean, plural

_LOOKS = {
    "waiting": ("·", ".", "dim"),
    "starting": ("~", "~", "cyan"),
    "running": ("~", "~", "cyan"),
    "crashed": ("!", "!", "yellow"),
    "stopped": ("·", ".", "dim"),
    "ready": ("✓", "+", "green"),
    "stable": ("✓", "+", "green"),
    "done": ("✓", "+", "green"),
    "passed": ("✓", "+", "green"),
    "failed": ("✗", "x", "red"),
}
"""State to symbol, the symbol where the terminal has only ASCII, and colour; the word always stands beside it."""
_OTHER = ("✗", "x", "red")
_WIDEST = 24
_REDRAWS = 2
"""Frames a second: one takes a millisecond of the processor, and who waits looks at seconds."""


class LiveDisplay:
    """A journal's listener that shows the run on a terminal while its `with` block runs."""

    def __init__(self, console: Console, clock: Clock | None = None) -> None:
        self._console = console
        self._clock = clock or SystemClock()
        self._story = Story()
        self._heard_at = self._clock.monotonic()
        self._lock = threading.RLock()  # a signal may come while it is held
        self._live = Live(
            get_renderable=self._frame,
            console=console,
            refresh_per_second=_REDRAWS,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._live.stop()

    def __call__(self, record: Record) -> None:
        """Take in a record; what shall stay on the screen is printed above the rows."""
        with self._lock:
            self._story.hear(record)
            self._heard_at = self._clock.monotonic()
            lasting = list(_lasting(record, self._story))
        # Not under the lock: the thread that redraws holds rich's own lock while it waits for this one.
        for text in lasting:
            self._console.print(text, soft_wrap=True)

    def _frame(self) -> RenderableType:
        with self._lock:
            now = self._story.seconds + self._clock.monotonic() - self._heard_at
            return frame(self._story, now, ascii_only=not self._console.encoding.startswith("utf"))


def frame(story: Story, now: float, *, ascii_only: bool = False) -> RenderableType:
    """Return what the screen shows at `now`, in seconds since the start of the run."""
    under_way = [tale for tale in story.tales.values() if tale.project and tale.outcome is None]
    parts = [part for tale in under_way for part in (_heading(tale, now), *_rows(tale, now, ascii_only))]
    if len(story.tales) > 1:
        parts.append(Text(_count(story), style="dim"))
    if story.cancelled:
        parts.append(Text(f"cancelled by {story.cancelled}: cleaning up", style="yellow"))
    return Group(*parts)


def _count(story: Story) -> str:
    """Return how many scenarios ended in which way, and how many are to come."""
    ended = Counter(tale.outcome.value for tale in story.tales.values() if tale.outcome)
    to_come = sum(not tale.project for tale in story.tales.values())
    told = [f"{number} {outcome}" for outcome, number in ended.items()]
    return ", ".join([*told, f"{to_come} to come"])


def _heading(tale: Tale, now: float) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(clean(tale.name), style="bold")
    return line.append(f"  {now - tale.began:5.1f} s  {clean(tale.step)}")


def _rows(tale: Tale, now: float, ascii_only: bool) -> Iterator[Text]:
    names = [clean(container.label)[:_WIDEST] for container in tale.containers.values()]
    width = max((len(name) for name in names), default=0)
    for name, container in zip(names, tale.containers.values(), strict=True):
        symbol, colour = _look(container.state, ascii_only)
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"  {symbol} ", style=colour)
        line.append(f"{name:<{width}}  ")
        line.append(f"{container.state:<9}", style=colour)
        line.append(f" {now - container.since:6.1f} s  {'; '.join(_remarks(container, now))}")
        yield line


def _look(state: str, ascii_only: bool) -> tuple[str, str]:
    symbol, plain_symbol, colour = _LOOKS.get(state, _OTHER)
    return (plain_symbol if ascii_only else symbol), colour


def _remarks(container: Container, now: float) -> Iterator[str]:
    """Yield what a person who waits wants to know of a container."""
    if container.crashes and not container.failed:
        yield f"crashed {plural(container.crashes, 'time')}"
    if container.state == "running":
        yield f"waits for {' and '.join(container.requires) or 'the stability window'}{_left(container, now)}"
    if container.state == "ready":
        yield "has to stay up"
    if container.said and (container.state in ("crashed", "running") or container.failed):
        yield clean(container.said)


def _left(container: Container, now: float) -> str:
    number = container.deadline.partition(" ")[0]
    return f", {max(0.0, float(number) - (now - container.since)):.0f} s left" if number else ""


def _lasting(record: Record, story: Story) -> Iterator[Text]:
    """Yield what stays on the screen: notes, warnings and, where there are several, each scenario that fails."""
    tale = story.tales.get(str(record.data.get("scenario")))
    if record.kind == "warning":
        who = f"{clean(tale.name)}: " if tale else ""
        yield Text(f"{who}warning: {clean(record.data['text'])}", style="yellow")
    if tale is None:
        return
    if record.kind == "scenario.started":
        yield from (Text(f"{clean(tale.name)}: note: {clean(note)}", style="dim") for note in tale.notes)
    is_news = len(story.tales) > 1 and tale.outcome not in (None, Outcome.PASSED, Outcome.CANCELLED)
    if record.kind == "scenario.finished" and is_news:
        _, _, colour = _LOOKS.get(str(tale.outcome), _OTHER)
        rest = f"  {clean(tale.name)}  {tale.seconds:.1f} s"
        yield Text(f"{tale.outcome:<12}", style=colour).append(rest, style="")

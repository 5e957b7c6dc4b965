"""What `check` and `run` have in common once they know their scenarios: prepare, find the engine, run, report."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from rich.console import Console

from harness.cli.connect import connected
from harness.cli.options import run_options
from harness.cli.output import write, write_json
from harness.journal import Record
from harness.outcome import EXIT_CODES
from harness.report.document import document
from harness.report.lines import Lines
from harness.report.live import LiveDisplay
from harness.report.summary import summary
from harness.report.text import Paint, ansi, plain, width_of
from harness.scenario.model import Scenario
from harness.scenario.prepare import prepare
from harness.scenario.run import Run


def carry_out(scenarios: Sequence[Scenario], args: argparse.Namespace, jobs: int = 1) -> int:
    """Carry scenarios out, report, and return the exit code; nothing boots before all of them are prepared."""
    prepared = [prepare(scenario) for scenario in scenarios]
    with connected() as engine:
        engine.info()  # an engine that does not answer is told before a run's folder is made
        run = Run(engine, run_options(args, jobs))
        told: list[Record] = []  # what the journal holds, and holds back when its disk is full
        with _progress(args) as listener:
            outcome = run.carry_out(prepared, [told.append, listener])
    _report(told, args)
    return EXIT_CODES[outcome]


def _report(records: Sequence[Record], args: argparse.Namespace) -> None:
    """Tell the result: the last lines, and the document if it was asked for."""
    stream = sys.stderr if args.json else sys.stdout
    paint: Paint = ansi if stream.isatty() and _may_colour(args) else plain
    write(summary(records, base=Path.cwd(), width=width_of(stream), paint=paint), stream)
    if args.json:
        write_json(document(records))


@contextmanager
def _progress(args: argparse.Namespace) -> Iterator[Callable[[Record], None]]:
    """Give the listener that shows progress on stderr; one that fails is not heard of again but for a line."""
    if args.quiet:
        yield lambda _: None
        return
    with _display(args) as display:
        guarded = Guarded(display)
        yield guarded
    if guarded.problem:
        write(f"bootsmoke: warning: the progress display failed: {guarded.problem}", sys.stderr)


def _display(args: argparse.Namespace) -> AbstractContextManager[Callable[[Record], None]]:
    """Return rows on a terminal that can be redrawn, plain lines anywhere else."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext(Lines(lambda line: write(line, sys.stderr)))
    return LiveDisplay(Console(stderr=True, no_color=not _may_colour(args), markup=False, highlight=False))


class Guarded:
    """A listener that can never change a verdict: it is detached at its first exception."""

    def __init__(self, listener: Callable[[Record], None]) -> None:
        self._listener = listener
        self.problem = ""

    def __call__(self, record: Record) -> None:
        """Hand a record on, as long as nothing has failed."""
        if self.problem:
            return
        try:
            self._listener(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told at the end
            self.problem = f"{type(error).__name__}: {error}"


def _may_colour(args: argparse.Namespace) -> bool:
    return not (args.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")

"""What `check` and `run` have in common once they know their scenarios: prepare, find the engine, run, report."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from rich.console import Console

from harness.cli.aside import Aside
from harness.cli.connect import connected
from harness.cli.options import run_options
from harness.cli.output import may_colour, paint_of, signs_of, write, write_json
from harness.cli.reports import write_reports
from harness.journal import Listener, Record
from harness.outcome import EXIT_CODES
from harness.report.document import document
from harness.report.lines import Lines
from harness.report.live import LiveDisplay
from harness.report.summary import summary
from harness.report.text import width_of
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
    _tell(told, args)
    if run.unredacted:
        text = f"secrets were in {', '.join(run.unredacted)}, and were taken out: please report this bug"
        write(f"bootsmoke: warning: {text}", sys.stderr)
    are_written = write_reports(told, run.folder, args)
    return EXIT_CODES[outcome] or (0 if are_written else 3)


def _tell(records: Sequence[Record], args: argparse.Namespace) -> None:
    """Tell the result: the last lines, and the document if it was asked for."""
    stream = sys.stderr if args.json else sys.stdout
    paint, signs = paint_of(stream, args), signs_of(stream, args)
    write(summary(records, base=Path.cwd(), width=width_of(stream), paint=paint, signs=signs), stream)
    if args.json:
        write_json(document(records))


@contextmanager
def _progress(args: argparse.Namespace) -> Iterator[Listener]:
    """Give the listener that shows progress on stderr; one that fails costs a line at the end, and nothing else."""
    if args.quiet:
        yield lambda _: None
        return
    aside = Aside(lambda: _display(args))
    try:
        yield aside
    finally:
        aside.close()
    if aside.problem:
        write(f"bootsmoke: warning: the progress display failed: {aside.problem}", sys.stderr)


def _display(args: argparse.Namespace) -> AbstractContextManager[Callable[[Record], None]]:
    """Return rows on a terminal that can be redrawn, plain lines anywhere else."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext(Lines(lambda line: write(line, sys.stderr)))
    return LiveDisplay(Console(stderr=True, no_color=not may_colour(args), markup=False, highlight=False))

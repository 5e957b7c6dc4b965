"""`bootsmoke report`: tells a run again, from its journal alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.options import RUNS, add_json
from harness.cli.output import paint_of, signs_of, write, write_json
from harness.cli.reports import add_reports, write_reports
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.journal import Record

_JOURNAL = "journal.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "run", nargs="?", default="last", metavar="RUN", help="a run's folder or id (default: the last one)"
    )
    parser.add_argument(
        "--runs", type=Path, default=RUNS, metavar="DIR", help="where runs are (default: %(default)s)"
    )
    add_reports(parser)
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Render a run; the exit code says whether that was possible, not what the run had found."""
    from harness.report.document import document  # noqa: PLC0415
    from harness.report.summary import summary  # noqa: PLC0415
    from harness.report.text import width_of  # noqa: PLC0415

    journal = find(args.run, args.runs)
    records = _records(journal)
    stream = sys.stderr if args.json else sys.stdout
    paint, signs = paint_of(stream, args), signs_of(stream, args)
    write(summary(records, base=Path.cwd(), width=width_of(stream), paint=paint, signs=signs), stream)
    if args.json:
        write_json(document(records))
    return 0 if write_reports(records, journal.parent, args) else 3


def find(run: str, runs: Path) -> Path:
    """Return the journal of a run that is named by its folder, its id, or `last`."""
    known = sorted(folder.name for folder in runs.glob("*/") if (folder / _JOURNAL).is_file())
    if run == "last" and known:
        return runs / known[-1] / _JOURNAL
    for folder in (Path(run), runs / run):
        if (folder / _JOURNAL).is_file():
            return folder / _JOURNAL
    there = f"the last ones in {runs} are {', '.join(known[-3:])}" if known else f"there is none in {runs}"
    raise UsageError(f"there is no run {run}", help=f"{there}; --runs names another folder")


def _records(journal: Path) -> Sequence[Record]:
    """Read a journal; UsageError where it is none, or where it holds what bootsmoke does not write."""
    from harness.journal import read  # noqa: PLC0415
    from harness.report.document import document  # noqa: PLC0415

    try:
        records = list(read(journal))
        document(records)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{journal} is no journal of a run: {type(error).__name__}: {error}") from error
    return records

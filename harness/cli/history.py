"""`bootsmoke history`: how scenarios ended over time."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness.cli.options import RUNS, add_json, positive
from harness.cli.output import paint_of, write, write_json
from harness.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help="only these (default: all that ever ended)")
    parser.add_argument(
        "--last", type=positive, default=30, metavar="N", help="of each the last N runs (default: %(default)s)"
    )
    parser.add_argument(
        "--rebuild", action="store_true", help="make the index anew from the journals that are there, first"
    )
    parser.add_argument(
        "--runs", type=Path, default=RUNS, metavar="DIR", help="where runs are (default: %(default)s)"
    )
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Print what is known; 0 whatever it says."""
    from harness.history import History  # noqa: PLC0415 - SQLite
    from harness.report.history import document, table  # noqa: PLC0415

    history = History(args.runs)
    if args.rebuild:
        history.rebuild()
    found = history.last(args.last, args.scenario or None)
    if unknown := [name for name in args.scenario if name not in found]:
        raise UsageError(f"no run of {', '.join(unknown)} is known", help="`bootsmoke history` lists what there is")
    if not found and not args.json:
        raise UsageError(f"there is no history in {args.runs}", help="`bootsmoke run` and `check` begin one")
    if args.json:
        write_json(document(found))
    else:
        write(table(found, paint_of(sys.stdout, args)), sys.stdout)
    return 0

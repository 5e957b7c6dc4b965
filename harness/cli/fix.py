"""`bootsmoke fix`: edits that make a ladder survive a second boot, proved before they are written."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness.cli.options import add_json, add_server
from harness.cli.output import paint_of, write, write_json
from harness.outcome import EXIT_CODES, Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "path", nargs="+", type=Path, metavar="PATH", help="the migrations' folder, or files of one folder"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="print a unified diff; everything else goes to stderr")
    how.add_argument("--write", action="store_true", help="write the files, if all that is to be written is proved")
    how.add_argument("--check", action="store_true", help="say on one line whether there is something to fix")
    what = parser.add_argument_group("what is fixed")
    what.add_argument("--style", metavar="S", help="the layout of the migrations (default: a guess that is told)")
    what.add_argument(
        "--setup", type=Path, metavar="FILE", help="SQL that stands before the ladder: roles, schemas, extensions"
    )
    add_server(parser)
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Look for fixes, prove them, show or write them, and return the exit code."""
    from harness.fix import api  # noqa: PLC0415 - psycopg and the parser
    from harness.ladder.discover import ladder_of  # noqa: PLC0415
    from harness.report import fix as report  # noqa: PLC0415
    from harness.report.text import width_of  # noqa: PLC0415

    ladder = ladder_of(args.path, args.style)
    found = api.fix(ladder, postgres=args.postgres, pg=args.pg, setup=args.setup)
    written = args.write and found.proved
    if written:
        api.write(found.files)
    stream = sys.stderr if args.json or args.diff else sys.stdout
    told = report.summary(
        found, written=written, base=Path.cwd(), width=width_of(stream), paint=paint_of(stream, args)
    )
    write(told.rpartition("\n")[2] if args.check else told, stream)
    if args.diff:
        sys.stdout.write(report.diff(found, base=Path.cwd()))
    if args.json:
        write_json(report.document(found, written=written))
    return EXIT_CODES[Outcome(report.outcome(found, written=written))]

"""`bootsmoke bisect`: the commit that broke a ladder."""

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
        "path", type=Path, metavar="PATH", help="the migrations' folder, as it is in the bad commit"
    )
    between = parser.add_argument_group("between which commits")
    between.add_argument("--good", required=True, metavar="REV", help="a commit from which the ladder boots twice")
    between.add_argument(
        "--bad", default="HEAD", metavar="REV", help="one from which it does not (default: %(default)s)"
    )
    what = parser.add_argument_group("what is replayed")
    what.add_argument(
        "--style", metavar="S", help="the layout of the migrations (default: a guess at the bad commit, told)"
    )
    what.add_argument(
        "--setup", type=Path, metavar="FILE", help="SQL that stands before each ladder, as the file is now"
    )
    add_server(parser, "of both ends")
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Bisect, tell each trial on stderr and what was found, and return the exit code."""
    from harness.bisect.run import bisect  # noqa: PLC0415 - psycopg and the parser
    from harness.report import bisect as report  # noqa: PLC0415
    from harness.report.text import width_of  # noqa: PLC0415

    width, paint = width_of(sys.stderr), paint_of(sys.stderr, args)
    found = bisect(
        args.path,
        good=args.good,
        bad=args.bad,
        style=args.style,
        setup=args.setup,
        postgres=args.postgres,
        pg=args.pg,
        tell=lambda trial: write(report.line(trial, width=width, paint=paint), sys.stderr),
    )
    stream = sys.stderr if args.json else sys.stdout
    write(report.summary(found, width=width_of(stream), paint=paint_of(stream, args)), stream)
    if args.json:
        write_json(report.document(found))
    return EXIT_CODES[Outcome(report.outcome(found))]

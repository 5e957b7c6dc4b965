"""`bootsmoke bisect`: the commit that broke a ladder."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harness.cli.options import add_json
from harness.cli.output import write, write_json
from harness.outcome import EXIT_CODES, Outcome

if TYPE_CHECKING:
    from harness.report.text import Paint


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
    where = parser.add_argument_group("where")
    where.add_argument(
        "--postgres",
        metavar="URL",
        help="a server to make databases of our own on, which are dropped again (default: an embedded one)",
    )
    where.add_argument(
        "--pg",
        type=int,
        choices=(17, 18),
        help="the embedded one's major version (default: the newest with the extensions of both ends)",
    )
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Bisect, tell each trial on stderr and what was found, and return the exit code."""
    from harness.bisect.run import bisect  # noqa: PLC0415 - psycopg and the parser
    from harness.report import bisect as report  # noqa: PLC0415
    from harness.report.text import width_of  # noqa: PLC0415

    width, paint = width_of(sys.stderr), _paint(sys.stderr, args)
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
    write(report.summary(found, width=width_of(stream), paint=_paint(stream, args)), stream)
    if args.json:
        write_json(report.document(found))
    return EXIT_CODES[Outcome(report.outcome(found))]


def _paint(stream: TextIO, args: argparse.Namespace) -> Paint:
    from harness.report.text import ansi, plain  # noqa: PLC0415 - with the rest of the work

    may_colour = not (args.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")
    return ansi if stream.isatty() and may_colour else plain

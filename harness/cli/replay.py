"""`bootsmoke replay`: a ladder, cold and warm on a real Postgres, without Docker."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness.cli.options import add_json, add_server, positive
from harness.cli.output import paint_of, write, write_json
from harness.outcome import EXIT_CODES, Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "path", nargs="+", type=Path, metavar="PATH", help="the migrations' folder, or files of one folder"
    )
    what = parser.add_argument_group("what is replayed")
    what.add_argument("--style", metavar="S", help="the layout of the migrations (default: a guess that is told)")
    what.add_argument(
        "--setup", type=Path, metavar="FILE", help="SQL that stands before the ladder: roles, schemas, extensions"
    )
    add_server(parser)
    rows = parser.add_argument_group("rows in the tables at the warm boot")
    rows.add_argument("--no-canary", action="store_true", help="none but those of the ladder itself")
    rows.add_argument("--seed", type=Path, metavar="FILE", help="SQL that makes your own, instead of the canary's")
    harder = parser.add_argument_group("harder terms")
    harder.add_argument(
        "--race",
        type=positive,
        default=0,
        metavar="N",
        help="also boot N times at the same moment, as N replicas do",
    )
    harder.add_argument(
        "--interrupt", action="store_true", help="also kill the first boot after every statement, and boot again"
    )
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Replay, tell what was found, and return the exit code."""
    from harness.ladder.discover import ladder_of  # noqa: PLC0415
    from harness.replay.api import replay  # noqa: PLC0415 - psycopg and the parser
    from harness.report.replay import document, summary  # noqa: PLC0415
    from harness.report.text import width_of  # noqa: PLC0415

    found = replay(
        ladder_of(args.path, args.style),
        postgres=args.postgres,
        pg=args.pg,
        setup=args.setup,
        seed=args.seed,
        canary=not args.no_canary,
        race=args.race,
        interrupt=args.interrupt,
    )
    stream = sys.stderr if args.json else sys.stdout
    write(summary(found, base=Path.cwd(), width=width_of(stream), paint=paint_of(stream, args)), stream)
    if args.json:
        write_json(document(found))
    return EXIT_CODES[Outcome.PASSED if found.ok else Outcome.FAILED]

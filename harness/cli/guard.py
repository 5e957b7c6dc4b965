"""`bootsmoke guard`: every statement that does not survive a second boot, named without a database."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.cli.options import add_json
from harness.cli.output import write_json
from harness.outcome import EXIT_CODES, Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "path", nargs="+", type=Path, metavar="PATH", help="the migrations' folder, or files of one folder"
    )
    parser.add_argument("--style", metavar="S", help="the layout of the migrations (default: a guess that is told)")
    parser.add_argument(
        "--setup", type=Path, metavar="FILE", help="SQL that stands before the ladder: roles, schemas, extensions"
    )
    add_json(parser)


def execute(args: argparse.Namespace) -> int:
    """Judge, tell what was found, and return the exit code."""
    from harness.guard.judge import judge  # noqa: PLC0415 - the parser
    from harness.guard.model import Choice, Runner  # noqa: PLC0415
    from harness.ladder.discover import find_ladder  # noqa: PLC0415
    from harness.ladder.model import load  # noqa: PLC0415
    from harness.report.guard import document  # noqa: PLC0415

    setup = load(args.setup) if args.setup else None
    choice = Choice(Runner.EVERY_BOOT, "no migration tool is in sight")
    reports = [judge(find_ladder(path, args.style), choice, setup) for path in args.path]
    write_json(document(reports))
    return EXIT_CODES[Outcome.PASSED if all(report.ok for report in reports) else Outcome.FAILED]

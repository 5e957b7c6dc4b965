"""`bootsmoke explain`: a rule or a failure code in full."""

from __future__ import annotations

import argparse
import os
import sys

from harness.cli.options import add_json
from harness.cli.output import write, write_json
from harness.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "code", nargs="?", metavar="CODE", help="such as LAD101 or BOOT101 (default: list them all)"
    )
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Print one code's page, or the list of all."""
    from harness.guard.spelling import meant  # noqa: PLC0415
    from harness.report.codes import all_codes, as_value, in_full, listing  # noqa: PLC0415 - all rules
    from harness.report.text import ansi, plain, width_of  # noqa: PLC0415

    codes = all_codes()
    code = args.code.upper() if args.code else None
    if code is not None and code not in codes:
        raise UsageError(
            f"there is no code {args.code}{meant(code, codes)}", help="`bootsmoke explain` lists all codes"
        )
    if args.json:
        write_json({"schema": 1, "codes": [as_value(each) for each in codes if code in (None, each)]})
        return 0
    may_colour = not (args.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")
    paint = ansi if sys.stdout.isatty() and may_colour else plain
    width = width_of(sys.stdout)
    write(listing(width, paint) if code is None else in_full(code, width, paint), sys.stdout)
    return 0

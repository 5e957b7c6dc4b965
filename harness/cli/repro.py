"""`bootsmoke repro`: proves a failed boot on an embedded Postgres, with the few statements that it takes."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.options import add_json, add_server
from harness.cli.output import paint_of, write, write_json
from harness.outcome import EXIT_CODES

if TYPE_CHECKING:
    from harness.diagnose.model import Cause
    from harness.repro.model import Repro


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "log",
        nargs="?",
        type=Path,
        metavar="LOG|BUNDLE",
        help="whose cause is to be proved, as `diagnose` takes it (default: whatever fails first is the cause)",
    )
    what = parser.add_argument_group("what is replayed")
    what.add_argument("--migrations", type=Path, required=True, metavar="PATH", help="the migrations' folder")
    what.add_argument("--style", metavar="S", help="the layout of the migrations (default: a guess that is told)")
    what.add_argument(
        "--setup", type=Path, metavar="FILE", help="SQL that stands before the ladder: roles, schemas, extensions"
    )
    what.add_argument("--seed", type=Path, metavar="FILE", help="SQL that makes rows between the boots")
    add_server(parser)
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("repro-{code}"),
        metavar="DIR",
        help="a new folder for what reproduces it; {code} is the SQLSTATE (default: %(default)s)",
    )
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Reproduce, write, tell, and return the exit code: 1 when it fails alike, 3 when it does not."""
    from harness.ladder.discover import find_ladder  # noqa: PLC0415
    from harness.repro.api import repro  # noqa: PLC0415 - psycopg and the parser

    cause, secrets = _cause(args)
    found = repro(
        find_ladder(args.migrations, args.style),
        cause,
        postgres=args.postgres,
        pg=args.pg,
        setup=args.setup,
        seed=args.seed,
        output=args.output,
        secrets=secrets,
    )
    return _tell(found, args)


def _cause(args: argparse.Namespace) -> tuple[Cause | None, set[str]]:
    """Return what is to be proved, and the passwords that the log gives away."""
    if args.log is None:
        return None, set()
    from harness.cli.diagnose import cause_of  # noqa: PLC0415
    from harness.diagnose.source import load  # noqa: PLC0415
    from harness.errors import BootsmokeError  # noqa: PLC0415
    from harness.redact import Redactor, passwords_in  # noqa: PLC0415

    source = load(args.log)
    cause = cause_of(source, args.migrations, args.style)
    if cause is None:
        raise BootsmokeError("the log tells no cause that could be proved", help="`bootsmoke diagnose` says more")
    if not cause.code.startswith("BOOT1"):
        said = f"{cause.code} {cause.title}: no migration fails, so there is nothing to replay"
        raise BootsmokeError(said, help=cause.advice)
    secrets = passwords_in(source.log)
    redact = Redactor(secrets).text
    evidence = tuple(map(redact, cause.evidence))
    return replace(cause, message=redact(cause.message), evidence=evidence), secrets


def _tell(found: Repro, args: argparse.Namespace) -> int:
    from harness.report import repro as report  # noqa: PLC0415
    from harness.report.cause import Page  # noqa: PLC0415
    from harness.report.text import width_of  # noqa: PLC0415

    stream = sys.stderr if args.json else sys.stdout
    page = Page(Path.cwd(), width_of(stream), paint_of(stream, args))
    write(report.summary(found, page), stream)
    if args.json:
        write_json(report.document(found))
    return EXIT_CODES[report.outcome(found)]

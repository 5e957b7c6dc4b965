"""`bootsmoke diagnose`: the cause of a crash, from the log of any server or from what a run has left."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.options import add_json
from harness.cli.output import paint_of, write, write_json
from harness.outcome import EXIT_CODES, Outcome

if TYPE_CHECKING:
    from harness.diagnose.model import Cause
    from harness.diagnose.source import Source
    from harness.report.cause import Page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "log",
        type=Path,
        metavar="LOG|BUNDLE",
        help="a log as it was saved or pasted (of one server, or of `docker compose logs`), `-` for the standard"
        " input, or what a run has left: its folder, or that folder packed as .tar.gz",
    )
    parser.add_argument(
        "--migrations",
        type=Path,
        metavar="PATH",
        help="the migrations' folder; without it file and statement are those that the log names",
    )
    parser.add_argument("--style", metavar="S", help="the layout of the migrations (default: a guess that is told)")
    add_json(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def execute(args: argparse.Namespace) -> int:
    """Diagnose, tell the cause, and return the exit code: 1 with a cause, 3 where none can be told."""
    from harness.diagnose.source import load  # noqa: PLC0415
    from harness.report.cause import Page  # noqa: PLC0415
    from harness.report.text import width_of  # noqa: PLC0415

    source = load(args.log)
    cause = cause_of(source, args.migrations, args.style)
    stream = sys.stderr if args.json else sys.stdout
    page = Page(Path.cwd(), width_of(stream), paint_of(stream, args))
    write("\n".join(_told(cause, source, page)), stream)
    if args.json:
        write_json({"schema": 1, "cause": cause.document() if cause else None})
    return EXIT_CODES[Outcome.FAILED if cause else Outcome.INCONCLUSIVE]


def cause_of(source: Source, migrations: Path | None, style: str | None) -> Cause | None:
    """Return the cause: the run's own where it names a place or nothing better is at hand, else the log's."""
    from harness.diagnose.diagnosis import diagnose, evidence_of  # noqa: PLC0415
    from harness.ladder.discover import find_ladder  # noqa: PLC0415

    ladder = find_ladder(migrations, style) if migrations else None
    known = source.cause
    if known is not None and (known.path or ladder is None):
        return known
    return diagnose(evidence_of(source.log), ladder) or known


def _told(cause: Cause | None, source: Source, page: Page) -> Iterator[str]:
    from harness.report.cause import known, to_do, what  # noqa: PLC0415

    name = "the log" if source.name == "-" else source.name
    if cause is None:
        lines = len(source.log.splitlines())
        yield from page.field("no cause", f"no known failure in {lines} lines of {name}")
        yield from page.field("do", "give the log from the start of the server to its end, and Postgres's own")
        return
    document = cause.document()
    yield from page.field("service", cause.service)
    yield from what(document, page)
    yield from page.field("known", known(document))
    yield from to_do(document, page)

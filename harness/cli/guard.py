"""`bootsmoke guard`: every statement that does not survive a second boot, named without a database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.options import add_json
from harness.cli.output import paint_of, write, write_json
from harness.cli.reports import annotate
from harness.outcome import EXIT_CODES, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.guard.api import Options
    from harness.guard.config import Config
    from harness.guard.model import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "path",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="folders of migrations, one ladder each, or files of one folder (default: those of the settings)",
    )
    _add_what(parser.add_argument_group("what is judged"))
    _add_known(parser.add_argument_group("what is known already"))
    telling = parser.add_argument_group("what is told")
    formats = telling.add_mutually_exclusive_group()
    add_json(formats)
    formats.add_argument("--sarif", action="store_true", help="one SARIF 2.1.0 document on stdout")
    formats.add_argument(
        "--github", action="store_true", help="annotations of GitHub Actions, the rest in the job's summary"
    )
    telling.add_argument("-v", "--verbose", action="store_true", help="every finding with its source, notes too")
    telling.add_argument("-q", "--quiet", action="store_true", help="the sums only")
    telling.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def _add_what(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--style", metavar="S", help="the layout of the migrations (default: a guess that is told)")
    group.add_argument(
        "--setup", type=Path, metavar="FILE", help="SQL that stands before the ladder: roles, schemas, extensions"
    )
    group.add_argument(
        "--runner",
        choices=("every-boot", "tracked"),
        help="whether all files run at every boot, or a table keeps track (default: a guess that is told)",
    )


def _add_known(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--since", metavar="REV", default="", help="tell only what is new since this branch left a revision"
    )
    group.add_argument("--baseline", type=Path, metavar="FILE", help="tell only what is not in this file")
    group.add_argument(
        "--write-baseline", action="store_true", help="write all findings to the baseline's file, and pass"
    )


def execute(args: argparse.Namespace) -> int:
    """Judge, tell what was found, and return the exit code."""
    from harness.guard.api import guard  # noqa: PLC0415 - the parser
    from harness.guard.config import find_config  # noqa: PLC0415

    config = find_config(Path.cwd())
    reports = guard(args.path or config.paths, _options(args, config))
    if args.write_baseline:
        return _write_baseline(args.baseline or config.baseline, reports)
    _tell(args, reports)
    return EXIT_CODES[Outcome.PASSED if all(report.ok for report in reports) else Outcome.FAILED]


def _options(args: argparse.Namespace, config: Config) -> Options:
    from harness.guard.api import Options  # noqa: PLC0415
    from harness.guard.model import Runner  # noqa: PLC0415

    return Options(
        style=args.style or config.style,
        runner=Runner(args.runner) if args.runner else config.runner,
        setup=args.setup or config.setup,
        disabled=config.disabled,
        baseline=None if args.write_baseline else args.baseline or config.baseline,
        since=args.since,
        with_fixes=args.json,
    )


def _write_baseline(path: Path | None, reports: Sequence[Report]) -> int:
    from harness.guard import baseline  # noqa: PLC0415
    from harness.report.text import plural  # noqa: PLC0415

    target = path or Path(baseline.NAME)
    count = baseline.write(target, reports)
    are = "is" if count == 1 else "are"
    write(f"{target}: {plural(count, 'finding')} {are} known from now on", sys.stderr)
    return EXIT_CODES[Outcome.PASSED]


def _tell(args: argparse.Namespace, reports: Sequence[Report]) -> None:
    from harness.report.guard import document, summary  # noqa: PLC0415
    from harness.report.text import width_of  # noqa: PLC0415

    stream = sys.stderr if args.json or args.sarif or args.github else sys.stdout
    for report in reports:
        told = summary(
            report,
            base=Path.cwd(),
            width=width_of(stream),
            paint=paint_of(stream, args),
            verbose=args.verbose,
            quiet=args.quiet or stream is sys.stderr,
        )
        write(told, stream)
    if args.json:
        write_json(document(reports))
    elif args.sarif:
        from harness.report.guard_sarif import sarif  # noqa: PLC0415

        write_json(sarif(reports, _top()))
    elif args.github:
        from harness.report.guard_github import commands, job_summary  # noqa: PLC0415

        annotate(commands(reports, _top()), job_summary(reports, _top()), sys.stdout)


def _top() -> Path:
    """Return the folder that reports write paths from: the top of the repository, else the current one."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)

"""The options that commands share."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.reports import add_reports

if TYPE_CHECKING:
    from harness.scenario.run import Options


RUNS = Path(".bootsmoke")
"""Where runs leave their folders, below the working directory."""


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add those that `check` and `run` share."""
    _add_judging(parser)
    _add_keeping(parser)
    add_reports(parser)
    telling = parser.add_argument_group("what is told")
    add_json(telling)
    telling.add_argument("-q", "--quiet", action="store_true", help="no progress, the last lines only")
    telling.add_argument("--no-color", action="store_true", help="no colours; NO_COLOR=1 does the same")


def _add_judging(parser: argparse.ArgumentParser) -> None:
    judging = parser.add_argument_group("how boots are judged")
    judging.add_argument(
        "--probe",
        choices=("fine", "as-written"),
        default="fine",
        help="ask the healthcheck's own command often (fine), or leave it to its interval (default: %(default)s)",
    )
    judging.add_argument(
        "--stability",
        type=seconds_from_zero,
        metavar="SECONDS",
        help="how long a ready service has to live on without an exit (default: 10, or the scenario's)",
    )
    judging.add_argument(
        "--timeout",
        type=seconds,
        metavar="SECONDS",
        help="how long one life may take to become ready (default: the scenario's, or the healthcheck's numbers"
        " added up)",
    )
    judging.add_argument(
        "--crash-budget",
        type=number_from_zero,
        default=3,
        metavar="N",
        help="crashes of no known-fatal cause that a boot may survive (default: %(default)s)",
    )


def _add_keeping(parser: argparse.ArgumentParser) -> None:
    keeping = parser.add_argument_group("what is kept")
    keeping.add_argument(
        "--keep",
        choices=("never", "failure", "always"),
        default="never",
        help="when containers, networks and volumes stay for a look at them (default: %(default)s)",
    )
    keeping.add_argument(
        "--keep-ports", action="store_true", help="publish host ports as written, not free ones on 127.0.0.1"
    )
    keeping.add_argument(
        "--runs",
        type=Path,
        default=RUNS,
        metavar="DIR",
        help="where runs leave journal and logs (default: %(default)s)",
    )


def add_server(parser: argparse.ArgumentParser, which: str = "that the ladder creates") -> None:
    """Add `--postgres` and `--pg`, for commands that replay; `which` are the extensions that it has to have."""
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
        help=f"the embedded one's major version (default: the newest with the extensions {which})",
    )


def add_json(parser: argparse._ActionsContainer) -> None:
    """Add `--json`, which every command has."""
    parser.add_argument(
        "--json", action="store_true", help="one JSON document on stdout; everything else goes to stderr"
    )


def run_options(args: argparse.Namespace, jobs: int) -> Options:
    """Return what the options ask of a run."""
    from harness.boot import Settings  # noqa: PLC0415 - the parser itself stays light
    from harness.scenario.run import Options  # noqa: PLC0415

    settings = Settings(
        probe_as_written=args.probe == "as-written",
        stability=args.stability,
        crash_budget=args.crash_budget,
        patience=args.timeout,
    )
    return Options(settings=settings, jobs=jobs, keep=args.keep, keep_ports=args.keep_ports, runs=args.runs)


def seconds(text: str) -> float:
    """Read a number of seconds above zero."""
    value = _number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} has to be more than 0 seconds")
    return value


def seconds_from_zero(text: str) -> float:
    """Read a number of seconds; 0 is one, too."""
    value = _number(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is less than 0 seconds")
    return value


def positive(text: str) -> int:
    """Read a whole number of 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    return int(text)


def number_from_zero(text: str) -> int:
    """Read a whole number of 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 0 or more")
    return int(text)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return value

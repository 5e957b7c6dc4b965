"""`bootsmoke check`: cold boot, warm boot and drift of any compose project."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.options import add_common

if TYPE_CHECKING:
    from harness.scenario.model import Scenario

NAME = "check"
"""What the one scenario is called in the journal and in the document."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    what = parser.add_argument_group("what is booted")
    what.add_argument(
        "-f",
        "--file",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a compose file, several are merged (default: what Compose itself finds here)",
    )
    what.add_argument("--profile", action="append", default=[], metavar="P", help="a compose profile to activate")
    what.add_argument(
        "--env-file",
        action="append",
        default=[],
        type=Path,
        metavar="F",
        help="a file of variables for the compose files, instead of .env",
    )
    _add_warm(what)
    add_common(parser)


def _add_warm(what: argparse._ArgumentGroup) -> None:
    """Declare what the warm boot is told."""
    what.add_argument(
        "--service",
        metavar="NAME",
        help="the service that applies the migrations: the warm boot force-recreates it "
        "(default: all that depend on Postgres)",
    )
    what.add_argument(
        "--env",
        action="append",
        default=[],
        type=_assignment,
        metavar="K=V",
        help="a variable that the warm boot adds to the environment of what it force-recreates",
    )
    what.add_argument(
        "--migrations",
        type=Path,
        metavar="PATH",
        help="the folder of *.sql migrations (default: looked for in build contexts and mounts)",
    )
    what.add_argument(
        "--allow-drift",
        action="append",
        default=[],
        metavar="PATTERN",
        help="tables whose number of rows the warm boot may change: audit_*, app.events",
    )


def execute(args: argparse.Namespace) -> int:
    """Carry the check out and return the exit code."""
    from harness.cli.running import carry_out  # noqa: PLC0415 - Docker's SDK and all

    return carry_out([scenario_of(args)], args)


def scenario_of(args: argparse.Namespace) -> Scenario:
    """Return the scenario that the options stand for."""
    from harness.errors import Place  # noqa: PLC0415
    from harness.redact import secrets_of  # noqa: PLC0415
    from harness.scenario.model import (  # noqa: PLC0415
        Boot,
        ComposeSource,
        Recreate,
        Scenario,
        Snapshot,
        Unchanged,
    )

    here = Place("bootsmoke check")
    services = (args.service,) if args.service else ()
    environment = dict(args.env)
    return Scenario(
        name=NAME,
        compose=ComposeSource(
            directory=args.file[0].absolute().parent if args.file else Path.cwd(),
            files=tuple(args.file),
            profiles=tuple(args.profile),
            env_files=tuple(args.env_file),
        ),
        steps=(
            Boot(here),
            Snapshot(here, "cold", required=False),
            Recreate(here, services=services, environment=environment),
            Unchanged(here, "cold", allow=tuple(args.allow_drift), values=False),
        ),
        place=here,
        service=args.service,
        migrations=args.migrations,
        secrets=frozenset(secrets_of(environment)),
        mentions={args.service: Place("--service")} if args.service else {},
    )


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value

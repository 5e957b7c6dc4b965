"""`bootsmoke sweep`: removes what dead runs have left behind."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from harness.cli.options import add_json
from harness.cli.output import write, write_json
from harness.outcome import EXIT_CODES, Outcome
from harness.report.text import clean

if TYPE_CHECKING:
    from harness.engine.protocol import Engine
    from harness.engine.sweep import Run

_DEADLINE = 60.0
"""Seconds that the removal of one run may take."""

Row = dict[str, str]
"""kind, name and run of one resource, and the reason where it could not be removed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--dry-run", action="store_true", help="list what would be removed, and remove nothing")
    add_json(parser)


def execute(args: argparse.Namespace) -> int:
    """Sweep, list each resource, and return the exit code: 3 when something could not be removed."""
    from harness.cli.connect import connected  # noqa: PLC0415 - Docker's SDK and all
    from harness.clock import SystemClock  # noqa: PLC0415
    from harness.engine.sweep import dead_runs  # noqa: PLC0415

    removed: list[Row] = []
    left: list[Row] = []
    with connected() as engine:
        for run in dead_runs(engine, now=SystemClock.wall()):
            if args.dry_run:
                removed += [_row(run, resource.kind, resource.name) for resource in run.resources]
            else:
                _remove(engine, run, removed, left)
    outcome = Outcome.INCONCLUSIVE if left else Outcome.PASSED
    stream = sys.stderr if args.json else sys.stdout
    write("\n".join(_lines(removed, left, dry_run=args.dry_run)), stream)
    if args.json:
        write_json(_document(outcome, removed, left, dry_run=args.dry_run))
    return EXIT_CODES[outcome]


def _remove(engine: Engine, run: Run, removed: list[Row], left: list[Row]) -> None:
    from harness.clock import SystemClock  # noqa: PLC0415
    from harness.engine.labels import RUN  # noqa: PLC0415
    from harness.engine.sweep import remove_all  # noqa: PLC0415

    removal = remove_all(engine, {RUN: run.id}, deadline=_DEADLINE, clock=SystemClock())
    removed += [_row(run, resource.kind, resource.name) for resource in removal.removed]
    left += [_row(run, resource.kind, resource.name) | {"reason": reason} for resource, reason in removal.left]


def _row(run: Run, kind: str, name: str) -> Row:
    return {"kind": kind, "name": name, "run": run.id}


def _lines(removed: list[Row], left: list[Row], *, dry_run: bool) -> list[str]:
    did = "would remove" if dry_run else "removed"
    lines = [clean(f"{did} {row['kind']} {row['name']} of run {row['run']}") for row in removed]
    lines += [clean(f"could not remove {row['kind']} {row['name']}: {row['reason']}") for row in left]
    return lines or ["nothing to sweep: no dead run has left anything behind"]


def _document(outcome: Outcome, removed: list[Row], left: list[Row], *, dry_run: bool) -> dict[str, Any]:
    return {"schema": 1, "outcome": outcome.value, "dry_run": dry_run, "removed": removed, "left": left}

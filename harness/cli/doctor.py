"""`bootsmoke doctor`: what this machine has and lacks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.cli.options import add_json
from harness.cli.output import write, write_json
from harness.outcome import EXIT_CODES, Outcome
from harness.report.text import clean, wrap

if TYPE_CHECKING:
    from harness.cli.examine import Finding

_MARGIN = " " * 23


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_json(parser)


def execute(args: argparse.Namespace) -> int:
    """Look at everything, tell it, and return 0 when `check` could run, else 3."""
    from harness.cli.examine import examine  # noqa: PLC0415 - Docker's SDK and all

    findings = examine()
    outcome = Outcome.INCONCLUSIVE if any(f.state == "missing" for f in findings) else Outcome.PASSED
    write("\n".join(lines(findings)), sys.stderr if args.json else sys.stdout)
    if args.json:
        told = [{"name": f.name, "state": f.state, "found": f.found, "help": f.help or None} for f in findings]
        write_json({"schema": 1, "outcome": outcome.value, "findings": told})
    return EXIT_CODES[outcome]


def lines(findings: Sequence[Finding], width: int = 100) -> list[str]:
    """Return one line for each finding, wrapped under itself, with what to do below it."""
    told = []
    for finding in findings:
        head, *rest = wrap(clean(finding.found), width - len(_MARGIN))
        told.append(f"{finding.state:<8} {finding.name:<13} {head}")
        told += [f"{_MARGIN}{line}" for line in rest]
        if finding.help:
            told += [f"{_MARGIN}{line}" for line in wrap(clean(f"help: {finding.help}"), width - len(_MARGIN))]
    return told

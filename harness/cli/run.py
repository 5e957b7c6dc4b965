"""`bootsmoke run`: carries scenario folders out."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.cli.options import add_common, positive
from harness.cli.select import Shard, expression, matches, shard
from harness.errors import BootsmokeError

DEFAULT = Path("scenarios")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    what = parser.add_argument_group("what is run")
    what.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help=f"a scenario's folder, or a folder of scenario folders (default: {DEFAULT}/)",
    )
    what.add_argument(
        "-k", type=expression, metavar="EXPR", help="only scenarios by name: substrings with `and`, `or`, `not`"
    )
    what.add_argument("--shard", type=shard, metavar="I/N", help="only the I-th of N shares of the scenarios")
    what.add_argument(
        "-j", type=positive, default=1, metavar="N", help="how many scenarios run at once (default: %(default)s)"
    )
    add_common(parser)


def execute(args: argparse.Namespace) -> int:
    """Carry the chosen scenarios out and return the exit code."""
    from harness.cli.running import carry_out  # noqa: PLC0415 - Docker's SDK and all
    from harness.scenario.load import discover  # noqa: PLC0415

    found = discover(args.paths or [DEFAULT])
    chosen = [one for one in found if args.k is None or matches(args.k, one.name)]
    mine = (args.shard or Shard(1, 1)).of(chosen)
    if not mine:
        names = ", ".join(one.name for one in found)
        raise BootsmokeError("nothing ran: no scenario is left after -k and --shard", help=f"there are: {names}")
    return carry_out(mine, args, jobs=args.j)

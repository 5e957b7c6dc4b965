"""`bootsmoke schema`: the JSON Schema of scenario.yaml, for editors."""

from __future__ import annotations

import argparse

from harness.cli.options import add_json
from harness.cli.output import write_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_json(parser)  # as every command; what it prints is one document anyway


def execute(_args: argparse.Namespace) -> int:
    """Print the schema."""
    from harness.scenario.schema import schema  # noqa: PLC0415 - the reader and all it needs

    write_json(schema())
    return 0

"""`bootsmoke schema` on the command line."""

from __future__ import annotations

import json

import pytest

from harness.cli import main
from harness.scenario.schema import schema


@pytest.mark.parametrize("words", [["schema"], ["schema", "--json"]])
def test_the_schema_is_printed_and_nothing_else(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """So that it can be redirected into a file."""
    assert main(words) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == schema()
    assert printed.err == ""

"""`bootsmoke explain` on the command line."""

from __future__ import annotations

import json

import pytest

from harness.cli import main
from harness.diagnose.codes import CODES
from harness.guard.rules import RULES


def test_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """What it says, why, an example before and after, what to do, how to suppress it; in any case of letters."""
    assert main(["explain", "lad104"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("LAD104: a column is added that is there already (error)\n")
    assert "    ALTER TABLE users ADD COLUMN IF NOT EXISTS email TEXT;\n" in told
    assert "-- bootsmoke: allow LAD104 -- reason" in told


def test_a_failure_of_a_boot(capsys: pytest.CaptureFixture[str]) -> None:
    """The codes of boots are explained by the same command."""
    assert main(["explain", "BOOT102"]) == 0
    assert capsys.readouterr().out.startswith("BOOT102: ON CONFLICT names a key that is gone (error)\n")
    assert main(["explain", "BOOT501"]) == 0
    assert capsys.readouterr().out.startswith("BOOT501: the healthcheck's interval delays every boot (note, fails")


def test_all_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """Without one all are listed; as values they are whole."""
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert listed == [*RULES, *CODES]
    assert main(["explain", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)["codes"]
    assert [each["code"] for each in values] == listed
    assert all(each["title"] and each["why"] and each["help"] for each in values)


@pytest.mark.parametrize(("word", "meant"), [("LAD1O1", "LAD101"), ("BOT101", "BOOT101"), ("nothing at all", None)])
def test_an_unknown_code(word: str, meant: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error with what is near."""
    assert main(["explain", word]) == 2
    said = capsys.readouterr().err
    assert f"there is no code {word}" in said
    assert ("did you mean" in said) == (meant is not None)
    assert meant is None or meant in said

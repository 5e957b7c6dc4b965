"""`bootsmoke replay` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main

ROOT = Path(__file__).parents[2]
LADDERS = ROOT / "tests/ladders"


@pytest.mark.postgres
@pytest.mark.parametrize(("case", "code"), [("safe", 0), ("unguarded-check", 1), ("update-resets", 1)])
def test_the_exit_code(case: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """0 when nothing was found, 1 for a failure or a drift; the document says the same."""
    assert main(["replay", "--json", str(LADDERS / case)]) == code
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["outcome"] == ("failed" if code else "passed")
    assert captured.err.splitlines()[-1].startswith("FAILED: " if code else "PASSED: ")


@pytest.mark.postgres
def test_no_canary_and_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """On an empty table nothing is reset, and the Postgres is the one that was asked for."""
    assert main(["replay", "--no-canary", "--pg", "17", str(LADDERS / "update-resets")]) == 0
    told = capsys.readouterr().out
    assert "postgres      17." in told
    assert "canary" not in told


@pytest.mark.postgres
def test_files_of_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Several files are one ladder, in the order of their tool."""
    folder = LADDERS / "unguarded-check"
    assert main(["replay", str(folder / "002_check.sql"), str(folder / "001_users.sql")]) == 1
    assert "2 files" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        ([str(LADDERS / "safe"), str(LADDERS / "policy")], "one ladder at a time"),
        (
            [str(LADDERS / "safe/001_users.sql"), str(LADDERS / "safe/expected.json")],
            "expected.json is no migration",
        ),
        (["--style", "nonsense", str(LADDERS / "safe")], "no style of migrations is called 'nonsense'"),
        (["--pg", "18", "--postgres", "postgresql:///", str(LADDERS / "safe")], "--postgres names a server"),
        (["--setup", "nowhere.sql", str(LADDERS / "safe")], "nowhere.sql: cannot read the migration"),
    ],
)
def test_wrong_usage(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one error, before any Postgres is started."""
    assert main(["replay", *words]) == 2
    assert message in capsys.readouterr().err


def test_an_extension_that_none_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That says nothing about the ladder: exit code 3, and the extension is named."""
    (tmp_path / "1.sql").write_text("CREATE EXTENSION postgis;")
    assert main(["replay", "--json", str(tmp_path)]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["outcome"] == "inconclusive"
    assert "postgis" in document["error"]["message"]

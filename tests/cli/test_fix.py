"""`bootsmoke fix` on the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.cli import main

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
LADDERS = ROOT / "tests/ladders"


@pytest.fixture
def ladder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy a ladder with an unguarded CHECK, and stand beside it."""
    folder = tmp_path / "ladder"
    shutil.copytree(LADDERS / "unguarded-check", folder, ignore=shutil.ignore_patterns("fixed", "*.json"))
    monkeypatch.chdir(tmp_path)
    return folder


def contents(folder: Path) -> dict[str, str]:
    """Return the files of a folder."""
    return {path.name: path.read_text() for path in folder.glob("*.sql")}


def test_fixes_are_shown(ladder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By default each fix is told with its place and why it is there; nothing is written."""
    before = contents(ladder)
    assert main(["fix", "ladder"]) == 1
    told = capsys.readouterr().out
    assert "ladder/002_check.sql\n        3  run it unless constraint users_kind_enum of users exists\n" in told
    assert '| constraint "users_kind_enum" for relation "users" already exists (SQLSTATE 42710)' in told
    assert told.endswith("FAILED: 1 fix in 1 file proved; --write makes the ladder boot twice\n")
    assert contents(ladder) == before


def test_a_diff_is_one_that_patch_takes(ladder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On stdout stands the diff alone, and it leads to the files that --write makes."""
    assert main(["fix", "--diff", "ladder"]) == 1
    diff = capsys.readouterr().out
    subprocess.run(["patch", "-p0"], input=diff, text=True, check=True, capture_output=True)
    assert contents(ladder) == contents(LADDERS / "unguarded-check/fixed")


def test_written_fixes_leave_nothing_to_fix(ladder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--write changes only what has to change, keeps rights and byte order mark, and --check is content then."""
    file = ladder / "002_check.sql"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    file.chmod(0o640)
    assert main(["fix", "--check", "ladder"]) == 1
    assert main(["fix", "--write", "ladder"]) == 0
    assert file.read_bytes() == b"\xef\xbb\xbf" + (LADDERS / "unguarded-check/fixed/002_check.sql").read_bytes()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in ladder.iterdir()) == ["001_users.sql", "002_check.sql"]
    capsys.readouterr()
    assert main(["fix", "--check", "ladder"]) == 0
    assert capsys.readouterr().out == "PASSED: nothing to fix\n"


def test_the_document(ladder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json has each fix as byte edits, and both replays."""
    assert main(["fix", "--json", str(ladder)]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["outcome"], document["proved"], document["written"]) == (
        1,
        "failed",
        True,
        False,
    )
    (file,) = document["files"]
    (fixed,) = file["fixes"]
    assert (fixed["line"], fixed["statement"], fixed["fix"]["safe"]) == (3, 2, True)
    assert [edit["start"] == edit["end"] for edit in fixed["fix"]["edits"]] == [True, True]
    assert document["before"]["outcome"] == "failed"
    assert document["after"]["outcome"] == "passed"


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Two answers at once are one too many: exit code 2."""
    assert main(["fix", "--diff", "--write", str(LADDERS / "safe")]) == 2
    assert "not allowed with" in capsys.readouterr().err

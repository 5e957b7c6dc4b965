"""The pytest plugin, as a project that has bootsmoke installed meets it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import LadderError
from harness.pytest_plugin import ReplayOptions, assert_replays
from harness.replay.api import replay

_TEST = """
from harness.pytest_plugin import assert_replays as imported

def test_good(assert_replays):
    assert assert_replays("good", pg=18).warm.ok

def test_bad():
    imported("bad", canary=False)
"""


def ladder(folder: Path, *files: str) -> Path:
    """Write a ladder."""
    folder.mkdir()
    for number, text in enumerate(files, start=1):
        (folder / f"{number}.sql").write_text(text)
    return folder


@pytest.mark.postgres
def test_in_a_project_of_its_own(tmp_path: Path) -> None:
    """Installed, it is there without configuration, warns of nothing, and tells failures without a traceback."""
    ladder(tmp_path / "good", "CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);\n")
    ladder(tmp_path / "bad", "-- one\nCREATE TABLE a (id int PRIMARY KEY);\n")
    (tmp_path / "test_ladders.py").write_text(_TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:randomly", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    lines = [line.removeprefix("E").strip() for line in done.stdout.splitlines()]
    start = lines.index(
        "AssertionError: the ladder bad (numbered) does not survive a second boot on Postgres 18.6:"
    )
    assert lines[start + 1 : start + 3] == [
        'bad/1.sql:2: 42P07 relation "a" already exists',
        "do: Write IF NOT EXISTS (CREATE OR REPLACE for a view).",
    ]
    assert "pytest_plugin.py" not in done.stdout


@pytest.mark.postgres
def test_failures_and_drifts(tmp_path: Path) -> None:
    """The assertion lists every failing statement and every drift with its place."""
    path = ladder(
        tmp_path / "m",
        "CREATE TABLE a (id int PRIMARY KEY);\n",
        "DROP TABLE IF EXISTS b;\nCREATE TABLE b (id int);\n",
    )
    with pytest.raises(AssertionError) as caught:
        assert_replays(path, canary=False)
    text = str(caught.value)
    assert f'{path}/1.sql:1: 42P07 relation "a" already exists\n    do: ' in text
    assert "table public.b is dropped and made again" in text


@pytest.mark.postgres
def test_a_cold_boot_that_fails(tmp_path: Path) -> None:
    """What does not even boot once is told as such."""
    path = ladder(tmp_path / "m", "SELECT * FROM nowhere;\n")
    with pytest.raises(AssertionError, match="does not boot on an empty database on Postgres") as caught:
        assert_replays(path)
    assert f"{path}/1.sql:1: 42P01 " in str(caught.value)


def test_no_ladder(tmp_path: Path) -> None:
    """What cannot be replayed is an error of its own, no failed assertion."""
    with pytest.raises(LadderError, match="no migrations found"):
        assert_replays(tmp_path)


def test_options_are_those_of_replay() -> None:
    """Whatever `replay` can be asked for, `assert_replays` can."""
    options = list(inspect.signature(replay).parameters)[1:]
    assert list(ReplayOptions.__annotations__) == options


def test_nothing_heavy_is_imported() -> None:
    """Every pytest run of a project that has bootsmoke installed loads the plugin: it has to cost nothing."""
    heavy = ["docker", "postgast", "psycopg", "rich", "tenacity", "urllib3", "yaml"]
    program = f"import sys, harness.pytest_plugin; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

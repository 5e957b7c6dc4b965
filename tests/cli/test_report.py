"""A run that is told again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.cli import main
from tests.report.golden import HERE, lines

OLD, LAST = "20261120-020000-aaaa", "20261121-020000-bbbb"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder of two runs, and one of something else; work beside it."""
    monkeypatch.chdir(tmp_path)
    for run, journal in ((OLD, "good-check"), (LAST, "broken-check")):
        folder = tmp_path / ".bootsmoke" / run
        folder.mkdir(parents=True)
        shutil.copy(HERE / f"{journal}.jsonl", folder / "journal.jsonl")
    (tmp_path / ".bootsmoke/zzz").mkdir()
    return tmp_path / ".bootsmoke"


def first_line(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the first line on stdout."""
    return capsys.readouterr().out.splitlines()[0]


def test_the_last_run_is_told_as_it_told_itself(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same words, and exit code 0: the telling went well."""
    assert main(["report", "--runs", str(runs)]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == lines("broken-check").splitlines()[:4]


@pytest.mark.parametrize("run", [OLD, f".bootsmoke/{OLD}", f".bootsmoke/{OLD}/"])
def test_a_run_by_its_id_or_its_folder(runs: Path, run: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever the folder is."""
    assert main(["report", run]) == 0
    assert first_line(capsys).startswith("PASSED check in 45.2 s"), runs


def test_the_document(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is the one that the run itself printed with --json."""
    assert main(["report", "--json"]) == 0, runs
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["outcome"]) == (1, "failed")


def test_the_page(runs: Path, tmp_path: Path) -> None:
    """It is written as a whole; nothing else is left in the folder."""
    assert main(["report", OLD, "--html", "out.html"]) == 0
    assert (tmp_path / "out.html").read_text().startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == [runs.name, "out.html"]


def test_a_page_that_cannot_be_written(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is told, and no success; what stood there before still does."""
    (tmp_path / "out.html").write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    assert main(["report", OLD, "--html", "out.html"]) == 3
    assert "cannot write out.html: No space left on device" in capsys.readouterr().err
    assert (tmp_path / "out.html").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2, runs


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nonsense"], f"there is no run nonsense\n  help: the last ones in .bootsmoke are {OLD}, {LAST};"),
        (["--runs", "elsewhere"], "there is no run last\n  help: there is none in elsewhere;"),
        (["--html", "no/such/file.html"], "cannot write no/such/file.html: no such folder"),
        (["--html", ".bootsmoke"], ".bootsmoke is a folder"),
    ],
)
def test_what_is_not_there(runs: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, with what there is instead."""
    assert main(["report", *words]) == 2, runs
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["{}\n", "no json\n", '{"kind": "run.started", "at": 0, "elapsed": 0, "engine": 7}\n', "[]\n"]
)
def test_what_is_no_journal(runs: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the file's name, no traceback."""
    (runs / LAST / "journal.jsonl").write_text(text)
    assert main(["report"]) == 2
    assert f"{LAST}/journal.jsonl is no journal of a run" in capsys.readouterr().err

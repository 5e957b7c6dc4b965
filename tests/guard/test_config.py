"""The settings of the guard."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.guard.config import Config, find_config
from harness.guard.model import Runner


def test_all_keys(tmp_path: Path) -> None:
    """Paths are seen from the file's folder, wherever the command is run."""
    (tmp_path / "bootsmoke.toml").write_text(
        '[guard]\npaths = ["db/a", "db/b"]\nstyle = "goose"\nrunner = "tracked"\nsetup = "roles.sql"\n'
        'baseline = "known.json"\ndisabled = {LAD205 = "resets are wanted"}\n'
    )
    below = tmp_path / "src"
    below.mkdir()
    assert find_config(below) == Config(
        paths=(tmp_path / "db/a", tmp_path / "db/b"),
        style="goose",
        runner=Runner.TRACKED,
        setup=tmp_path / "roles.sql",
        disabled={"LAD205": "resets are wanted"},
        baseline=tmp_path / "known.json",
    )


def test_pyproject(tmp_path: Path) -> None:
    """Its table counts; a file without one is passed over, and the search ends at the repository's top."""
    inner = tmp_path / "top/inner"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.bootsmoke.guard]\nstyle = "plain"\n')
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert find_config(inner).style == "plain"
    (tmp_path / "top/.git").mkdir()
    assert find_config(inner) == Config()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[guard]\nstyle = "plain"\npath = []\n', 3, "guard: unknown key `path`; did you mean paths?"),
        ("[guard]\n\npaths = 'a'\n", 3, "guard: `paths` has to be a list of texts"),
        ("[guard]\nsetup = 3\n", 2, "guard: `setup` has to be a text"),
        ("[guard]\nbaseline = ''\n", 2, "guard: `baseline` is empty"),
        ('[guard]\nrunner = "always"\n', 2, "guard: there is no runner `always`"),
        ("[guard]\ndisabled = ['LAD101']\n", 2, "guard: `disabled` has to be a table"),
        ('[guard.disabled]\nLAD205 = "x"\nLAD1 = "x"\n', 3, "guard: there is no rule `LAD1`"),
        ('[guard.disabled]\nLAD205 = " "\n', 2, "guard: `LAD205` is disabled without a reason"),
        ("guard = 3\n", 0, "`guard` is no table"),
        ('[guard]\nstyle = "plain\n', 2, "no TOML: Illegal character '\\n'"),
    ],
)
def test_a_mistake(text: str, line: int, message: str, tmp_path: Path) -> None:
    """Each is one error with the file and the line."""
    path = tmp_path / "bootsmoke.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        find_config(tmp_path)
    assert error.value.message == message
    assert error.value.place is not None
    assert (error.value.place.path, error.value.place.line) == (str(path), line)


def test_a_file_of_other_bytes(tmp_path: Path) -> None:
    """What is no text is an error with the file."""
    (tmp_path / "bootsmoke.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot be read"):
        find_config(tmp_path)

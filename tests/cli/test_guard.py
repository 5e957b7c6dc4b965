"""`bootsmoke guard` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from harness.cli import main
from harness.guard.config import find_config
from harness.guard.model import Runner
from harness.guard.rules import RULES
from harness.guard.suppress import accept
from tests.guard.making import finding, ladder

ROOT = Path(__file__).parents[2]
LADDERS = ROOT / "tests/ladders"
UNGUARDED = LADDERS / "unguarded-check"


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the repository, outside of GitHub's jobs."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.mark.parametrize(
    ("case", "code"), [("guarded", 0), ("unguarded-check", 1), ("update-resets", 1), ("race", 0)]
)
def test_the_exit_code(case: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """0 when nothing but notes was found, 1 for errors and warnings; the document says the same."""
    assert main(["guard", "--json", str(LADDERS / case)]) == code
    captured = capsys.readouterr()
    assert json.loads(captured.out)["outcome"] == ("failed" if code else "passed")
    assert captured.err.splitlines()[-1].startswith("FAILED: " if code else "PASSED: ")


def test_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """What is found stands on stdout; a ladder without findings takes one line, and sums alone may be asked for."""
    assert main(["guard", str(UNGUARDED)]) == 1
    assert "error LAD101: the next boot stops here:" in capsys.readouterr().out
    assert main(["guard", str(LADDERS / "safe")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["guard", "-q", str(UNGUARDED)]) == 1
    assert "LAD101:" not in capsys.readouterr().out


def test_several_ladders(capsys: pytest.CaptureFixture[str]) -> None:
    """One of them is enough to fail."""
    assert main(["guard", str(LADDERS / "safe"), str(UNGUARDED)]) == 1
    out = capsys.readouterr().out
    assert out.index("PASSED: ") < out.index("FAILED: ")


def test_the_runner(capsys: pytest.CaptureFixture[str]) -> None:
    """Under a tracker what is one transaction is never run again, and the choice is told."""
    assert main(["guard", "--runner", "tracked", str(UNGUARDED)]) == 0
    assert "tracked: as asked for" in capsys.readouterr().out


def test_sarif(capsys: pytest.CaptureFixture[str]) -> None:
    """One document on stdout, with paths from the top of the repository."""
    assert main(["guard", "--sarif", str(UNGUARDED)]) == 1
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "tests/ladders/unguarded-check/002_check.sql"


def test_github(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Annotations on stdout, all of it in the summary, which other steps may have begun."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.chdir(LADDERS)
    assert main(["guard", "--github", "unguarded-check"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "::error file=tests/ladders/unguarded-check/002_check.sql,line=3,endLine=4,col=1,title=LAD101 "
    )
    assert summary.read_text().startswith("before\n### bootsmoke guard: tests/ladders/unguarded-check\n")


def test_a_baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Written once, an old ladder passes; the settings may name the file."""
    known = tmp_path / "known.json"
    assert main(["guard", "--baseline", str(known), "--write-baseline", str(UNGUARDED)]) == 0
    assert capsys.readouterr().err == f"{known}: 1 finding is known from now on\n"
    assert main(["guard", "--baseline", str(known), str(UNGUARDED)]) == 0
    assert "1 finding accepted" in capsys.readouterr().out


def test_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What a project has settled holds where the command line says nothing."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "bootsmoke.toml").write_text(
        '[guard]\npaths = ["db"]\nbaseline = "known.json"\nrunner = "every-boot"\ndisabled = {LAD102 = "why not"}\n'
    )
    (tmp_path / "db").mkdir()
    (tmp_path / "db/1.sql").write_text("CREATE TABLE a (x int);\nCREATE INDEX i ON a (x);\n")
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert main(["guard", "--write-baseline"]) == 0
    assert list(json.loads((tmp_path / "known.json").read_text())["findings"].values()) == ["LAD103 1.sql"]
    assert main(["guard", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {each["reason"] for each in document["accepted"]} == {"why not", "it is in the baseline"}
    (tmp_path / "bootsmoke.toml").write_text("[guard]\nrunners = 3\n")
    assert main(["guard", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["place"] == f"{tmp_path / 'bootsmoke.toml'}:2"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--json", "--sarif"], "not allowed with argument"),
        (["--runner", "never"], "invalid choice: 'never'"),
        (["nowhere"], "nowhere: no such file or folder"),
        (["--setup", "nowhere.sql", str(UNGUARDED)], "nowhere.sql: cannot read the migration"),
        (["--baseline", "nowhere.json", str(UNGUARDED)], "nowhere.json: cannot read the baseline"),
        (["--style", "x", str(UNGUARDED)], "no style of migrations is called 'x'"),
        (["--since", "nowhen", str(UNGUARDED)], "git knows no commit 'nowhen'"),
    ],
)
def test_what_was_given_wrong(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One error, exit code 2."""
    assert main(["guard", *words]) == 2
    assert message in capsys.readouterr().err


def test_nothing_heavy_is_imported() -> None:
    """The guard runs at every commit: what it does not need it does not load."""
    code = (
        "import sys; from harness.cli import main; "
        f"main(['guard', '--json', {str(UNGUARDED)!r}]); "
        "heavy = {'psycopg', 'docker', 'rich', 'yaml', 'asyncio', 'urllib.request'}; "
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr.splitlines()[-1].startswith("FAILED: ")
    assert done.returncode == 0


README = (ROOT / "README.md").read_text()


def test_the_example_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    """It is a real run."""
    folder, _, output = README.partition("$ bootsmoke guard ")[2].partition("```")[0].partition("\n")
    assert main(["guard", folder]) == 1
    assert capsys.readouterr().out == output


def test_the_settings_of_the_readme(tmp_path: Path) -> None:
    """Whoever copies them gets no error, and no key is left out."""
    (tmp_path / "bootsmoke.toml").write_text(README.partition("```toml\n")[2].partition("```")[0])
    config = find_config(tmp_path)
    assert all(getattr(config, field.name) for field in fields(config))


def test_the_comment_of_the_readme() -> None:
    """It accepts what it says."""
    made = ladder(README.partition("```sql\n")[2].partition("```")[0])
    _, accepted = accept(made, [finding(made, RULES["LAD206"])], Runner.EVERY_BOOT)
    assert [each.finding.code for each in accepted] == ["LAD206"]

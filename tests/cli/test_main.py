from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import harness
from harness.cli import COMMANDS, main
from harness.cli.check import add_arguments, scenario_of

ROOT = Path(__file__).parents[2]
STACK = ROOT / "compose" / "docker-compose.yml"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` tells the version that the package has."""
    assert main(["--version"]) == 0
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert capsys.readouterr().out == f"bootsmoke {declared}\n"


def test_facade() -> None:
    """The public names are all there, and no others are promised."""
    assert all(getattr(harness, name) for name in harness.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = harness.nonsense


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command's help names its options and says what each is for."""
    wanted = {
        "check": "-f --profile --env-file --service --env --migrations --allow-drift",
        "run": "PATH -k --shard -j",
        "report": "RUN --runs --html --junit --sarif --bundle --github --no-color",
        "schema": "",
        "guard": "PATH --setup --runner --since --baseline --write-baseline --sarif --github --verbose --quiet",
        "fix": "PATH --write --diff --check",
        "explain": "CODE --no-color",
        "bisect": "PATH --good --bad --style --setup --postgres --pg --no-color",
        "doctor": "",
        "replay": "--style --setup --postgres --pg --no-canary --seed --no-color",
        "diagnose": "LOG|BUNDLE --migrations --style --no-color",
        "repro": "LOG|BUNDLE --output --migrations --style --setup --seed --postgres --pg --no-color",
        "history": "--last --rebuild --runs --no-color",
        "sweep": "--dry-run",
    }
    common = "--keep --keep-ports --probe --stability --timeout --crash-budget --runs --no-color --quiet"
    options = [*wanted[command].split(), "--json", *(common.split() if command in ("check", "run") else ())]
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert [option for option in options if option not in text] == []
    assert "exit codes: 0 all passed" in text


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """`bootsmoke --help` lists all commands with what they do."""
    assert main(["--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert [about for about in COMMANDS.values() if about not in text] == []


@pytest.mark.parametrize(
    "words", [["--help"], ["check", "--help"], ["run", "--help"], ["replay", "--help"], ["bisect", "--help"]]
)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    """Help comes before anything heavy is imported."""
    code = f"""
import sys
from harness.cli import main
main({words!r})
print(sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = ("docker", "rich", "yaml", "postgast", "psycopg", "tenacity", "urllib3", "requests")
    assert [name for name in heavy if f"'{name}'" in done.stderr] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (
            ["chekc"],
            "unknown command `chekc`; did you mean `check`?\n  help: the commands are: check, run, ",
        ),
        (
            ["check", "--bogus"],
            "bootsmoke check does not know --bogus\n  help: `bootsmoke check --help` lists the options",
        ),
        (["check", "--serv", "x"], "bootsmoke check does not know --serv x\n"),
        (["check", "--timeout", "0"], "argument --timeout: '0' has to be more than 0 seconds\n"),
        (["check", "--timeout", "nan"], "argument --timeout: 'nan' is no number of seconds\n"),
        (["check", "--stability", "-1"], "argument --stability: '-1' is less than 0 seconds\n"),
        (["check", "--crash-budget", "two"], "argument --crash-budget: 'two' is no whole number of 0 or more\n"),
        (["check", "--env", "FOO"], "argument --env: 'FOO' is not of the form NAME=VALUE\n"),
        (["check", "--keep", "maybe"], "argument --keep: invalid choice: 'maybe'"),
        (["run", "-j", "0"], "argument -j: '0' is no whole number of 1 or more\n"),
        (
            ["run", "--shard", "3/2"],
            "argument --shard: '3/2' is no shard: write I/N with I from 1 to N, such as 2/3\n",
        ),
        (["run", "-k", "a or"], "argument -k: 'a or' is no expression: "),
    ],
)
def test_wrong_usage(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage is exit code 2 and one error that says what to do."""
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"bootsmoke: error: {message}")
    assert "\n  help: " in captured.err
    assert captured.out == ""


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command, and return its exit code and what it said on stderr."""
    code = main(words)
    return code, capsys.readouterr().err


def test_no_such_compose_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A compose file that is not there is exit code 2, with its path."""
    code, error = told(["check", "-f", str(tmp_path / "nope.yml")], capsys)
    assert code == 2
    assert error.startswith("bootsmoke: error: ")
    assert f"{tmp_path}/nope.yml" in error
    assert "no such file" in error


def test_invalid_yaml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A compose file that is no YAML is exit code 2, with line and column."""
    file = tmp_path / "c.yml"
    file.write_text("services:\n  a: [\n")
    code, error = told(["check", "-f", str(file)], capsys)
    assert code == 2
    assert error.startswith(f"bootsmoke: error: {file}:3:1: this is no YAML")


def test_unknown_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown key is exit code 2, with its place."""
    file = tmp_path / "c.yml"
    file.write_text("services:\n  a:\n    imagee: x\n")
    code, error = told(["check", "-f", str(file)], capsys)
    assert code == 2
    assert error.startswith(f"bootsmoke: error: {file}:3:5: ")
    assert "imagee" in error


def test_unknown_service(capsys: pytest.CaptureFixture[str]) -> None:
    """A service that the project does not have is exit code 2 before anything boots, with a suggestion."""
    code, error = told(["check", "-f", str(STACK), "--service", "sever"], capsys)
    assert code == 2
    assert error == (
        "bootsmoke: error: --service: unknown service `sever`; did you mean `server`?\n"
        "  help: the compose files have: postgres, server\n"
    )


def test_no_ladder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without migrations is exit code 2."""
    code, error = told(["check", "-f", str(STACK), "--migrations", str(tmp_path)], capsys)
    assert code == 2
    assert error.startswith(f"bootsmoke: error: no migrations found in {tmp_path}")


def test_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an engine the exit code is 3, and no folder is made for a run that cannot be."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    code, error = told(["check", "-f", str(STACK), "--runs", str(tmp_path / "runs")], capsys)
    assert code == 3
    assert error.startswith(f"bootsmoke: error: no container engine answers at unix://{tmp_path}/none.sock: ")
    assert "help: " in error
    assert not (tmp_path / "runs").exists()


def test_no_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without scenarios is exit code 2."""
    code, error = told(["run", str(tmp_path)], capsys)
    assert code == 2
    assert error.startswith(f"bootsmoke: error: no scenarios found in {tmp_path}")


def test_nothing_selected(capsys: pytest.CaptureFixture[str]) -> None:
    """A selection that leaves nothing is exit code 3: nothing ran is no pass."""
    code, error = told(["run", str(ROOT / "scenarios"), "-k", "nonsense"], capsys)
    assert code == 3
    assert error.startswith(
        "bootsmoke: error: nothing ran: no scenario is left after -k and --shard\n  help: there are: "
    )


def test_error_as_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json an error is a document on stdout, and is told on stderr all the same."""
    assert main(["run", str(tmp_path / "nope"), "--json"]) == 2
    captured = capsys.readouterr()
    place = str(tmp_path / "nope")
    assert json.loads(captured.out) == {
        "schema": 1,
        "outcome": "errored",
        "error": {"message": "no such file or folder", "place": place, "help": None},
    }
    assert captured.err.startswith(f"bootsmoke: error: {place}: no such file or folder")


def test_wrong_usage_as_document(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json an error in the command line itself is a document, too."""
    assert main(["run", "--json", "-j", "x"]) == 2
    assert json.loads(capsys.readouterr().out)["outcome"] == "errored"


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "bootsmoke: error: interrupted\n"),
        (RuntimeError("surprise"), 3, "bootsmoke: this is a bug in bootsmoke"),
    ],
)
def test_exceptions(
    raised: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An interruption is 130; anything unexpected is 3, with a traceback and a word on whose bug it is."""

    def fail(_: object) -> int:
        raise raised

    monkeypatch.setattr("harness.cli.sweep.execute", fail)
    assert main(["sweep"]) == code
    error = capsys.readouterr().err
    assert said in error
    assert ("Traceback" in error) is (code == 3)


def test_reader_that_leaves() -> None:
    """A reader of stdout that goes away changes no exit code and causes no traceback."""
    command = f"{sys.executable} -m harness doctor --json; echo code $? >&2"
    pipe = subprocess.PIPE
    with subprocess.Popen(["bash", "-c", command], cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        error = process.stderr.read()
    assert error.splitlines()[-1] in ("code 0", "code 3")
    assert "Traceback" not in error
    assert "BrokenPipe" not in error


def test_check_is_a_scenario() -> None:
    """What `check` stands for: cold boot, snapshot, warm boot with the variables, nothing changed."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    words = ["-f", "a/c.yml", "--service", "web", "--env", "API_TOKEN=s3cret-value", "--allow-drift", "audit_*"]
    scenario = scenario_of(parser.parse_args(words))
    assert [str(step) for step in scenario.steps] == [
        "cold boot",
        "snapshot cold",
        "warm boot of web with API_TOKEN",
        "unchanged since cold",
    ]
    assert scenario.secrets == {"s3cret-value"}
    assert scenario.compose.directory == Path.cwd() / "a"

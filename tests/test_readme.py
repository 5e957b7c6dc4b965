"""The README says the truth: its commands, options, exit codes, keys and scenarios are those of the code."""

from __future__ import annotations

import importlib
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from harness import pytest_plugin
from harness.cli import COMMANDS, main
from harness.ladder.styles import STYLES
from harness.outcome import EXIT_CODES, Verdict
from harness.scenario.load import load
from harness.scenario.schema import schema

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def rows(header: str) -> list[str]:
    """Return the first cells of the table under a header's first cell, without code marks."""
    table = README.partition(f"| {header} |")[2].partition("\n\n")[0]
    return [line.split("|")[1].strip().strip("`") for line in table.splitlines()[2:]]


def options(command: str) -> set[str]:
    """Return the long options of a command."""
    parser = ArgumentParser()
    importlib.import_module(f"harness.cli.{command}").add_arguments(parser)
    return set(re.findall(r"--[a-z][a-z-]+", parser.format_help()))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    """A command that nobody reads about is not there."""
    assert f"bootsmoke {command}" in README


def test_every_option_that_the_readme_names_exists() -> None:
    """In the table, in code, or in an example."""
    plugin = re.findall(r'"(--bootsmoke-[a-z]+)"', Path(pytest_plugin.__file__).read_text())
    known = {"--help", "--junitxml", *plugin}.union(*(options(command) for command in COMMANDS))
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert named - known == set()


def test_every_exit_code_has_its_row() -> None:
    """The contract that other people's CI relies on."""
    assert rows("exit code") == [str(code) for code in sorted(set(EXIT_CODES.values()))]


def test_every_verdict_is_explained() -> None:
    """A word in a report can be looked up."""
    missing = [verdict for verdict in Verdict if verdict not in README]
    assert missing == []


def test_every_scenario_has_its_row() -> None:
    """The table is the list of the folders."""
    folders = sorted(path.parent.name for path in (ROOT / "scenarios").glob("*/scenario.yaml"))
    assert sorted(rows("scenario")) == folders


def test_the_scenario_in_the_readme_can_be_loaded(tmp_path: Path) -> None:
    """Whoever copies it gets no error."""
    text = README.partition("```yaml\n")[2].partition("```")[0]
    folder = tmp_path / "scenarios/example"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (folder / "scenario.yaml").write_text(text)
    (folder / "000044_extra.up.sql").write_text("SELECT 1;\n")
    (tmp_path / "compose").mkdir()
    (tmp_path / "compose/docker-compose.yml").write_text("services: {server: {image: x}}\n")
    assert [str(step) for step in load(folder).steps] == [
        "cold boot",
        "POST /api/v1/auth/bootstrap gives 201",
        "snapshot before",
        "warm boot of what depends on Postgres",
        "unchanged since before",
        "stop postgres",
        "within 30 s: GET /readyz gives 503",
        "start postgres",
        "sql SELECT count(*) FROM api_keys",
    ]


def test_every_step_and_key_of_a_scenario_is_in_the_readme() -> None:
    """What an editor completes can be looked up."""
    section = README.partition("## Scenarios\n")[2].partition("\n## ")[0]
    words = set(re.findall(r"[a-z_]+", section))
    assert keys_of(schema()) - words == set()


def keys_of(node: Any) -> set[str]:
    """Return the names of all properties in a JSON Schema."""
    if isinstance(node, list):
        return set().union(*map(keys_of, node))
    if not isinstance(node, dict):
        return set()
    mine = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
    return mine.union(*map(keys_of, node.values()))


@pytest.mark.postgres
def test_the_replay_in_the_readme_is_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example is a real run: only versions, times and sizes may differ."""
    example = README.partition("$ bootsmoke replay ")[2].partition("```")[0]
    monkeypatch.chdir(ROOT)
    folder, _, output = example.partition("\n")
    assert main(["replay", folder]) == 1
    assert _without_measures(capsys.readouterr().out) == _without_measures(output)


def _without_measures(text: str) -> str:
    return re.sub(r"\d+\.\d+( s)?|\d+ k?B", "N", text)


def test_every_style_is_in_the_readme() -> None:
    """Whoever uses a tool learns that its layout is known."""
    ours = {"numbered", "plain", "tree"}
    assert {style.name for style in STYLES if style.name not in README.lower()} <= ours


@pytest.mark.parametrize("target", ["smoke", "test", "help", "engine-stop", "mutants"])
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    """Two commands set up a machine; they have to be there."""
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)

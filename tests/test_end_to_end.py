"""The main job for real: the command, real containers, a real ladder, a real crashloop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.engine import Engine
from harness.engine.labels import RUN

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[1]
STACK = ROOT / "compose/docker-compose.yml"


@pytest.fixture
def environment(engine_address: str) -> dict[str, str]:
    """Return the process's environment, with the engine that the tests use."""
    return {**os.environ, "DOCKER_HOST": engine_address, "NO_COLOR": "1"}


def command(*words: str | Path) -> list[str]:
    """Return the command line of bootsmoke as this interpreter runs it."""
    return [sys.executable, "-m", "harness", *map(str, words)]


def bootsmoke(environment: dict[str, str], folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run bootsmoke from the checkout, with its runs in `folder`."""
    whole = command(*words, "--runs", folder)
    return subprocess.run(
        whole, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False
    )


def document(done: subprocess.CompletedProcess[str], exit_code: int) -> dict[str, Any]:
    """Return the one JSON document on stdout of a command that ended as it should have."""
    assert done.returncode == exit_code, done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_all_scenarios_pass_and_leave_nothing_behind(
    environment: dict[str, str], docker_engine: Engine, tmp_path: Path
) -> None:
    """Every folder of scenarios, two at once, on one engine."""
    told = document(bootsmoke(environment, tmp_path, "run", "-j", "2", "--stability", "1", "--json"), 0)
    assert told["outcome"] == "passed"
    names = [path.parent.name for path in (ROOT / "scenarios").glob("*/scenario.yaml")]
    assert {each["name"]: each["outcome"] for each in told["scenarios"]} == dict.fromkeys(names, "passed")
    run_id = Path(told["run_dir"]).name
    assert docker_engine.list_resources({RUN: run_id}) == []


def test_check_passes_on_the_reference_stack_with_no_scenario_at_all(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Cold boot, warm boot, no drift; both boots are reported."""
    done = bootsmoke(
        environment, tmp_path, "check", "-f", STACK, "--service", "server", "--stability", "3", "--json"
    )
    (scenario,) = document(done, 0)["scenarios"]
    boots = [(boot["kind"], boot["service"], boot["verdict"]) for boot in scenario["boots"]]
    assert boots == [("cold", "postgres", "ready"), ("cold", "server", "ready"), ("warm", "server", "ready")]
    assert scenario["drift"] == scenario["left_behind"] == []


def test_check_names_the_statement_that_breaks_the_warm_boot(environment: dict[str, str], tmp_path: Path) -> None:
    """File, line, object and SQLSTATE, within half a second of the first crash."""
    broken = ROOT / "compose/broken/unguarded-check.yml"
    files = ("-f", STACK, "-f", broken, "--service", "server", "--stability", "1")
    told = document(bootsmoke(environment, tmp_path, "check", *files, "--json"), 1)
    failed = told["scenarios"][0]["boots"][-1]
    cause = failed["cause"]
    assert (failed["kind"], failed["verdict"], failed["crashes"]) == ("warm", "failed", 1)
    assert (cause["sqlstate"], cause["object"]) == ("42710", "actor_roles_scope_type_enum")
    source = (ROOT / cause["path"]).read_text().splitlines()
    assert Path(cause["path"]).name == "000043_actor_role_scope.up.sql"
    assert "ADD CONSTRAINT actor_roles_scope_type_enum" in " ".join(source[cause["line"] - 1 : cause["line"] + 1])
    assert cause["latency_ms"] <= 500
    journal = (Path(told["run_dir"]) / "journal.jsonl").read_text()
    # A fix takes three seconds, on a machine that does little else.
    is_late = "no fix was found within 10 s" in journal
    assert is_late or cause["fix"].startswith(f"--- {cause['path']}\n+++ {cause['path']}\n@@")
    again = command(*cause["repro"].split()[1:], "--output", tmp_path / "repro")
    assert subprocess.run(again, cwd=ROOT, env=environment, check=False).returncode == 1


def test_the_last_lines_are_verdict_cause_place_advice_and_evidence(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Whoever reads only the end of a log knows what to do."""
    broken = ROOT / "compose/broken/conflict-target.yml"
    files = ("-f", STACK, "-f", broken, "--service", "server", "--stability", "1")
    done = bootsmoke(environment, tmp_path, "check", *files)
    assert done.returncode == 1
    places = [done.stdout.index(word) for word in ("FAILED", "cause", "000029_rbac.up.sql:", "  do", "evidence")]
    assert places == sorted(places)


def test_a_second_run_on_the_same_engine_is_not_in_the_way(environment: dict[str, str], tmp_path: Path) -> None:
    """Each run has a project, ports and volumes of its own."""
    words = ("check", "-f", STACK, "--stability", "1", "--runs", tmp_path, "--json")
    runs = [
        subprocess.Popen(command(*words), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    ended = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ended

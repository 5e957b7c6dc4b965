"""The pytest plugin, as a project that has bootsmoke installed meets it."""

from __future__ import annotations

import inspect
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from harness.engine import Engine
from harness.engine.labels import RUN
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

_WITH_DATABASE = """
import psycopg

def test_rows_are_gone_after_a_test(replayed_database):
    with psycopg.connect(replayed_database) as connection:
        assert connection.execute("SELECT count(*) FROM a").fetchone() == (0,)
        connection.execute("INSERT INTO a VALUES (1)")

test_again = test_rows_are_gone_after_a_test

def test_the_ladder(ladder):
    assert [migration.name for migration in ladder.migrations] == ["1.sql"]
"""
_OWN_LADDER = """
import pytest
from harness import find_ladder

@pytest.fixture(scope="session")
def ladder():
    return find_ladder("elsewhere")
"""
_WITH_STACK = """
import urllib.request
import pytest
from harness import BootsmokeError

@pytest.fixture(scope="session")
def boot_stack_files():
    return ["compose/docker-compose.yml", "compose/broken/unguarded-check.yml"]

def test_it_is_asked(boot_stack):
    assert boot_stack.sql("SELECT 1, NULL") == [("1", None)]
    assert "listening" in boot_stack.log("server")
    with urllib.request.urlopen(f"http://{boot_stack.address('server')}/readyz") as answer:
        assert answer.status == 200

def test_a_change_is_told(boot_stack):
    boot_stack.remember()
    boot_stack.sql("CREATE TABLE left_here (id int)")
    boot_stack.assert_unchanged()

def test_an_unknown_service(boot_stack):
    with pytest.raises(BootsmokeError, match="unknown service `servr`; did you mean `server`"):
        boot_stack.warm_boot("servr")

def test_a_boot_that_fails(boot_stack):
    boot_stack.warm_boot("server", environment={"BOOTSTRAP_TOKEN": "a-fresh-one"})
"""
_COMPOSE = Path(__file__).parents[1] / "compose"
_RED = """
compose: {files: [../../compose/docker-compose.yml, ../../compose/broken/unguarded-check.yml]}
stability: 0.5
steps:
  - boot: cold
  - boot: warm
"""
_GREEN = """
compose: {files: [../../compose/docker-compose.yml]}
stability: 0.5
steps:
  - boot: cold
"""


def pytest_in(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a project of its own, with warnings as errors."""
    command = [sys.executable, "-m", "pytest", "-W", "error", "-p", "no:randomly", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def scenario(folder: Path, name: str, text: str) -> None:
    """Write a scenario of the reference stack, a copy of which is in the same project."""
    if not (folder / "compose").exists():
        shutil.copytree(_COMPOSE, folder / "compose")
    file = folder / "scenarios" / name / "scenario.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)


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
    done = pytest_in(tmp_path, "-q")
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


_HEAVY = ["docker", "postgast", "psycopg", "rich", "tenacity", "urllib3", "yaml"]


def test_nothing_heavy_is_imported() -> None:
    """Every pytest run of a project that has bootsmoke installed loads the plugin: it has to cost nothing."""
    program = f"import sys, harness.pytest_plugin; print([name for name in {_HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_nothing_heavy_is_imported_where_there_is_no_scenario(tmp_path: Path) -> None:
    """Another tool's scenario.yaml is left alone, and costs nothing either."""
    (tmp_path / "scenario.yaml").write_text("steps: [{run: x}]\n")
    (tmp_path / "test_a.py").write_text(
        f"import sys\n\ndef test_a():\n    assert not [name for name in {_HEAVY} if name in sys.modules]\n"
    )
    done = pytest_in(tmp_path, "-q", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
    assert "1 passed" in done.stdout, done.stdout


def test_scenarios_are_items_of_their_folders(tmp_path: Path) -> None:
    """Each scenario is one test, chosen by path, by -k and by the marker."""
    for name in ("one", "two"):
        scenario(tmp_path, name, _GREEN)
    (tmp_path / "test_a.py").write_text("def test_a(): pass\n")
    whole = pytest_in(tmp_path, "-q", "--collect-only", "--strict-markers", "-m", "bootsmoke")
    assert "scenarios/one/scenario.yaml::one\nscenarios/two/scenario.yaml::two\n" in whole.stdout, whole.stderr
    assert "test_a" not in whole.stdout
    chosen = pytest_in(tmp_path, "-q", "--collect-only", "-k", "two", "scenarios")
    assert "::two" in chosen.stdout
    assert "::one" not in chosen.stdout


def test_a_mistake_in_a_scenario_is_told_with_its_place(tmp_path: Path) -> None:
    """An error of the collection, without a traceback."""
    scenario(tmp_path, "bad", _GREEN.replace("boot: cold", "boott: cold"))
    done = pytest_in(tmp_path, "scenarios")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "scenarios/bad/scenario.yaml:5:5: this is no known step; did you mean `boot`?" in done.stdout
    assert "Traceback" not in done.stdout


def test_an_engine_that_is_missing_is_an_error_and_no_failed_scenario(tmp_path: Path) -> None:
    """What keeps a scenario from being run is told as such, without a traceback."""
    scenario(tmp_path, "green", _GREEN)
    done = pytest_in(tmp_path, "scenarios", DOCKER_HOST=f"unix://{tmp_path}/nowhere.sock")
    assert "1 error in" in done.stdout
    assert "no answer" in done.stdout or "nowhere.sock" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.postgres
def test_each_test_gets_a_replayed_database_of_its_own(tmp_path: Path) -> None:
    """The ladder is found below the root, booted twice once a session, and copied for each test."""
    ladder(tmp_path / "migrations", "CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);\n")
    (tmp_path / "test_a.py").write_text(_WITH_DATABASE)
    done = pytest_in(tmp_path, "-q")
    assert "3 passed" in done.stdout, done.stdout


@pytest.mark.postgres
def test_the_ladder_can_be_another_one(tmp_path: Path) -> None:
    """A fixture of the project's own stands in for it; a ladder that does not boot twice fails what needs it."""
    ladder(tmp_path / "elsewhere", "CREATE TABLE a (id int PRIMARY KEY);\n")
    (tmp_path / "conftest.py").write_text(_OWN_LADDER)
    (tmp_path / "test_a.py").write_text("def test_a(replayed_database): pass\n")
    done = pytest_in(tmp_path, "-q")
    assert 'the warm boot of the ladder fails at elsewhere/1.sql:1: 42P07 relation "a" already' in done.stdout


@pytest.mark.docker
def test_scenarios_run_side_by_side_and_tell_their_causes(engine_address: str, tmp_path: Path) -> None:
    """With xdist and --junitxml: what is red says why, with the failing service's log; what is green is silent."""
    scenario(tmp_path, "red", _RED)
    scenario(tmp_path, "green", _GREEN)
    done = pytest_in(tmp_path, "scenarios", "-n", "2", "--junitxml=j.xml", DOCKER_HOST=engine_address)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "000043_actor_role_scope.up.sql:11" in done.stdout
    assert "Captured log of server-1" in done.stdout
    assert "Captured log of postgres" not in done.stdout
    cases = {case.get("name"): case for case in ET.parse(tmp_path / "j.xml").iter("testcase")}  # noqa: S314 - ours
    failure = cases["red"].find("failure")
    assert failure is not None
    assert "BOOT101 a migration makes what already exists (SQLSTATE 42710)" in (failure.text or "")
    assert [kept.get("value") for kept in cases["red"].iter("property")][1:] == ["BOOT101"]
    assert cases["green"].find("failure") is None


@pytest.mark.docker
def test_a_stack_in_the_hands_of_tests(engine_address: str, docker_engine: Engine, tmp_path: Path) -> None:
    """It is asked over HTTP and SQL, tells drift and a failing boot with its cause, and is gone."""
    shutil.copytree(_COMPOSE, tmp_path / "compose")
    (tmp_path / "test_a.py").write_text(_WITH_STACK)
    done = pytest_in(tmp_path, DOCKER_HOST=engine_address)
    assert "2 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "the warm boot changed the database: " in done.stdout
    assert "left_here" in done.stdout
    assert "AssertionError: warm boot: expected ready, got failed" in done.stdout
    assert "BOOT101 a migration makes what already exists" in done.stdout
    (run,) = (tmp_path / ".bootsmoke").glob("2*")
    assert docker_engine.list_resources({RUN: run.name}) == []


@pytest.mark.docker
def test_ctrl_c_ends_the_session_and_leaves_nothing(
    engine_address: str, docker_engine: Engine, tmp_path: Path
) -> None:
    """The scenario that is under way is cleaned up, and no further test runs."""
    scenario(tmp_path, "a", _GREEN)
    (tmp_path / "test_z.py").write_text("def test_z(): pass\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "scenarios",
        "test_z.py",
    ]
    environment = os.environ | {"DOCKER_HOST": engine_address}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        run_id = _wait_for_containers(docker_engine, tmp_path)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    assert "passed" not in output
    assert docker_engine.list_resources({RUN: run_id}) == []


def _wait_for_containers(engine: Engine, project: Path, within: float = 60.0) -> str:
    """Return the id of the project's one run once it has made something."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        for run in (project / ".bootsmoke").glob("2*"):
            if engine.list_resources({RUN: run.name}):
                return run.name
        time.sleep(0.05)
    raise AssertionError("nothing was made")

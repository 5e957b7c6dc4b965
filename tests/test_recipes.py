"""The recipes for CI that people copy: valid, pinned, of commands that exist, and carried out."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cli import parser_for

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github/workflows/nightly-smoke.yml"
GITLAB = ROOT / ".gitlab-ci.yml"
_MAKE_SMOKE = re.compile(r'make smoke SMOKE="([^"]*)"')


def steps_of_github() -> Iterator[dict[str, Any]]:
    """Yield each step of the workflow."""
    for job in yaml.safe_load(GITHUB.read_text())["jobs"].values():
        yield from job["steps"]


def commands() -> list[str]:
    """Return every shell line of the recipes; `make smoke` as the command that it runs."""
    shell = [step["run"] for step in steps_of_github() if "run" in step]
    jobs = yaml.safe_load(GITLAB.read_text())
    shell += [line for job in jobs.values() for line in job["script"]]
    return [_MAKE_SMOKE.sub(r"bootsmoke run -j 2 \1", line) for text in shell for line in text.splitlines()]


@pytest.mark.parametrize(("schema", "file"), [("github-workflows", GITHUB), ("gitlab-ci", GITLAB)])
def test_each_recipe_is_valid(schema: str, file: Path) -> None:
    """The published schemas of GitHub and GitLab, which check-jsonschema carries, find nothing."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_action_is_pinned_to_a_commit() -> None:
    """A tag can be moved; 40 digits cannot."""
    used = [step["uses"] for step in steps_of_github() if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name)] == []


def test_each_command_exists_with_its_options() -> None:
    """Every call of bootsmoke in a recipe is one that its own parser takes."""
    calls = [shlex.split(line.partition(" > ")[0])[1:] for line in commands() if line.startswith("bootsmoke ")]
    assert {call[0] for call in calls} == {"guard", "run"}
    for call in calls:
        parser_for(call).parse_args(call)


def test_no_job_may_do_more_than_it_needs_or_run_for_ever() -> None:
    """Read-only by default, write access for code scanning alone, and a time limit on each job."""
    workflow = yaml.safe_load(GITHUB.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    granted = {name: job.get("permissions") for name, job in workflow["jobs"].items()}
    assert granted == {"guard": {"contents": "read", "security-events": "write"}, "smoke": None}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


@pytest.mark.docker
@pytest.mark.timeout(300)
def test_the_smoke_step_leaves_what_the_next_steps_keep(engine_address: str, tmp_path: Path) -> None:
    """The step's own command, as GitHub's shell runs it, with one scenario: artifacts, summary, exit code 0."""
    (step,) = (step for step in steps_of_github() if step.get("name") == "Smoke")
    project = tmp_path / "project"
    shutil.copytree(ROOT, project, symlinks=True, ignore=shutil.ignore_patterns(".*", "tests", "__pycache__"))
    (project / ".venv").symlink_to(Path(sys.prefix))
    for made_of in ("pyproject.toml", "compose/host/venv.py"):  # make takes the environment of these tests as new
        os.utime(project / made_of, (0, 0))
    summary = tmp_path / "summary.md"
    summary.touch()
    environment = os.environ | {
        "DOCKER_HOST": engine_address,
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_WORKSPACE": str(project),
    }
    script = step["run"].replace('SMOKE="', 'SMOKE="-k crashloop-unguarded-check ')
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "crashloop-unguarded-check" in summary.read_text()
    (upload,) = (step for step in steps_of_github() if "upload-artifact" in step.get("uses", ""))
    for pattern in upload["with"]["path"].split():
        assert list(project.glob(pattern)), pattern


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_the_pre_commit_hook_refuses_a_statement_that_does_not_replay(tmp_path: Path) -> None:
    """pre-commit installs the hook from this repository, runs it, and stops the commit."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "bootsmoke.toml").write_text('[guard]\npaths = ["db"]\nrunner = "every-boot"\n')
    (tmp_path / "db").mkdir()
    (tmp_path / "db/1_a.sql").write_text("CREATE TABLE a (id int);\n")
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "bootsmoke-guard", "--all-files"]
    environment = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "db/1_a.sql:1" in done.stdout, done.stdout + done.stderr

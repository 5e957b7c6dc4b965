"""Failures that are no migration's, each made by real containers: one run of many small projects at once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.journal import Record, read
from tests.behaviours.image import IMAGE
from tests.faults.smoke import POSTGRES, client, shell

pytestmark = pytest.mark.docker

REPOSITORY = Path(__file__).parents[2]
STAY = "exec sleep 300"
ASK = "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz')"


@dataclass(frozen=True)
class Case:
    """A service that fails, and what has to be said of it."""

    code: str
    says: str
    """In the message."""
    service: Mapping[str, Any]
    others: Mapping[str, Any] = field(default_factory=dict)
    more: str = ""
    """Of the scenario."""


NOT_YET: dict[str, Any] = {"test": ["CMD", "test", "-e", "/up"], "interval": "30s"}
"""What dies slowly on a busy machine would pass for ready without a healthcheck."""


def health(*test: str, **settings: Any) -> dict[str, Any]:
    """Return a healthcheck that gives up soon."""
    return {"healthcheck": {"test": list(test), "interval": "500ms", "timeout": "5s", "retries": 2, **settings}}


def python(program: str, **settings: Any) -> dict[str, Any]:
    """Return a service that runs a Python program that does not stay."""
    words = ["python3", "-IS", "-c", program]
    return {"image": IMAGE, "init": True, "entrypoint": words, "healthcheck": NOT_YET, **settings}


def script(text: str, **settings: Any) -> dict[str, Any]:
    """Return a service that runs a shell script that does not stay."""
    return shell(text, healthcheck=NOT_YET, **settings)


CASES = {
    "memory": Case("BOOT203", "a memory limit of 32 MiB", python("bytearray(400_000_000)", mem_limit="32m")),
    "heap": Case("BOOT204", "MemoryError", python("bytearray(1 << 60)")),
    "signal": Case("BOOT205", "exited with code 139", script("kill -s SEGV $$$$")),
    "loop": Case("BOOT201", "oh no", script("echo oh no; exit 3", restart="always")),
    "ended": Case("BOOT202", "bye", script("echo bye")),
    "no-program": Case("BOOT401", "/app/server", {"image": IMAGE, "entrypoint": ["/app/server"]}),
    "no-command": Case("BOOT401", "servr", script("servr")),
    "not-executable": Case("BOOT401", "/etc/passwd", script("/etc/passwd")),
    "no-module": Case("BOOT401", "No module named 'shop'", python("import shop")),
    "format": Case(
        "BOOT406",
        "exec format error",
        {"image": IMAGE, "entrypoint": ["/run-it"], "volumes": ["./run-it:/run-it:ro"]},
    ),
    "port": Case(
        "BOOT402",
        "Address already in use",
        python("import socket\nfor n in range(2): globals()[f's{n}'] = socket.create_server(('', 80))"),
    ),
    "space": Case(
        "BOOT405", "No space left", script("dd if=/dev/zero of=/data/x bs=1k count=200", tmpfs=["/data:size=64k"])
    ),
    "setting": Case("BOOT412", "DATABASE_URL", script(": $${DATABASE_URL:?}")),
    "permission": Case("BOOT413", "/data/x", script("touch /data/x", user="1000:1000", volumes=["data:/data"])),
    "read-only": Case("BOOT414", "Read-only", script("touch /x", read_only=True)),
    "unknown-host": Case(
        "BOOT407",
        "gaierror",
        python("import socket; socket.create_connection(('postgers', 5432))", networks=["default"]),
    ),
    "refused": Case(
        "BOOT403",
        "refused",
        python(
            "import socket; socket.create_connection(('127.0.0.1', 5432))",
            depends_on={"postgres": {"condition": "service_healthy"}},
        ),
        {"postgres": POSTGRES},
    ),
    "not-awaited": Case(
        "BOOT415",
        "postgres was not ready yet",
        client(depends_on=["postgres"], restart="no"),
        {"postgres": POSTGRES},
    ),
    "engine": Case("BOOT901", "sysctl", shell(STAY, sysctls={"kernel.bootsmoke": "1"})),
    "unhealthy": Case("BOOT301", "not today", shell(STAY, **health("CMD-SHELL", "echo not today; exit 1"))),
    "no-answer": Case("BOOT302", "no answer", shell(STAY, **health("CMD", "sleep", "60")), more="timeout: 1s\n"),
    "health-command": Case("BOOT303", "curl", shell(STAY, **health("CMD", "curl", "-f", "http://127.0.0.1/"))),
    "health-shell": Case("BOOT303", "curl", shell(STAY, **health("CMD-SHELL", "curl -f http://127.0.0.1/"))),
    "health-path": Case(
        "BOOT304",
        "404",
        {
            "image": IMAGE,
            "init": True,
            "entrypoint": ["python3", "-m", "http.server"],
            **health("CMD", "python3", "-ISc", ASK, interval="1s"),
        },
    ),
    "health-port": Case("BOOT306", "refused", shell(STAY, **health("CMD", "python3", "-ISc", ASK))),
    "health-slow": Case(
        "BOOT307", "timeout", shell(STAY, **health("CMD", "sleep", "60", timeout="500ms", retries=1))
    ),
    "impatient": Case(
        "BOOT305",
        "gave up at",
        shell("sleep 5.2; touch /up; exec sleep 300", **health("CMD", "test", "-e", "/up", interval="2s")),
    ),
}
DEAF = shell("trap '' TERM; while :; do sleep 0.2; done", init=False, stop_grace_period="6s")
SLOW = health("CMD", "true", interval="30s")


def lay(folder: Path, services: Mapping[str, Any], steps: str, more: str = "") -> None:
    """Write a scenario."""
    folder.mkdir()
    (folder / "run-it").write_text("neither a script nor a program\n")
    (folder / "run-it").chmod(0o755)
    project = {"name": "shop", "services": services, "volumes": {"data": {}}}
    (folder / "compose.yaml").write_text(json.dumps(project))
    (folder / "scenario.yaml").write_text(
        f"compose: {{files: [compose.yaml]}}\nservice: app\n{more}steps:\n{steps}"
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, engine_address: str) -> dict[str, list[Record]]:
    """Run all cases, and return the records of each."""
    top = tmp_path_factory.mktemp("causes")
    (top / "scenarios").mkdir()
    for name, case in CASES.items():
        lay(top / "scenarios" / name, {"app": case.service, **case.others}, "  - boot: cold\n", case.more)
    lay(top / "scenarios" / "slow", {"app": {**DEAF, **SLOW}}, "  - boot: cold\n  - recreate: app\n")
    words = [
        "run",
        "-j",
        "8",
        "--stability",
        "0.2",
        "--no-color",
        "--runs",
        str(top / "runs"),
        str(top / "scenarios"),
    ]
    environment = {**os.environ, "DOCKER_HOST": engine_address, "PYTHONPATH": str(REPOSITORY)}
    ended = subprocess.run(
        [sys.executable, "-m", "harness", *words],
        check=False, cwd=top, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    found: dict[str, list[Record]] = {}
    for record in read(next((top / "runs").glob("*/journal.jsonl"))):
        found.setdefault(record.data.get("scenario", ""), []).append(record)
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_failure_of_a_container_has_its_cause(told: dict[str, list[Record]], name: str) -> None:
    """Code and message tell what was done to it."""
    finished = next(record for record in told[name] if record.kind == "boot.finished")
    (cause,) = [result["cause"] for result in finished.data["results"] if result["cause"]]
    assert (cause["code"], cause["service"]) == (CASES[name].code, "app"), cause
    assert CASES[name].says in cause["message"]


def test_advice_is_given_on_a_green_run(told: dict[str, list[Record]]) -> None:
    """What its interval and its deafness cost is measured, and told once each."""
    assert told["slow"][-1].data["outcome"] == "passed"
    advice = [record.data for record in told["slow"] if record.kind == "advice"]
    assert [one["code"] for one in advice] == ["BOOT501", "BOOT502"]
    assert "reported at 30 s: its healthcheck's interval costs" in advice[0]["text"]
    assert re.search(r"app ignores SIGTERM: [678]\.\d s lost at every recreate", advice[1]["text"])

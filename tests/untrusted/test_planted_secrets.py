"""Forty secrets, planted wherever a stack keeps some and logged in all their forms: no output holds one."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from harness.redact import Redactor
from tests.behaviours.image import IMAGE

pytestmark = [pytest.mark.docker, pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[2]
LOUD = 'cat /leak.txt; env; cat /run/secrets/*; echo ordinary words stay; [ -z "$CRASH" ] || exit 1; sleep 1000'
COMPOSE = """\
services:
  loud:
    image: {image}
    entrypoint: [sh, -c, {loud}, serve, "--token=${{DOTENV_TOKEN_0}}", "--dsn=postgres://app:{command}@db/app"]
    environment:
{environment}
    env_file: [app.env]
    secrets: [{names}]
    stop_grace_period: 0s
secrets:
{secrets}
"""
SCENARIO = """\
about: It logs whatever it knows, and crashes at the warm boot.
compose: {{files: [compose.yml], environment: {{GIVEN_TOKEN: "{given}"}}}}
stability: 0.2
put: [{{service: loud, file: leak.txt, to: /leak.txt}}]
variables: {{fresh: random}}
steps:
  - boot: cold
  - recreate: loud
    environment: {{CRASH: "1", STEP_PASSWORD: "{step}", FRESH: "${{fresh}}"}}
"""


def _planted() -> dict[str, str]:
    """Make forty secrets with signs that look different in a URL, in JSON and in base64."""
    places = {"environment": 8, "file": 8, "secret": 8, "url": 8, "dotenv": 4, "guess": 1}
    names = [f"{place}{number}" for place, count in places.items() for number in range(count)]
    made = {name: f"{secrets.token_urlsafe(9)}/+ä&<{secrets.token_urlsafe(9)}" for name in names}
    alone = ("command0", "given0", "step0", "guess0")
    return made | {name: f"x9{secrets.token_hex(14)}" for name in alone}


def _forms(secret: str) -> list[str]:
    raw = secret.encode()
    shifted = [base64.b64encode(b"user:"[:count] + raw + b"!").decode() for count in range(4)]
    return [secret, quote(secret, safe=""), json.dumps(secret), json.dumps(json.dumps(secret)), *shifted]


def _write(folder: Path, planted: dict[str, str]) -> None:
    """Write the scenario, with each secret where its name says."""
    of = {place: [text for name, text in planted.items() if name.startswith(place)] for place in PLACES}
    environment = [f"APP_SECRET_{n}: '{text}'" for n, text in enumerate(of["environment"])]
    environment += [f"URL_{n}: 'https://app:{quote(text, safe='')}@host/'" for n, text in enumerate(of["url"])]
    environment += [f"DOTENV_{n}: '${{DOTENV_TOKEN_{n}}}'" for n in range(4)]
    environment += [f"PEPPER: {planted['guess0']}", "GIVEN: '${GIVEN_TOKEN}'"]
    for number, text in enumerate(of["secret"]):
        (folder / f"secret{number}").write_text(f"{text}\n")
    numbers = range(len(of["secret"]))
    (folder / "app.env").write_text("".join(f"FILE_KEY_{n}='{t}'\n" for n, t in enumerate(of["file"])))
    (folder / ".env").write_text("".join(f"DOTENV_TOKEN_{n}='{t}'\n" for n, t in enumerate(of["dotenv"])))
    (folder / "leak.txt").write_text("\n".join(f"level=error {f}" for s in planted.values() for f in _forms(s)))
    (folder / "compose.yml").write_text(
        COMPOSE.format(
            image=IMAGE,
            loud=json.dumps(LOUD.replace("$", "$$")),
            command=planted["command0"],
            environment="\n".join(f"      {line}" for line in environment),
            names=", ".join(f"s{n}" for n in numbers),
            secrets="\n".join(f"  s{n}: {{file: ./secret{n}}}" for n in numbers),
        )
    )
    (folder / "scenario.yaml").write_text(SCENARIO.format(given=planted["given0"], step=planted["step0"]))


PLACES = ("environment", "file", "secret", "url", "dotenv")


def test_no_output_holds_one_of_forty_planted_secrets(engine_address: str, tmp_path: Path) -> None:
    """Not what is printed, not the journal, not a log, not a report; and the words around them are there."""
    planted = _planted()
    assert len(planted) == 40
    folder, runs = tmp_path / "loud", tmp_path / "runs"
    folder.mkdir()
    runs.mkdir()
    _write(folder, planted)
    reports = ["--json", "--html", str(tmp_path / "runs/page.html"), "--junit", str(tmp_path / "runs/a.xml")]
    command = [sys.executable, "-m", "harness", "run", str(folder), "--runs", str(runs), *reports]
    environment = {**os.environ, "DOCKER_HOST": engine_address, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    files = [file for file in runs.rglob("*") if file.is_file()]
    texts = {str(file): file.read_text(errors="replace") for file in files}
    texts |= {"stdout": done.stdout, "stderr": done.stderr}
    forms = [form for secret in planted.values() for form in _forms(secret)]
    assert [(name, form) for name, text in texts.items() for form in forms if form.strip("=") in text] == []
    redactor = Redactor(planted.values())
    assert [name for name, text in texts.items() if redactor.holds_secret(text)] == []
    assert any("ordinary words stay" in text for name, text in texts.items() if name.endswith(".log"))

"""A scenario that cannot fail holds nothing: each goes red, for the right reason, when its property is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.boot import Settings
from harness.engine import Engine
from harness.journal import read
from harness.outcome import Outcome
from harness.scenario.prepare import prepare
from harness.scenario.run import Options, Run
from tests.scenarios.mutants import FAST, SLOW, Mutant

pytestmark = [pytest.mark.docker, pytest.mark.timeout(180)]

OPTIONS = Settings(stability=0.5)
"""What is broken shows at once: green need not last."""


def red(mutant: Mutant) -> Any:
    """Return a test's parameter under the scenario's name; the slow ones are left to `make mutants`."""
    return pytest.param(mutant, id=mutant.scenario, marks=[pytest.mark.mutants] if mutant in SLOW else [])


@pytest.mark.parametrize("mutant", [red(mutant) for mutant in (*FAST, *SLOW)])
def test_a_broken_property_turns_its_scenario_red(mutant: Mutant, docker_engine: Engine, tmp_path: Path) -> None:
    """The outcome is failed, and the message and the cause are those of what was broken."""
    run = Run(docker_engine, Options(settings=OPTIONS, runs=tmp_path / "runs"))
    outcome = run.carry_out([prepare(mutant.build(tmp_path))], [])
    records = list(read(run.folder / "journal.jsonl"))
    (message,) = (record.data["message"] for record in records if record.kind == "scenario.finished")
    assert outcome is Outcome.FAILED, message
    assert mutant.message in message
    causes = [
        (result["cause"]["code"], Path(result["cause"]["path"] or "").name)
        for record in records
        if record.kind == "boot.finished"
        for result in record.data["results"]
        if result["cause"]
    ]
    assert causes[-1:] == ([mutant.cause] if mutant.cause else [])

"""The document that `check --json` and `run --json` print, schema 1: keys are added, never renamed or removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.journal import Record
from harness.report.model import Scenario
from harness.report.reading import read_run

SCHEMA = 1


def document(records: Iterable[Record]) -> dict[str, Any]:
    """Return the document of a run.

    A run whose journal breaks off is `inconclusive`, and so is a scenario; one that never began is `skipped`.
    """
    run = read_run(records)
    return {
        "schema": SCHEMA,
        "outcome": run.outcome.value,
        "run_dir": run.folder,
        "id": run.id,
        "seconds": round(run.seconds, 3),
        "engine": dict(run.engine),
        "compose": run.compose,
        "scenarios": [_scenario(scenario) for scenario in run.scenarios],
    }


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "about": scenario.about,
        "outcome": scenario.outcome.value,
        "message": scenario.message,
        "seconds": scenario.seconds,
        "boots": [dict(result.document) for result in scenario.results],
        "drift": [dict(item) for item in scenario.drift],
        "warnings": list(scenario.warnings),
        "advice": list(scenario.advice),
        "left_behind": list(scenario.left_behind),
        "kept": scenario.kept or None,
    }

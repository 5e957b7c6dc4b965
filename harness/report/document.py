"""The document that `check --json` and `run --json` print, schema 1: keys are added, never renamed or removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.journal import Record
from harness.outcome import Outcome
from harness.report.story import Story, Tale

SCHEMA = 1


def document(records: Iterable[Record]) -> dict[str, Any]:
    """Return the document of a run.

    A run whose journal breaks off is `inconclusive`, and so is a scenario; one that never began is `skipped`.
    """
    story = Story.of(records)
    return {
        "schema": SCHEMA,
        "outcome": (story.outcome or Outcome.INCONCLUSIVE).value,
        "run_dir": story.folder,
        "id": story.id,
        "seconds": round(story.seconds, 3),
        "engine": dict(story.engine),
        "compose": story.compose,
        "scenarios": [_scenario(tale) for tale in story.tales.values()],
    }


def _scenario(tale: Tale) -> dict[str, Any]:
    return {
        "name": tale.name,
        "about": tale.about,
        "outcome": outcome_of(tale).value,
        "message": tale.message,
        "seconds": tale.seconds,
        "boots": [dict(result) for result in tale.results],
        "drift": [dict(item) for item in tale.drift],
        "warnings": list(tale.warnings),
        "left_behind": list(tale.left_behind),
        "kept": tale.kept or None,
    }


def outcome_of(tale: Tale) -> Outcome:
    """Return the outcome of a scenario, also of one that never ended or never began."""
    return tale.outcome or (Outcome.INCONCLUSIVE if tale.project else Outcome.SKIPPED)

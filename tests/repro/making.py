"""Ladders and causes for tests."""

from __future__ import annotations

import json
from pathlib import Path

from harness.diagnose.model import Cause
from harness.ladder.discover import find_ladder
from harness.ladder.model import Ladder, Migration

ROOT = Path(__file__).parents[2]
LADDERS = ROOT / "tests/ladders"


def told(case: str) -> dict[str, object]:
    """Return what the replay of a small ladder says."""
    found: dict[str, object] = json.loads((LADDERS / case / "expected.json").read_text())["replay"]
    return found


def broken(case: str) -> Ladder:
    """Return the reference ladder with one of the files that the scenarios put into it."""
    whole = find_ladder(ROOT / "compose/server/migrations")
    return whole.overlay({path.name: path for path in (ROOT / "compose/broken" / case).iterdir()})


def ladder(**files: str) -> Ladder:
    """Return a ladder of files in order; nothing is on disk."""
    migrations = tuple(Migration(f"{name}.sql", Path(f"{name}.sql"), text) for name, text in files.items())
    return Ladder(Path("made"), "numbered", migrations)


def cause(**fields: str | int | None) -> Cause:
    """Return a cause in a migration, with some fields as given."""
    known = {
        "code": "BOOT101",
        "title": "exists",
        "service": "server",
        "message": "it is there",
        "advice": "guard it",
    }
    return Cause(**(known | {"confidence": "matched"} | fields))  # type: ignore[arg-type]

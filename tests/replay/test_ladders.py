"""Small ladders, one for each way to fail or to drift at the second boot, and what a replay says of each.

`tests/ladders/CASE/expected.json` holds it under `replay`. Each line of a drift ends with the statement behind it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.ladder.discover import find_ladder
from harness.replay.apply import StatementError
from harness.replay.model import DataDrift, Place, Replay, SchemaDrift
from harness.replay.run import replay
from harness.replay.server import Server
from harness.report.replay import describe_data, describe_schema

pytestmark = pytest.mark.postgres

LADDERS = Path(__file__).parents[1] / "ladders"
CASES = sorted(path.parent.name for path in LADDERS.glob("*/expected.json"))


def test_every_folder_is_a_case() -> None:
    """A ladder that nobody expects anything of would be tested by nobody."""
    assert sorted(path.name for path in LADDERS.iterdir()) == CASES


@pytest.mark.parametrize("case", CASES)
def test_ladder(case: str, server: Server) -> None:
    """The replay, with canary rows in the tables, finds what the case is there for, and nothing else."""
    found = replay(find_ladder(LADDERS / case), server)
    expected = json.loads((LADDERS / case / "expected.json").read_text())["replay"]
    assert told(found) == expected


def told(found: Replay) -> dict[str, object]:
    """Return a replay's findings in words; what is not there is left out."""
    warm = found.warm
    findings = {
        "cold": found.cold.failure and _failure(found.cold.failure),
        "first_failure": warm and warm.first_failure and _failure(warm.first_failure),
        "failures": [_failure(failure) for failure in warm.failures] if warm else [],
        "drift": [*map(_schema, found.schema_drift), *map(_data, found.data_drift)],
        "rewrites": [f"{each.rows} of {each.table} by {_place(each.place)}" for each in found.rewrites],
        "unfilled": [item.table for item in found.canary.unfilled] if found.canary else [],
    }
    return {"ok": found.ok} | {name: value for name, value in findings.items() if value}


def _failure(error: StatementError) -> str:
    return f"{Path(error.path).name}:{error.line} {error.sqlstate} {error.message}"


def _schema(drift: SchemaDrift) -> str:
    return f"{describe_schema(drift)}{', at every boot' if drift.again else ''}, by {_place(drift.place)}"


def _data(drift: DataDrift) -> str:
    return f"{describe_data(drift)}{', at every boot' if drift.again else ''}, by {_place(drift.place)}"


def _place(place: Place | None) -> str:
    return f"{Path(place.path).name}:{place.line}" if place else "nobody"

"""Every ladder that fails or drifts: it does so again, with the few statements that it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.ladder.discover import find_ladder
from harness.ladder.model import Migration
from harness.replay.server import Server
from harness.repro.api import Around, repro_on
from harness.repro.model import Boot, Repro
from tests.repro.making import LADDERS, broken, told

pytestmark = pytest.mark.postgres

CASES = sorted(path.name for path in LADDERS.iterdir() if (path / "expected.json").is_file())
STOPPED = [case for case in CASES if {"cold", "first_failure"} & told(case).keys()]
KINDS = ("comment-once", "delete-and-seed", "drop-and-create-table", "null-in-conflict-key", "update-resets")
"""One of each kind: the schema, rows that go, come or change, and a table that is made again."""
CHANGED = [
    pytest.param(case, marks=[] if case in KINDS else pytest.mark.soak)
    for case in CASES
    if case not in STOPPED and not told(case)["ok"]
]
FEW = 3
"""Statements that are enough for each of the scenarios' ladders that stops."""
MOST_TRIALS = 40
MOST_SECONDS = 10.0


def needed(found: Repro) -> list[str]:
    """Return the statements that are left, as `file:line`."""
    assert found.part is not None
    return [f"{step.migration.path.name}:{step.statement.line}" for step in found.part.steps]


@pytest.mark.parametrize("case", STOPPED)
def test_a_ladder_that_stops(case: str, server: Server) -> None:
    """It stops at the statement where a replay stops, and few statements are enough for it."""
    found = repro_on(server, find_ladder(LADDERS / case))
    assert found.reproduced
    assert found.failure is not None
    expected = told(case)
    error = found.failure.error
    stop = str(expected.get("cold", expected.get("first_failure")))
    assert f"{Path(error.path).name}:{error.line} {error.sqlstate} {error.message}" == stop
    assert found.failure.boot is (Boot.COLD if "cold" in expected else Boot.WARM)
    assert f"{Path(error.path).name}:{error.line}" in needed(found)
    assert len(needed(found)) <= FEW
    assert found.trials <= MOST_TRIALS


@pytest.mark.parametrize("case", CHANGED)
def test_a_ladder_that_drifts(case: str, server: Server) -> None:
    """What the second boot changes is reproduced where nothing stops it."""
    found = repro_on(server, find_ladder(LADDERS / case))
    assert found.reproduced
    assert found.failure is not None
    assert found.failure.is_change
    assert found.failure.error.message.endswith(("at the second boot", "what was in it is lost"))
    assert found.trials <= MOST_TRIALS


@pytest.mark.parametrize("case", ["safe", "upsert-touches-a-time"])
def test_a_ladder_that_boots_twice(case: str, server: Server) -> None:
    """There is nothing to reproduce, and that is said."""
    found = repro_on(server, find_ladder(LADDERS / case))
    assert found.failure is None
    assert not found.reproduced
    assert found.part is None


@pytest.mark.parametrize(
    ("case", "sqlstate", "statements"),
    [
        ("broken-insert", "23502", ["000029_rbac.up.sql:17", "000045_users_deactivated_at.up.sql:11"]),
        ("null-key", "23502", ["000029_rbac.up.sql:34", "000029_rbac.up.sql:85"]),
        (
            "conflict-target",
            "42P10",
            ["000029_rbac.up.sql:34", "000029_rbac.up.sql:82", "000043_actor_role_scope.up.sql:52"],
        ),
        (
            "unguarded-check",
            "42710",
            ["000029_rbac.up.sql:31", "000043_actor_role_scope.up.sql:7", "000043_actor_role_scope.up.sql:11"],
        ),
    ],
)
def test_the_ladders_of_the_scenarios(case: str, sqlstate: str, statements: list[str], server: Server) -> None:
    """Of 43 statements few are left, within ten seconds; tables lose the foreign keys that would need others."""
    found = repro_on(server, broken(case))
    assert found.failure is not None
    assert found.failure.error.sqlstate == sqlstate
    assert needed(found) == statements
    assert found.trials <= MOST_TRIALS
    assert found.seconds < MOST_SECONDS


def test_the_ladder_of_a_scenario_that_drifts(server: Server) -> None:
    """A seed row that grows at each boot takes the table, its new columns, and the key that does not hold it."""
    found = repro_on(server, broken("null-scope"))
    assert found.failure is not None
    assert found.failure.error.message == "rows of public.actor_roles are added at the second boot"
    places = [f"000043_actor_role_scope.up.sql:{line}" for line in (7, 39, 53, 59)]
    assert needed(found) == ["000029_rbac.up.sql:31", *places]
    assert found.trials <= MOST_TRIALS


def test_what_only_an_application_s_work_shows(server: Server) -> None:
    """A DO block sets a row back to what it was at first: without somebody who moves it on, nothing changes."""
    assert repro_on(server, broken("reset-value")).failure is None
    moved = Migration("moved.sql", Path("moved.sql"), "UPDATE audit_chain_head SET length = 7;")
    found = repro_on(server, broken("reset-value"), around=Around(seed=moved))
    assert found.failure is not None
    assert found.failure.error.message == "rows of public.audit_chain_head are changed at the second boot"
    assert len(needed(found)) <= FEW

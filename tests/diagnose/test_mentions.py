"""Which migration a server's log names."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.diagnose.mentions import Role, mention
from harness.ladder.model import Ladder, Migration


def ladder(*names: str) -> Ladder:
    """Return a ladder of empty files."""
    return Ladder(Path(), "plain", tuple(Migration(name, Path(name), "SELECT 1;") for name in names))


NUMBERED = ladder("000001_users.up.sql", "000002_scope.up.sql", "000016_roles.up.sql")
TIMED = ladder("20260101120000_users.sql", "20260102120000_add_scope/migration.sql")
FLYWAY = ladder("V1__users.sql", "V1_2__scope.sql")


@pytest.mark.parametrize(
    ("where", "log", "name", "role"),
    [
        (NUMBERED, ["migrate 000002_scope.up.sql: boom"], "000002_scope.up.sql", Role.FAILED),
        (NUMBERED, ["error in /app/db/000002_scope.up.sql:3: boom"], "000002_scope.up.sql", Role.FAILED),
        (NUMBERED, ["applying 000002_scope.up.sql", "boom"], "000002_scope.up.sql", Role.BEGUN),
        (NUMBERED, ["1/u users (2.4ms)", "boom"], "000001_users.up.sql", Role.DONE),
        (NUMBERED, ["OK   000001_users.up.sql (1.2ms)", "boom"], "000001_users.up.sql", Role.DONE),
        (NUMBERED, ["Dirty database version 2. Fix and force version."], "000002_scope.up.sql", Role.FAILED),
        (NUMBERED, ["Applying app.000002_scope...Traceback", "boom"], "000002_scope.up.sql", Role.BEGUN),
        (NUMBERED, ["Running upgrade 000001_users -> 000002_scope", "x"], "000002_scope.up.sql", Role.BEGUN),
        (
            TIMED,
            ["== Running 20260101120000 App.Users.change/0 forward", "x"],
            "20260101120000_users.sql",
            Role.BEGUN,
        ),
        (TIMED, ["boom", "    at Users20260101120000.up (x.js:1:2)"], "20260101120000_users.sql", Role.FAILED),
        (TIMED, ["`20260102120000_add_scope` failed"], "20260102120000_add_scope/migration.sql", Role.FAILED),
        (FLYWAY, ['Migrating schema "public" to version "1.2 - scope"', "x"], "V1_2__scope.sql", Role.BEGUN),
        (FLYWAY, ["boom", "Location   : db/V1__users.sql (/x/V1__users.sql)"], "V1__users.sql", Role.FAILED),
    ],
)
def test_a_name_leads_to_its_migration(where: Ladder, log: list[str], name: str, role: Role) -> None:
    """Files, stems, versions and classes are understood as the tools write them."""
    index = next((i for i, line in enumerate(log) if line in ("boom", "x")), 0)
    found = mention(where, log, index)
    assert found is not None
    assert (found.migration.name, found.role) == (name, role)


@pytest.mark.parametrize(
    "line",
    [
        "connected to PostgreSQL server version 16.2, schema public",
        "pending: 000001_users.up.sql, 000002_scope.up.sql",
        "users and roles are fine",
        "took 2 of 16 migrations",
        "1000002_scope.up.sql",
    ],
)
def test_what_is_no_name_leads_nowhere(line: str) -> None:
    """The version of a program, a list, a word of the schema or a part of a number name no migration."""
    assert mention(NUMBERED, [line, "boom"], 1) is None


def test_what_begins_below_is_another_life() -> None:
    """A file that is named after the complaint, by the next start, is not the one that failed."""
    assert mention(NUMBERED, ["boom", "applying 000001_users.up.sql"], 0) is None


def test_what_was_applied_is_not_what_failed() -> None:
    """A tool that prints with its error what it had applied before says nothing of the failure."""
    log = ["error: boom", "  code: '42P07',", "  appliedMigrations: [", "    filename: '000001_users.up.sql'", "]"]
    assert mention(NUMBERED, log, 0) is None

"""The examples of the rules: what stands before has the finding, and what is shown instead has none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.guard.judge import judge
from harness.guard.rules import RULES
from harness.replay.model import Options
from harness.replay.postgres import embedded
from harness.replay.run import replay
from harness.replay.server import Server
from tests.guard.making import EVERY_BOOT, TRACKED, ladder

USERS = (
    "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, kind TEXT, email TEXT, nick TEXT, name TEXT, "
    "plan TEXT, active TEXT);"
)
WITHOUT_EMAIL = "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY);"
NOTES = "CREATE TABLE IF NOT EXISTS notes (owner NAME);"
TOUCH = "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
MOOD = "DO $$ BEGIN IF to_regtype('mood') IS NULL THEN CREATE TYPE mood AS ENUM ('sad', 'ok'); END IF; END $$;"
ROLES = "CREATE TABLE IF NOT EXISTS roles (name TEXT PRIMARY KEY);"
GRANTS = (
    "CREATE TABLE IF NOT EXISTS grants "
    "(role TEXT, permission TEXT, scope TEXT, CONSTRAINT grants_key UNIQUE (role, permission));"
)
NULLABLE = "CREATE TABLE IF NOT EXISTS grants (role TEXT, scope TEXT, UNIQUE (role, scope));"
EVENTS = "CREATE TABLE IF NOT EXISTS events (name TEXT);"
NUMBERS = "CREATE SEQUENCE IF NOT EXISTS numbers;"
VIEW = "CREATE OR REPLACE VIEW those AS SELECT id FROM users;"

AROUND: dict[str, tuple[str, str]] = {
    "LAD101": (USERS, ""),
    "LAD102": ("", ""),
    "LAD103": (USERS, ""),
    "LAD104": (WITHOUT_EMAIL, ""),
    "LAD105": (USERS, "ALTER TABLE users DROP COLUMN IF EXISTS nick;"),
    "LAD107": (USERS + TOUCH, ""),
    "LAD108": ("", ""),
    "LAD109": (USERS, "DROP VIEW IF EXISTS names; CREATE VIEW names AS SELECT id, name FROM users;"),
    "LAD110": ("", ""),
    "LAD111": (MOOD, ""),
    "LAD112": (NOTES, ""),
    "LAD113": (USERS, ""),
    "LAD114": (ROLES, ""),
    "LAD115": (USERS, ""),
    "LAD116": (USERS, VIEW),
    "LAD117": ("", ""),
    "LAD118": (GRANTS, "ALTER TABLE grants DROP CONSTRAINT IF EXISTS grants_key;"),
    "LAD119": (USERS, "UPDATE users SET kind = 'x' WHERE kind IS NULL; ALTER TABLE users ALTER kind SET NOT NULL;"),
    "LAD120": (USERS, "ALTER TABLE users ALTER active TYPE BOOLEAN USING active = 'yes';"),
    "LAD121": (USERS, "ALTER TABLE users DROP COLUMN IF EXISTS nick;"),
    "LAD201": (EVENTS, ""),
    "LAD202": (NULLABLE, ""),
    "LAD203": ("", ""),
    "LAD204": (USERS, ""),
    "LAD205": (USERS, ""),
    "LAD206": (ROLES, ""),
    "LAD207": (USERS, ""),
}
"""What stands in the files before and after each example."""


def codes(code: str, example: str) -> set[str]:
    """Return the codes of what counts in an example."""
    before, after = AROUND[code]
    report = judge(ladder(before, example, after), EVERY_BOOT)
    return {each.code for each in report.findings if each.migration.name == "002.sql" and each.severity.counts}


@pytest.mark.parametrize("code", AROUND)
def test_before(code: str) -> None:
    """The example has the finding that it is there for."""
    assert code in codes(code, RULES[code].before)


@pytest.mark.parametrize("code", AROUND)
def test_after(code: str) -> None:
    """What is advised survives a second boot, and changes nothing."""
    assert codes(code, RULES[code].after) == set()


@pytest.mark.parametrize("code", ["LAD301", "LAD302"])
def test_under_a_tracker(code: str) -> None:
    """The examples on interrupted boots are those of a file that runs again."""
    before = judge(ladder(USERS, RULES[code].before), TRACKED)
    assert [each.code for each in before.findings] == [code]
    assert judge(ladder(USERS, RULES[code].after), TRACKED).findings == ()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run the newest Postgres."""
    with embedded(18) as running:
        yield running


@pytest.mark.postgres
@pytest.mark.parametrize("code", AROUND)
def test_postgres_agrees(code: str, server: Server) -> None:
    """What stops the boot before stops a real one; what is shown instead boots twice, and changes nothing."""
    around = AROUND[code]
    before = replay(ladder(around[0], RULES[code].before, around[1]), server, Options(canary=False))
    assert before.warm is not None
    assert bool(before.warm.failures) == code.startswith("LAD1")
    assert replay(ladder(around[0], RULES[code].after, around[1]), server, Options(canary=False)).ok

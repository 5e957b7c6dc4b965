"""Which life and which service of a log is the one that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.diagnose.diagnosis import diagnose, evidence_of
from harness.ladder.model import Ladder, Migration

TWICE = 'pq: relation "a" already exists'
REFUSED = "dial tcp 10.0.0.2:5432: connect: connection refused"
POSTGRES = "2026-01-01 00:00:00.000 UTC [7] "
LADDER = Ladder(Path(), "plain", (Migration("1_a.sql", Path("1_a.sql"), "CREATE TABLE a (b int);"),))


@pytest.mark.parametrize(
    ("log", "service", "code"),
    [
        (f"server-1  | {TWICE}\nworker-1  | {REFUSED}\n", "server", "BOOT101"),
        (f"a-1 | {TWICE}\na-1 exited with code 1\na-1 | {REFUSED}\na-1 exited with code 1\n", "a", "BOOT101"),
        (f"{TWICE}\nerror: Dirty database version 1. Fix and force version.\n", "", "BOOT101"),
        ("error: Dirty database version 1. Fix and force version.\n", "", "BOOT106"),
        (f"{REFUSED}\n", "", "BOOT403"),
        ("exec /server: exec format error\n", "", "BOOT406"),
    ],
)
def test_the_life_that_tells_the_most_is_the_one(log: str, service: str, code: str) -> None:
    """A migration's failure goes before its aftermath, and what is hopeless before what passes."""
    evidence = evidence_of(log)
    cause = diagnose(evidence, None)
    assert cause is not None
    assert (evidence.service, cause.code) == (service, code)


@pytest.mark.parametrize("ladder", [LADDER, None])
def test_postgres_speaks_for_a_silent_server(ladder: Ladder | None) -> None:
    """Its lines among the server's own lead to the cause, with spaces for tabs as a paste has them."""
    log = f'{POSTGRES}ERROR:  relation "a" already exists\n{POSTGRES}STATEMENT:  CREATE TABLE a\n        (b int);\n'
    cause = diagnose(evidence_of(f"starting\n{log}giving up\n"), ladder)
    assert cause is not None
    assert (cause.code, cause.sqlstate) == ("BOOT101", "42P07")
    assert (cause.path, cause.line) == (("1_a.sql", 1) if ladder else (None, None))


@pytest.mark.parametrize(
    "log", ["", "\n\n", "starting\nlistening on :8080\n", 'level=warn err="relation \\"a\\" already exists"']
)
def test_a_log_without_a_failure_has_no_cause(log: str) -> None:
    """Nothing is made up, with a ladder and without."""
    assert diagnose(evidence_of(log), LADDER) is None
    assert diagnose(evidence_of(log), None) is None


def test_another_clients_error_is_no_cause() -> None:
    """A silent server is not blamed for what Postgres refused somebody else, unless it makes a thing twice."""
    log = f'{POSTGRES}ERROR:  duplicate key value violates unique constraint "x"\n{POSTGRES}STATEMENT:  INSERT\n'
    assert diagnose(evidence_of(f"{log}bye\n"), LADDER) is None
    assert diagnose(evidence_of(f"{log}bye\n"), None) is None


def test_no_secret_of_the_log_is_told() -> None:
    """Passwords in addresses and what looks like a secret are masked in message and evidence."""
    log = f"cannot reach postgres://app:h0rsebattery@db/app: {REFUSED}, h0rsebattery was tried\n"
    cause = diagnose(evidence_of(log), None)
    assert cause is not None
    assert "h0rsebattery" not in str(cause)
    assert "postgres://app:***@db/app" in cause.message

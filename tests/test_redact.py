"""Secrets: which values are taken for one, and what becomes of them in a journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.clock import ManualClock
from harness.journal import Journal, read
from harness.outcome import Outcome
from harness.redact import Redactor, secrets_of
from harness.report.document import document


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter22"),
        ("API_TOKEN", "hunter22"),
        ("DATABASE_URL", "postgres://app:hunter22@db:5432/app"),
        ("SPRING_DATASOURCE_URL", "jdbc:postgresql://db:5432/app?user=app&password=hunter22"),
        ("DATABASE", "host=db user=app password=hunter22 dbname=app"),
        ("DATABASE", "host=db user=app password='hunter22' dbname=app"),
        ("ConnectionStrings__Default", "Host=db;Username=app;Password=hunter22;Database=app"),
    ],
)
def test_a_secret_is_known_by_its_variable_or_by_where_it_stands_in_an_address(name: str, value: str) -> None:
    """Whatever a program makes of its environment, the password itself is masked wherever it turns up."""
    assert Redactor(secrets_of({name: value})).text("login with hunter22 refused") == "login with *** refused"


def test_a_plain_variable_is_no_secret() -> None:
    """Neither its name nor its value says so."""
    assert secrets_of({"LOG_LEVEL": "debug", "URL": "https://example.org/?page=2"}) == set()


def test_each_line_of_a_key_is_masked() -> None:
    """A log is read line by line: a private key is never found in it as a whole."""
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEA\n-----END PRIVATE KEY-----"
    assert Redactor([key]).text("read MIIEvQIBADANBgkqhkiG9w0BAQEFAASC") == "read ***"


def test_a_journal_can_be_read_whatever_the_password_is(tmp_path: Path) -> None:
    """The journal's own words, keys and outcomes, are no secrets, although `pass` is a password and in `passed`."""
    with Journal(tmp_path / "journal.jsonl", ManualClock(), Redactor(["pass", "text", "outcome"])) as journal:
        journal.record("scenario.started", scenario="s", about="", project="p", services=[], notes=[], ladder=None)
        journal.record("warning", scenario="s", text="my text is pass")
        told = {"message": "", "seconds": 1.0, "left_behind": []}
        journal.record("scenario.finished", scenario="s", outcome=Outcome.PASSED, **told)
        journal.record("run.finished", outcome=Outcome.PASSED)
    found = document(read(tmp_path / "journal.jsonl"))
    assert found["outcome"] == "passed"
    assert found["scenarios"][0]["outcome"] == "passed"
    assert found["scenarios"][0]["warnings"] == ["my *** is ***"]

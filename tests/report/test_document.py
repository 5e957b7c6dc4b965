from __future__ import annotations

import json

from harness.report.document import document
from tests.report.journals import CAUSE, Tape, broken_check, failed_result, good_check, result


def test_contract() -> None:
    """The document has the keys that people's CI relies on, with their types."""
    told = document(broken_check())
    assert (told["schema"], told["outcome"], told["run_dir"]) == (1, "failed", "/work/app/.bootsmoke/R1")
    (scenario,) = told["scenarios"]
    assert {"name", "outcome", "seconds", "boots", "drift", "left_behind"} <= scenario.keys()
    (boot,) = scenario["boots"]
    assert boot == {"kind": "warm"} | failed_result()
    keys = "code service path line statement sqlstate object message advice latency_ms"
    assert set(keys.split()) <= boot["cause"].keys()
    assert json.loads(json.dumps(told)) == told


def test_two_boots() -> None:
    """Each boot of each service is one entry, in the order of the boots."""
    boots = document(good_check())["scenarios"][0]["boots"]
    assert [(boot["kind"], boot["service"]) for boot in boots] == [
        ("cold", "postgres"),
        ("cold", "server"),
        ("warm", "server"),
    ]


def test_drift() -> None:
    """Drift is told as values."""
    (scenario,) = document(good_check(drift=("rows of a",)))["scenarios"]
    assert scenario["drift"] == [{"kind": "rows", "object": "rows of a", "before": 1, "after": 2}]


def test_a_later_word_replaces_the_earlier() -> None:
    """A result that is recorded again for the same boot takes the earlier one's place."""
    tape = Tape("check")
    tape.begin("check")
    tape.boot("check", 1, "cold", 0.2, ["server"])
    tape.booted("check", 1, "cold", 1.0, result("postgres"), result("server"))
    tape.booted("check", 1, "cold", 2.0, failed_result())
    (scenario,) = document(tape.records)["scenarios"]
    assert [(boot["service"], boot["verdict"]) for boot in scenario["boots"]] == [
        ("postgres", "ready"),
        ("server", "failed"),
    ]
    assert scenario["boots"][1]["cause"]["sqlstate"] == CAUSE["sqlstate"]


def test_broken_off() -> None:
    """A journal that breaks off is no pass: what began is inconclusive, what did not is skipped."""
    tape = Tape("begun", "never")
    tape.begin("begun")
    told = document(tape.records)
    assert told["outcome"] == "inconclusive"
    assert [scenario["outcome"] for scenario in told["scenarios"]] == ["inconclusive", "skipped"]


def test_nothing() -> None:
    """An empty journal is inconclusive, too."""
    assert document([])["outcome"] == "inconclusive"

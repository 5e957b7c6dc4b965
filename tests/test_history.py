"""The index over earlier runs."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.errors import BootsmokeError
from harness.history import NAME, Entry, History, entries, is_flaky
from harness.journal import Journal
from harness.outcome import Outcome
from harness.redact import Redactor
from tests.report.journals import broken_check, good_check

PASSED = Entry("r1", 1.0, "c1", False, "a", Outcome.PASSED, 9.5, 4.0, 1.5, "")
FAILED = replace(PASSED, run="r2", at=2.0, outcome=Outcome.FAILED, cause="BOOT101")


def test_a_journal_is_one_entry_for_each_scenario_that_ended() -> None:
    """Outcome, seconds of scenario and boots, and the code of what failed; what was expected to fail has none."""
    (good,), (broken,), (expected,) = map(entries, (good_check(), broken_check(), broken_check("passed")))
    assert (good.scenario, good.outcome, good.seconds, good.cold, good.warm) == ("check", "passed", 12.9, 1.5, 1.5)
    assert (broken.outcome, broken.cold, broken.cause) == ("failed", None, "BOOT101")
    assert expected.cause == ""
    assert entries([]) == []


def test_the_last_entries_come_oldest_first(tmp_path: Path) -> None:
    """Of each scenario so many as are asked for; a scenario that is asked for and unknown is left out."""
    history = History(tmp_path)
    assert history.last(5) == {}
    history.add(replace(PASSED, run=f"r{number}", at=float(number)) for number in range(5))
    history.add([replace(FAILED, scenario="b")])
    assert [entry.run for entry in history.last(3)["a"]] == ["r2", "r3", "r4"]
    assert history.last(3, ["b", "unknown"]) == {"b": [replace(FAILED, scenario="b")]}


def test_one_run_is_known_once(tmp_path: Path) -> None:
    """Added again it replaces what was known."""
    history = History(tmp_path)
    history.add([PASSED])
    history.add([replace(PASSED, seconds=1.0)])
    assert history.last(9) == {"a": [replace(PASSED, seconds=1.0)]}


def test_many_runs_write_at_the_same_time(tmp_path: Path) -> None:
    """None is lost, and none fails because another one writes."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: History(tmp_path).add([replace(PASSED, run=f"r{number}")]), range(40)))
    assert len(History(tmp_path).last(99)["a"]) == 40


def test_it_is_made_anew_from_the_journals(tmp_path: Path) -> None:
    """Journals that are cut off or are none at all count as far as they go; a broken index is no hindrance."""
    for name, records in (("one", good_check()), ("two", broken_check()), ("cut", broken_check()[:4])):
        (tmp_path / name).mkdir()
        with Journal(tmp_path / name / "journal.jsonl", SystemClock(), Redactor()) as journal:
            for record in records:
                journal.record(record.kind, **{**record.data, **({"id": name} if "id" in record.data else {})})
    (tmp_path / NAME).write_text("this is no database, and long enough to be taken for one by nobody")
    history = History(tmp_path)
    with pytest.raises(BootsmokeError, match="the history cannot be used") as caught:
        history.last(9)
    assert caught.value.help == "`bootsmoke history --rebuild` makes it anew"
    assert history.rebuild() == 2
    assert {entry.run for entry in history.last(9)["check"]} == {"one", "two"}


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    """What it holds may mean something else."""
    with sqlite3.connect(tmp_path / NAME) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BootsmokeError, match="written by another version"):
        History(tmp_path).add([PASSED])


@pytest.mark.parametrize(
    ("past", "flaky"),
    [
        ([PASSED, FAILED], True),
        ([PASSED, PASSED], False),
        ([PASSED, replace(FAILED, commit="c2")], False),
        ([PASSED, replace(FAILED, changed=True)], False),
        ([PASSED, replace(FAILED, outcome=Outcome.INCONCLUSIVE)], False),
        ([replace(PASSED, commit=""), replace(FAILED, commit="")], False),
    ],
)
def test_flaky_is_what_passes_and_fails_at_one_commit(past: list[Entry], flaky: bool) -> None:
    """Another commit, changed files, an engine that failed and no repository at all say nothing of the kind."""
    assert is_flaky(past) is flaky

"""How a scenario ended over time."""

from __future__ import annotations

from typing import Any

from harness.journal import Record
from harness.report.html import html
from harness.report.reading import read_run
from harness.report.trend import HEIGHT, Column, trend_of
from tests.report.journals import broken_check, good_check


def night(number: int, outcome: str = "passed", **data: Any) -> dict[str, Any]:
    """Return what the history has of one night."""
    told = {"run": f"r{number}", "at": 86400.0 * number, "commit": "c" * 40, "changed": False, "scenario": "check"}
    return told | {"outcome": outcome, "seconds": 9.0, "cold": 3.0, "warm": 0.75, "cause": ""} | data


def since(records: list[Record], *nights: dict[str, Any]) -> list[Record]:
    """Return a journal that knows of earlier nights."""
    return [*records[:2], Record("history", 0.0, 0.1, {"scenario": "check", "entries": list(nights)}), *records[2:]]


def columns(records: list[Record]) -> list[Column]:
    """Return the columns of its one scenario."""
    run = read_run(records)
    return trend_of(run.scenarios[0], run)


def test_without_a_past_there_is_no_trend() -> None:
    """One run is none."""
    assert columns(good_check()) == []
    assert "Over time" not in html(good_check())


def test_each_run_is_a_column_the_present_one_last() -> None:
    """With its outcome, its time, its commit, and how long the boots took."""
    told = columns(since(broken_check(), night(1), night(2, "cancelled", cold=None, warm=None, changed=True)))
    assert [(each.outcome, each.when, each.commit) for each in told] == [
        ("passed", "1970-01-02 00:00", "cccccccccc"),
        ("cancelled", "1970-01-03 00:00", "cccccccccc+"),
        ("failed", "1970-01-12 13:46", "this run"),
    ]
    assert [each.title for each in told][1:] == [
        "1970-01-03 00:00: cancelled, cccccccccc+",
        "1970-01-12 13:46: failed, warm 1.5 s, this run, BOOT101",
    ]


def test_the_longest_boot_is_the_highest() -> None:
    """All others are in proportion, and the columns lie beside each other up to the right edge."""
    told = columns(since(good_check(), night(1), night(2, cold=6.0)))
    assert [(each.cold_height, each.warm_height) for each in told] == [(30, 7.5), (HEIGHT, 7.5), (15, 15)]
    assert [round(each.x + each.width) for each in told] == [83, 92, 100]


def test_what_is_flaky_is_not_shown_as_just_passed() -> None:
    """The word stands beside the outcome."""
    same: dict[str, Any] = {"commit": "c" * 40}
    text = html(since(good_check(), night(1, "failed", **same), night(2, **same)))
    assert '<p class="outcome">passed · flaky</p>' in text
    assert text.count('<span class="plate flaky">flaky</span>') == 1

"""A run, as GitHub Actions shows it."""

from __future__ import annotations

from harness.report.run_github import commands, job_summary
from tests.report.journals import Tape, broken_check, failed_result, good_check


def test_each_cause_is_annotated_once_and_at_its_line() -> None:
    """Two scenarios that fail for one reason are one annotation; what passes has none."""
    tape = Tape("a", "b")
    for name in ("a", "b"):
        tape.begin(name)
        tape.boot(name, 1, "warm", 0.2, ["server"])
        tape.booted(name, 1, "warm", 1.1, failed_result())
        tape.end(name, "failed", 2.0)
    (command,) = commands(tape.finish("failed", 2.1))
    assert command.startswith(
        "::error file=/work/app/migrations/000043_actor_role_scope.up.sql,line=31,title=BOOT101 "
    )
    assert command.endswith("%0AGuard the statement so that it passes when the object is there already.")
    assert list(commands(good_check())) == []


def test_no_more_than_ten_and_the_worst_first() -> None:
    """GitHub shows ten; failures come before what could not be told."""
    names = [f"s{number:02}" for number in range(14)]
    tape = Tape(*names)
    for number, name in enumerate(names):
        tape.begin(name)
        tape.end(name, "failed" if number > 9 else "inconclusive", 1.0, f"{name} broke")
    told = list(commands(tape.finish("failed", 2.0)))
    assert len(told) == 10
    assert told[0] == "::error title=s10%3A failed::s10 broke"
    assert "inconclusive" in told[-1]


def test_no_text_from_outside_is_a_command_or_a_tag() -> None:
    """A message cannot begin a workflow command of its own, nor leave its block of the summary."""
    evil = "x\n::set-output name=a::b\r\n````\n<script>|"
    records = broken_check(message=evil)
    (command,) = commands(records)
    assert "\n" not in command
    summary = job_summary(records)
    assert "<script>" not in summary.partition("````text")[0]
    assert summary.count("\n````") == 2


def test_the_summary_is_a_table_with_the_reasons_and_all_that_the_terminal_says() -> None:
    """What passed is one row; what failed stands below, whole."""
    assert "| ✅ | check | passed | 12.9 |  |" in job_summary(good_check())
    summary = job_summary(broken_check())
    assert "| ❌ | check | failed | 2.0 | BOOT101 000043\\_actor" in summary
    assert "FAILED check in 2.0 s: warm boot: expected ready, got failed" in summary

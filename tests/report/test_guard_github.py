"""Annotations of GitHub Actions, and the job's summary."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.guard.model import Report
from harness.guard.rules import RULES
from harness.report.guard_github import commands, job_summary
from tests.guard.making import EVERY_BOOT, finding, ladder

LADDER = ladder(*["CREATE TABLE a (x int); CREATE TABLE b (x int);"] * 12)


def made(*findings: object) -> Report:
    """Return a report."""
    return Report(LADDER, EVERY_BOOT, findings, statements=24)  # type: ignore[arg-type]


def test_one_command_for_each_rule_and_file() -> None:
    """It stands at the first place, and says how many more there are."""
    found = [finding(LADDER, RULES["LAD102"], n) for n in (0, 1)]
    (line,) = commands([made(*found)], Path.cwd())
    assert line == (
        "::error file=ladder/001.sql,line=1,endLine=1,col=1,title=LAD102 a table is made that is there already::"
        "it stops%0AWrite CREATE TABLE IF NOT EXISTS.%0A1 more finding of this kind in this file."
    )


def test_ten_at_most_and_the_worst_first() -> None:
    """Notes are none of them."""
    warnings = [finding(LADDER, RULES["LAD205"], file=n) for n in range(12)]
    error = finding(LADDER, RULES["LAD102"], file=11)
    note = finding(LADDER, RULES["LAD904"])
    told = list(commands([made(note, *warnings, error)], Path.cwd()))
    assert [line.partition(" ")[0] for line in told] == ["::error", *["::warning"] * 9]


def test_what_would_end_a_command_is_escaped() -> None:
    """Per cent, line ends, and in properties colons and commas; control characters are gone."""
    path = Path("ladder/a,b:c%.sql")
    migration = replace(LADDER.migrations[0], path=path)
    one = replace(finding(LADDER, RULES["LAD102"], message="100%\r\n::error::x \x1b[31m"), migration=migration)
    (line,) = commands([made(one)], Path.cwd())
    assert line.startswith("::error file=ladder/a%2Cb%3Ac%25.sql,line=1,")
    assert "::100%25 : :error::x%0A" in line
    assert "\x1b" not in line


def test_the_summary() -> None:
    """A table of all that counts; what is marked up in a message is not marked up here."""
    row = (
        "| ladder/001.sql:1 | error LAD102 | a \\| b &lt;script&gt; \\`x\\` \\\\ \\*y\\*"
        " | Write CREATE TABLE IF NOT EXISTS. |"
    )
    one = finding(LADDER, RULES["LAD102"], message="a | b <script> `x` \\ *y*\n")
    text = job_summary([made(one, finding(LADDER, RULES["LAD904"]))], Path.cwd())
    assert text.splitlines() == [
        "### bootsmoke guard: ladder",
        "",
        "1 finding in 24 statements (every-boot).",
        "",
        "| place | rule | what will happen | what to do |",
        "|---|---|---|---|",
        row,
    ]


def test_the_summary_of_nothing() -> None:
    """It says how much was looked at."""
    text = job_summary([made()], Path.cwd())
    assert text == "### bootsmoke guard: ladder\n\n24 statements, no findings (every-boot).\n"


def test_a_summary_has_an_end() -> None:
    """GitHub takes one mebibyte."""
    text = job_summary([made(*[finding(LADDER, RULES["LAD102"])] * 800)], Path.cwd())
    assert text.endswith("300 more are not listed here.\n")
    assert text.count("LAD102") == 500

"""What the guard found, in words and as a document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.guard.model import Accepted, Finding, Report
from harness.guard.rules import RULES
from harness.report.guard import document, summary
from harness.sql.edits import Edit, Fix
from tests.guard.making import EVERY_BOOT, finding, ladder

LADDER = replace(
    ladder(
        "CREATE TABLE users (\n  id int\n);\n",
        "\tALTER TABLE users\n    ADD CONSTRAINT /*\x1b[31m*/kind CHECK (true);\n",
    ),
    why="for a test",
)
TABLE = finding(LADDER, RULES["LAD102"], message='the next boot stops here: relation "users" already exists')
UNKNOWN = finding(LADDER, RULES["LAD904"], file=1, message="it cannot be told: \x1b[2Jno\n")


def report(*findings: Finding, **changes: object) -> Report:
    """Return a report on the ladder."""
    return replace(Report(LADDER, EVERY_BOOT, findings, statements=2), **changes)  # type: ignore[arg-type]


def told(made: Report, *, verbose: bool = False, quiet: bool = False, width: int = 100) -> str:
    """Return the summary."""
    return summary(made, base=Path.cwd(), verbose=verbose, quiet=quiet, width=width)


def test_a_clean_ladder_is_one_line() -> None:
    """It says how the ladder is applied, and why that is thought."""
    assert told(report()) == ("PASSED: ladder: nothing found in 2 statements of 2 files, every-boot: for a test")


def test_a_finding() -> None:
    """Its place, its rule, what will happen; the name in its line; what to do; the sum."""
    assert told(report(TABLE)) == (
        'ladder/001.sql:1:1: error LAD102: the next boot stops here: relation "users" already exists\n'
        "     1 | CREATE TABLE users (\n"
        "       |              ^^^^^\n"
        "  help: Write CREATE TABLE IF NOT EXISTS.\n"
        "\n"
        "ladder    ladder: 2 files, 2 statements, numbered: for a test\n"
        "runner    every-boot: for a test\n"
        "stops at  ladder/001.sql:1, the first of them\n"
        "FAILED: 1 error; `bootsmoke explain LAD102` tells more"
    )


def test_the_line_that_is_shown_is_the_one_of_the_name() -> None:
    """Below the first line of the statement; nothing in it reaches the terminal, and columns stay right."""
    made = finding(LADDER, RULES["LAD101"], file=1, message='constraint "kind" for relation "users" already exists')
    lines = told(report(made)).splitlines()
    assert lines[1:3] == ["     1 |  ALTER TABLE users", "       |              ^^^^^"]
    other = replace(made, message='constraint "kind" already exists')
    assert told(report(other)).splitlines()[1:3] == [
        "     2 |     ADD CONSTRAINT /* [31m*/kind CHECK (true);",
        "       |                             ^^^^",
    ]


def test_a_long_line_is_cut_around_the_caret() -> None:
    """What matters is seen at any width."""
    made = ladder("SELECT '" + "x" * 300 + "', name FROM users;")
    one = finding(made, RULES["LAD106"], message='relation "users" does not exist')
    _, source, caret, *_ = told(replace(report(one), ladder=made), width=80).splitlines()
    assert max(len(source), len(caret)) <= 80
    assert source[caret.index("^") : caret.rindex("^") + 1] == "users"


def test_notes_are_told_as_a_sum() -> None:
    """Each is told only when everything is asked for; they fail nothing."""
    made = report(UNKNOWN, unknown=1, assumed=("role app", "schema s"))
    assert told(made).endswith("; 1 statement not understood; 2 things taken as given (--setup)")
    assert told(made).count("\n") == 0
    assert "note LAD904: it cannot be told: no\n" in told(made, verbose=True)


def test_a_bug_of_ours_is_always_told() -> None:
    """Nobody reports what nobody sees."""
    made = finding(
        LADDER, RULES["LAD904"], message="it cannot be told: a bug in bootsmoke, please report it: KeyError"
    )
    assert "KeyError" in told(report(made))


def test_ten_tell_more_than_a_hundred() -> None:
    """One of each rule is shown, the worst first, and then the first ones; the rest is told by rule."""
    made = ladder("\n".join(f"CREATE TABLE t{n} (x int);" for n in range(100)))
    many = [finding(made, RULES["LAD102"], n, message=f't{n} "t{n}"') for n in range(99)]
    last = finding(made, RULES["LAD205"], 99, message="set")
    text = told(replace(report(*many, last), ladder=made))
    assert [text.count(word) for word in ("error LAD102", "warning LAD205", "help: ")] == [9, 1, 2]
    assert "and 90 more findings (--verbose shows each):\n  LAD102 a table is made that is there already: " in text
    assert " and 84 more\n" in text
    assert told(replace(report(*many, last), ladder=made), verbose=True).count("error LAD102") == 99


def test_quiet() -> None:
    """The sums alone."""
    assert told(report(TABLE), quiet=True).splitlines()[0].startswith("ladder ")


def test_the_document() -> None:
    """The keys that other people's CI relies on; what is accepted is no finding."""
    fix = Fix("write IF NOT EXISTS", (Edit(12, 12, " IF NOT EXISTS"),))
    made = report(replace(TABLE, fix=fix, mark="m"), assumed=("role app",), unknown=0)
    made = replace(made, accepted=(Accepted(UNKNOWN, "why not", in_source=True),))
    found = document([made])
    assert found["findings"] == [
        {
            "code": "LAD102",
            "severity": "error",
            "path": "ladder/001.sql",
            "line": 1,
            "column": 1,
            "end_line": 3,
            "statement": 1,
            "kind": "CREATE TABLE",
            "sqlstate": "42P07",
            "fails": True,
            "message": 'the next boot stops here: relation "users" already exists',
            "help": "Write CREATE TABLE IF NOT EXISTS.",
            "because": None,
            "fix": {
                "title": "write IF NOT EXISTS",
                "safe": False,
                "edits": [{"start": 12, "end": 12, "text": " IF NOT EXISTS"}],
            },
            "fingerprint": "m",
        }
    ]
    assert (found["schema"], found["outcome"], found["runner"]) == (1, "failed", "every-boot")
    assert (found["assumed"], found["unknown"]) == (["role app"], 0)
    assert [each["reason"] for each in found["accepted"]] == ["why not"]
    assert document([report()])["outcome"] == "passed"

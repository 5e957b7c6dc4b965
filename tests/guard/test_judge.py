"""From a simulation to findings."""

from __future__ import annotations

from harness.guard.judge import judge
from harness.guard.model import Finding
from tests.guard.making import EVERY_BOOT, ladder

OTHER_TABLE = """\
CREATE TABLE IF NOT EXISTS users (kind text, CONSTRAINT kind_check CHECK (kind <> ''));
CREATE TABLE IF NOT EXISTS robots (kind text);
"""
BY_NAME_ALONE = """\
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'kind_check') THEN
        ALTER TABLE robots ADD CONSTRAINT kind_check CHECK (kind <> '');
    END IF;
END $$;
"""


def judged(*texts: str) -> list[Finding]:
    """Return all findings on a ladder that runs at every boot."""
    return list(judge(ladder(*texts), EVERY_BOOT).findings)


def test_a_statement_that_fails() -> None:
    """A finding has the place of the statement's first token, its number, kind and SQLSTATE, and what to do."""
    made = ladder("SELECT 1;\n  /* first */ CREATE TABLE é (\n x int);")
    (finding,) = judge(made, EVERY_BOOT).findings
    assert (finding.line, finding.column, finding.end_line) == (2, 15, 3)
    assert finding.statement is not None
    assert (finding.statement.number, finding.kind, finding.sqlstate) == (2, "CREATE TABLE", "42P07")
    assert finding.fails
    assert finding.help == "Write CREATE TABLE IF NOT EXISTS."


def test_what_the_parser_refuses() -> None:
    """A broken statement is told with its place in the file, and the others are judged."""
    findings = judged("CREATE TABLE a (x int);\nSELECT 1;  SELECT )\n  1;\nCREATE TABLE b (x int);")
    assert [(finding.code, finding.line, finding.fails) for finding in findings] == [
        ("LAD102", 1, True),
        ("LAD905", 2, False),
        ("LAD102", 4, True),
    ]
    assert findings[1].message == 'line 2, column 19: syntax error at or near ")"'


def test_what_the_parser_cannot_carry() -> None:
    """A statement of too much nesting is one that is not understood, and no error."""
    findings = judged(f"SELECT {' || '.join(['x'] * 200)};")
    assert [finding.code for finding in findings] == ["LAD904"]


def test_what_is_taken_as_given() -> None:
    """It stands by the first statement that names it."""
    findings = judged("SELECT 1;", "INSERT INTO elsewhere VALUES (1);")
    assert [(each.code, each.migration.name) for each in findings if each.code == "LAD906"] == [
        ("LAD906", "002.sql")
    ]


def test_a_guard_that_finds_another_table() -> None:
    """A lookup by conname alone is a finding where it keeps the constraint from being added, and only there."""
    (finding,) = judged(OTHER_TABLE, BY_NAME_ALONE)
    assert finding.code == "LAD209"
    assert finding.message == (
        'the guard finds "kind_check" on table "users", so that no boot ever adds it to "robots"'
    )
    with_table = BY_NAME_ALONE.replace("'kind_check')", "'kind_check' AND conrelid = 'robots'::regclass)")
    assert judged(OTHER_TABLE, with_table) == []
    assert judged(OTHER_TABLE.replace("kind_check", "other"), BY_NAME_ALONE) == []


def test_a_constraint_that_the_table_has_from_the_start() -> None:
    """The guard of an old database's upgrade is no finding on a new one."""
    made = "CREATE TABLE IF NOT EXISTS robots (kind text, CONSTRAINT kind_check CHECK (kind <> ''));"
    assert judged(made, OTHER_TABLE, BY_NAME_ALONE) == []

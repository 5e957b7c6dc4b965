"""Suggestions beside what fails."""

from __future__ import annotations

from harness.guard.fixes import keys_of
from harness.guard.judge import judge
from harness.simulator import simulate
from harness.sql.edits import apply
from tests.guard.making import EVERY_BOOT, ladder

TABLE = (
    "CREATE TABLE IF NOT EXISTS users (name text NOT NULL, mail text UNIQUE, id int PRIMARY KEY, "
    "CONSTRAINT named UNIQUE (name, id));"
)


def test_keys() -> None:
    """The primary one first; none of which a column may be NULL, that is partial, or that a later file drops."""
    made = ladder(
        TABLE,
        "CREATE UNIQUE INDEX IF NOT EXISTS few ON users (name) WHERE id > 3;",
        "CREATE UNIQUE INDEX IF NOT EXISTS gone ON users (name); DROP INDEX gone;",
    )
    assert keys_of(simulate(made)) == {"users": [("id",), ("name", "id")]}


def test_a_suggestion_makes_the_statement_pass() -> None:
    """The edits in place, the same statement has no finding; others have no suggestion."""
    texts = [TABLE, "-- first\nINSERT INTO users (id, name) VALUES (1, 'Ann');\nCREATE INDEX i ON users (name);\n"]
    made = ladder(*texts)
    findings = judge(made, EVERY_BOOT, with_fixes=True).findings
    assert [finding.code for finding in findings] == ["LAD114", "LAD103"]
    edits = [edit for finding in findings for edit in (finding.fix.edits if finding.fix else ())]
    mended = ladder(texts[0], apply(texts[1], edits))
    assert mended.migrations[1].text.startswith("-- first\nINSERT INTO users (id, name) VALUES (1, 'Ann')")
    assert judge(mended, EVERY_BOOT).findings == ()

"""The script that proves, and what its output says; the real psql is asked in test_containers."""

from __future__ import annotations

from pathlib import Path

from harness.diagnose.prove import prove, read, script
from harness.ladder.model import Migration

TEXT = """\
BEGIN;
CREATE TABLE a (b int);
CREATE INDEX CONCURRENTLY i ON a (b);
\\! touch /tmp/owned
;
ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0);
COMMIT;
"""
MIGRATION = Migration("1_a.up.sql", Path("1_a.up.sql"), TEXT)


def test_the_script_never_commits_and_never_speaks_to_the_shell() -> None:
    """Transaction control is left out; what no transaction takes, and what psql would obey, is named as skipped."""
    made = script(MIGRATION)
    assert [statement.number for statement in made.skipped] == [3, 4]
    assert made.text.splitlines()[7:] == [
        "\\echo bootsmoke-statement-2",
        "CREATE TABLE a (b int)",
        ";",
        "\\echo bootsmoke-statement-5",
        "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)",
        ";",
        "\\echo bootsmoke-statement-0",
        "ROLLBACK;",
    ]


def test_the_last_announced_statement_is_the_one_that_failed() -> None:
    """Stdout and stderr may come in any order, and in any language."""
    marks = "bootsmoke-statement-2\nbootsmoke-statement-5\n"
    for output in (
        marks + "FEHLER:  42710: gibt es schon\n",
        "psql:<stdin>:9: ERROR:  42710: gibt es schon\n" + marks,
    ):
        proof = read(MIGRATION, output)
        assert proof is not None
        assert (proof.statement.line, proof.sqlstate, proof.message) == (6, "42710", "gibt es schon")


def test_no_failure_is_no_proof() -> None:
    """When every statement passed, or psql never ran, nothing is proved."""
    assert (
        prove(MIGRATION, lambda _: "bootsmoke-statement-2\nbootsmoke-statement-5\nbootsmoke-statement-0\n") is None
    )
    assert prove(MIGRATION, lambda _: "OCI runtime exec failed: exec: psql: executable file not found") is None

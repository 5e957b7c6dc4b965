"""An index is made that exists."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD103",
    title="an index is made that is there already",
    severity=Severity.ERROR,
    help="Write CREATE INDEX IF NOT EXISTS, with a name.",
    why=(
        "The server runs this statement again at every boot, on the database that the first boot left. The "
        "index is there, and Postgres stops with 42P07. An index without a name does not fail: Postgres "
        "chooses another name, and every boot adds one more index (LAD207); IF NOT EXISTS needs a name."
    ),
    before="CREATE INDEX users_email ON users (email);",
    after="CREATE INDEX IF NOT EXISTS users_email ON users (email);",
    source="postgresql.org/docs/current/sql-createindex.html",
    says=stops(lambda case: case.sqlstate == "42P07" and case.statement == "IndexStmt"),
)

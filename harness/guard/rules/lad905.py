"""A statement that Postgres's grammar refuses."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, elsewhere

RULE = Rule(
    code="LAD905",
    title="Postgres refuses it as a syntax error",
    severity=Severity.ERROR,
    help="Mend it at the place that the message names; what only psql reads is no SQL.",
    why=(
        "The statement is refused at every boot, the first one too. The grammar is that of Postgres 18. "
        "Backslash commands and the rows after COPY ... FROM stdin are read by psql alone."
    ),
    before="CREATE TABEL users (id BIGINT);",
    after="CREATE TABLE users (id BIGINT);",
    source="postgresql.org/docs/current/sql-syntax.html",
    says=elsewhere,
)

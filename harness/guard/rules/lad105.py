"""A column is needed that is gone."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD105",
    title="a column is needed that a later statement drops or renames",
    severity=Severity.ERROR,
    help="Run it only while the column is there: a DO block that looks it up in information_schema.columns.",
    why=(
        "The statement was right when it was written. A later migration has dropped or renamed the column, so "
        "that the next boot, which starts at the first file again, does not find it (42703). IF NOT EXISTS "
        "does not help: Postgres looks at the columns as well."
    ),
    before="CREATE INDEX users_nick ON users (nick);  -- a later file drops users.nick",
    after="""\
DO $$ BEGIN
    IF EXISTS (SELECT FROM information_schema.columns
               WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'nick') THEN
        CREATE INDEX IF NOT EXISTS users_nick ON users (nick);
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/infoschema-columns.html",
    says=stops(lambda case: case.sqlstate in ("42703", "42702")),
)

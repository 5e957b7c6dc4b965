"""Something stands in the way: an object depends on it."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD116",
    title="something that depends on it stands in the way",
    severity=Severity.ERROR,
    help=(
        "Skip the statement once it has been done (a DO block that looks at the state it leaves), or drop "
        "what depends on it first and make it again."
    ),
    why=(
        "At the first boot nothing depended on the thing yet. By the second one a later file has made a view, "
        "a key or a column that does: Postgres refuses to drop it (2BP01), or to change the type of a column "
        "under it (0A000)."
    ),
    before="ALTER TABLE users ALTER COLUMN id TYPE BIGINT;  -- a later file makes a view of it",
    after="""\
DO $$ BEGIN
    IF EXISTS (SELECT FROM information_schema.columns
               WHERE table_name = 'users' AND column_name = 'id' AND data_type = 'integer') THEN
        ALTER TABLE users ALTER COLUMN id TYPE BIGINT;
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/ddl-depend.html",
    says=stops(lambda case: case.sqlstate in ("2BP01", "0A000")),
)

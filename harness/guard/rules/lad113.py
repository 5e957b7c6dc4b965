"""Something is renamed, or moved to another schema, a second time."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD113",
    title="something is renamed or moved a second time",
    severity=Severity.ERROR,
    help=(
        "Rename only while the old name is there: a DO block that looks it up. ALTER TABLE IF EXISTS is "
        "enough where no file makes the old name again."
    ),
    why=(
        "After the first boot the old name is gone (42P01, 42703, 42704), or, where an earlier file makes the "
        "old name again at every boot, the new one is taken (42P07, 42701)."
    ),
    before="ALTER TABLE users RENAME COLUMN name TO full_name;",
    after="""\
DO $$ BEGIN
    IF EXISTS (SELECT FROM information_schema.columns
               WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'name') THEN
        ALTER TABLE users RENAME COLUMN name TO full_name;
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/sql-altertable.html (RENAME)",
    says=stops(lambda case: case.statement in ("RenameStmt", "AlterObjectSchemaStmt")),
)

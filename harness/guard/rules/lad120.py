"""Types no longer fit."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

_STATES = ("42804", "42883", "42846", "22P02", "22003", "22001", "22007", "22008", "42P18", "42P08")

RULE = Rule(
    code="LAD120",
    title="a type or value no longer fits what is there by then",
    severity=Severity.ERROR,
    help=(
        "Skip the statement once it has been done: a DO block that looks at the column's type in "
        "information_schema.columns."
    ),
    why=(
        "A later file gives a column, a domain or a function another type. The early statement then compares, "
        "casts or writes what does not fit any more (42804, 42883, 42846, 22P02, 22003)."
    ),
    before="UPDATE users SET active = 'unknown' WHERE active IS NULL;  -- a later file makes the column BOOLEAN",
    after="""\
DO $$ BEGIN
    IF EXISTS (SELECT FROM information_schema.columns
               WHERE table_name = 'users' AND column_name = 'active' AND data_type = 'text') THEN
        UPDATE users SET active = 'unknown' WHERE active IS NULL;
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/typeconv.html",
    says=stops(lambda case: case.sqlstate in _STATES),
)

"""A table or view is needed that is gone."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD106",
    title="a table or view is needed that a later statement drops or renames",
    severity=Severity.ERROR,
    help=(
        "Run it only while the table is there: a DO block that asks for to_regclass('public.name') IS NOT "
        "NULL, or ALTER TABLE IF EXISTS."
    ),
    why=(
        "The statement was right when it was written. A later migration has dropped or renamed what it names, "
        "so that the next boot, which starts at the first file again, does not find it (42P01), or finds "
        "something of another kind (42809)."
    ),
    before="INSERT INTO plans VALUES (1);  -- a later file renames plans",
    after="""\
DO $$ BEGIN
    IF to_regclass('public.plans') IS NOT NULL THEN
        INSERT INTO plans VALUES (1) ON CONFLICT DO NOTHING;
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/functions-info.html (to_regclass)",
    says=stops(lambda case: case.sqlstate in ("42P01", "42809")),
)

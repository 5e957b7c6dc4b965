"""A type, function, role or schema is needed that is gone."""

from __future__ import annotations

from harness.guard.rules.rule import Case, Rule, Severity, stops

_EXPRESSIONS = ("AlterTableStmt", "UpdateStmt", "InsertStmt", "DeleteStmt", "SelectStmt", "ViewStmt", "IndexStmt")
"""Where a function is called with values: one that is not found has other types, more often than not."""


def _needs_what_is_gone(case: Case) -> bool:
    is_named = case.statement not in _EXPRESSIONS and case.thing == "function"
    return case.sqlstate in ("42704", "3F000") or (case.sqlstate == "42883" and is_named)


RULE = Rule(
    code="LAD122",
    title="a type, function, role, schema or constraint is needed that is gone by then",
    severity=Severity.ERROR,
    help=(
        "Run it only while the thing is there: a DO block that looks it up (to_regtype, to_regprocedure, "
        "to_regnamespace, pg_roles, pg_constraint)."
    ),
    why=(
        "The statement was right when it was written. A later migration has dropped or renamed what it names, "
        "so that the next boot, which starts at the first file again, does not find it (42704, 42883, 3F000)."
    ),
    before="ALTER TYPE mood OWNER TO app;  -- a later file drops the type",
    after="""\
DO $$ BEGIN
    IF to_regtype('public.mood') IS NOT NULL THEN
        ALTER TYPE mood OWNER TO app;
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/functions-info.html",
    says=stops(_needs_what_is_gone),
)

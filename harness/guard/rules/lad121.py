"""A guard that does not guard."""

from __future__ import annotations

from harness.guard.rules.rule import Case, Rule, Severity, stops

_EXISTS = ("42710", "42P07", "42701", "42723", "42P06")


def _has_a_guard(case: Case) -> bool:
    if case.statement == "DoStmt":
        return case.sqlstate in _EXISTS
    return case.statement == "IndexStmt" and case.node.if_not_exists and case.sqlstate == "42703"


RULE = Rule(
    code="LAD121",
    title="a guard that does not guard",
    severity=Severity.ERROR,
    help=(
        "Look up exactly what the statement makes: the same name, in the same schema, on the same table "
        "(conname and conrelid), and everything that it refers to."
    ),
    why=(
        "The statement asks whether its work has been done, and asks for something else: another name than "
        "the one that it makes, a name in another table or schema; or it is an index IF NOT EXISTS over a "
        "column that a later file drops together with the index. At the next boot the guard lets it through, "
        "and it stops."
    ),
    before="CREATE INDEX IF NOT EXISTS users_nick ON users (nick);  -- a later file drops users.nick",
    after="""\
DO $$ BEGIN
    IF EXISTS (SELECT FROM information_schema.columns
               WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'nick') THEN
        CREATE INDEX IF NOT EXISTS users_nick ON users (nick);
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/catalog-pg-constraint.html",
    says=stops(_has_a_guard),
)

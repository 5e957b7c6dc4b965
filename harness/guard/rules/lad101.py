"""A constraint is added that exists."""

from __future__ import annotations

from harness.guard.rules.rule import Case, Rule, Severity, stops

_STATES = ("42710", "42P07", "42P16")


def _adds_a_constraint(case: Case) -> bool:
    """Know it also by its key's index, which is a relation, and as a second primary key."""
    return case.sqlstate in _STATES and case.statement in ("AlterTableStmt", "AlterDomainStmt")


RULE = Rule(
    code="LAD101",
    title="a constraint is added that is there already",
    severity=Severity.ERROR,
    help=("Wrap it in a DO block that adds it only if pg_constraint has no row of this conname and this conrelid."),
    why=(
        "Postgres has no ADD CONSTRAINT IF NOT EXISTS. The first boot adds the constraint; the next one finds "
        "it and stops with 42710 (42P07 for the index of a key, 42P16 for a second primary key). Names of "
        "constraints are unique within their table only, so the lookup has to name the table (conrelid) too."
    ),
    before="ALTER TABLE users ADD CONSTRAINT users_kind CHECK (kind IN ('person', 'robot'));",
    after="""\
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'users_kind' AND conrelid = 'users'::regclass) THEN
        ALTER TABLE users ADD CONSTRAINT users_kind CHECK (kind IN ('person', 'robot'));
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/catalog-pg-constraint.html",
    says=stops(_adds_a_constraint),
)

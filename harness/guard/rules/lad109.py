"""A view is made that exists, or whose columns differ by then."""

from __future__ import annotations

from harness.guard.rules.rule import Case, Rule, Severity, stops
from harness.sql.tree import enum


def _makes_a_view(case: Case) -> bool:
    if case.sqlstate == "42P16":
        return case.statement in ("ViewStmt", "DoStmt")
    is_materialized = case.statement == "CreateTableAsStmt" and enum(case.node, "objtype") == "OBJECT_MATVIEW"
    return case.sqlstate == "42P07" and (case.statement == "ViewStmt" or is_materialized)


RULE = Rule(
    code="LAD109",
    title="a view is there already, or has other columns by then",
    severity=Severity.ERROR,
    help=(
        "Write CREATE OR REPLACE VIEW (IF NOT EXISTS for a materialized one); where a later file changes its "
        "columns, DROP VIEW IF EXISTS first, in the same transaction."
    ),
    why=(
        "CREATE VIEW stops where the view is there (42P07). OR REPLACE can only add columns at the end: an "
        "early file that gives the view fewer or other columns than a later one stops at the next boot "
        "(42P16), because by then the view is the later one."
    ),
    before="CREATE OR REPLACE VIEW names AS SELECT id FROM users;  -- a later file adds a column",
    after="""\
DROP VIEW IF EXISTS names;
CREATE VIEW names AS SELECT id FROM users;
""",
    source="postgresql.org/docs/current/sql-createview.html",
    says=stops(_makes_a_view),
)

"""A function is made that exists, or that exists in another shape."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD108",
    title="a function is there already, or has another shape by then",
    severity=Severity.ERROR,
    help=(
        "Write CREATE OR REPLACE FUNCTION; where it changes what it returns, DROP FUNCTION IF EXISTS with its "
        "argument types first."
    ),
    why=(
        "CREATE FUNCTION stops where a function of this name and these argument types is there (42723). OR "
        "REPLACE can change neither the type that is returned nor the names of arguments (42P13). And where a "
        "later file gives the function other arguments, a second one stands beside the first: a name without "
        "argument types then means both (42725)."
    ),
    before="CREATE FUNCTION total(a int) RETURNS int LANGUAGE sql AS 'SELECT a';",
    after="CREATE OR REPLACE FUNCTION total(a int) RETURNS int LANGUAGE sql AS 'SELECT a';",
    source="postgresql.org/docs/current/sql-createfunction.html",
    says=stops(lambda case: case.sqlstate in ("42723", "42P13", "42725")),
)

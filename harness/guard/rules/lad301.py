"""An interrupted CREATE INDEX CONCURRENTLY passes for a finished one."""

from __future__ import annotations

from harness.guard.rules.rule import Case, Rule, Severity


def _says(case: Case) -> str:
    if case.statement != "IndexStmt" or not (case.node.concurrent and case.node.if_not_exists):
        return ""
    return f'an interrupted boot leaves "{case.node.idxname}" INVALID, and the next one takes it for done'


RULE = Rule(
    code="LAD301",
    title="an interrupted CREATE INDEX CONCURRENTLY passes for a finished one",
    severity=Severity.WARNING,
    help=(
        "Drop an index that is not valid before it: look at pg_index.indisvalid, or DROP INDEX CONCURRENTLY "
        "IF EXISTS first."
    ),
    why=(
        "CREATE INDEX CONCURRENTLY that is interrupted, or meets a duplicate, leaves an INVALID index behind. "
        "IF NOT EXISTS looks at the name alone: the next boot takes it for done, and the index is never used; "
        "a unique one does not keep duplicates out."
    ),
    before="CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email ON users (email);",
    after="""\
DROP INDEX CONCURRENTLY IF EXISTS users_email;
CREATE INDEX CONCURRENTLY users_email ON users (email);
""",
    source="postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
    says=_says,
)

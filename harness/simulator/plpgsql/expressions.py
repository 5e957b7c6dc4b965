"""SQL within PL/pgSQL: parsed once, run with the block's variables in sight."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.errors import LadderError
from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute.env import Env, Result
from harness.simulator.values import UNKNOWN, Value
from harness.sql import parse

if TYPE_CHECKING:
    from harness.simulator.session import Session

QUERIES = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
"""What is planned and gives rows; everything else is a utility statement."""
_PLAIN = frozenset({"A_Const", "ColumnRef", "ParamRef", "A_Expr", "BoolExpr", "NullTest", "BooleanTest"})


@lru_cache(maxsize=10_000)
def statements(text: str) -> tuple[Any, ...]:
    """Return the parse trees of a text's statements; Refused (42601) where Postgres cannot parse it."""
    found = tuple(parse.nodes(text))
    if not found:
        try:
            parse.check(text)
        except LadderError as error:
            raise Refused("42601", error.message) from None
    return found


@lru_cache(maxsize=10_000)
def expression(text: str) -> Any:
    """Return the SELECT that gives an expression's value."""
    found = statements(f"SELECT {text}")
    if not found:
        raise Unsure("the parser does not carry an expression")
    return found[0]


def value_of(session: Session, text: str, env: Env) -> Value:
    """Return the value of an expression; UNKNOWN where it cannot be told."""
    node = expression(text)
    result = run(session, node, env)
    if not result.is_exact:
        return UNKNOWN
    if len(result.rows) > 1:
        raise Refused("21000", f'query "{text}" returned more than one row')
    return result.rows[0][0] if result.rows and result.rows[0] else None


def run(session: Session, node: Any, env: Env) -> Result:
    """Run a query; its rows."""
    from harness.simulator import execute  # noqa: PLC0415 - it calls this room

    return execute.run_statement(session, node, env)


def truth(session: Session, text: str, env: Env) -> Value:
    """Return a condition's value: true, false (for NULL too), or UNKNOWN."""
    from harness.simulator.execute.evaluate import as_bool  # noqa: PLC0415 - as above

    value = as_bool(value_of(session, text, env))
    return value if value is UNKNOWN else bool(value)


def first_row(result: Result) -> tuple[tuple[Value, ...] | None, Value]:
    """Return the row that INTO takes, None without one; and whether there is one: true, false or UNKNOWN.

    The values of the row are UNKNOWN where another one may come first.
    """
    certain = [row for index, row in enumerate(result.rows) if index not in result.doubtful]
    unknown = (UNKNOWN,) * len(result.columns)
    if result.is_exact:
        return (result.rows[0], True) if result.rows else (None, False)
    return unknown, True if certain else UNKNOWN

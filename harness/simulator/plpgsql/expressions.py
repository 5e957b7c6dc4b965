"""SQL within PL/pgSQL: parsed once, run with the block's variables in sight."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.errors import LadderError
from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import as_bool, evaluate
from harness.simulator.values import UNKNOWN, Value
from harness.sql import parse, tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

QUERIES = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
"""What is planned and gives rows; everything else is a utility statement."""
_PLAIN = frozenset({"A_Const", "A_Expr", "BoolExpr", "BooleanTest", "ColumnRef", "List", "NullTest"})
"""What an expression is made of whose analysis asks for the types of variables, and for nothing in the store."""
_ANALYZED: set[tuple[Any, ...]] = set()
"""Plain expressions that were analyzed before, each with the types of its variables."""
_MOST = 10_000


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
    names = _names(text)
    if names is not None and _is_analyzed(session, text, names, env):
        return evaluate(session, node.target_list[0].res_target.val, env)
    result = run(session, node, env)
    if not result.is_exact:
        return UNKNOWN
    if len(result.rows) > 1:
        raise Refused("21000", f'query "{text}" returned more than one row')
    return result.rows[0][0] if result.rows and result.rows[0] else None


@lru_cache(maxsize=_MOST)
def _names(text: str) -> frozenset[str] | None:
    """Return the variables that a plain expression names; None for any other."""
    node = expression(text)
    if len(node.ListFields()) > 3 or len(node.target_list) != 1:  # besides the target: a limit's kind, SETOP_NONE
        return None
    found: set[str] = set()
    waiting = [node.target_list[0].res_target.val]
    while waiting:
        content = tree.inner(waiting.pop())
        if content is None:
            continue
        if content.DESCRIPTOR.name not in _PLAIN:
            return None
        if content.DESCRIPTOR.name == "ColumnRef":
            if len(content.fields) != 1 or tree.kind(content.fields[0]) != "String":
                return None
            found.add(content.fields[0].string.sval)
        elif content.DESCRIPTOR.name != "A_Const":
            waiting += _parts(content)
    return frozenset(found)


def _parts(node: Any) -> list[Any]:
    """Return the expressions in a plain node."""
    values = [
        value for field, value in node.ListFields() if field.message_type is not None and field.name != "name"
    ]
    return [each for value in values for each in ([value] if hasattr(value, "DESCRIPTOR") else value)]


def _is_analyzed(session: Session, text: str, names: frozenset[str], env: Env) -> bool:
    """Analyze a plain expression once for the types of its variables; False where these are not all built-in."""
    from harness.simulator import analyze  # noqa: PLC0415 - it calls this room

    variables = env.scope.variables if env.scope is not None else {}
    types = [variables.get(name) for name in sorted(names)]
    if any(type_ is None or type_.oid for type_ in types):
        return False
    key = (text, *types)
    if key not in _ANALYZED:
        analyze.statement(session, expression(text), env.scope)
        if len(_ANALYZED) >= _MOST:
            _ANALYZED.clear()
        _ANALYZED.add(key)
    return True


def run(session: Session, node: Any, env: Env) -> Result:
    """Run a query; its rows."""
    from harness.simulator import execute  # noqa: PLC0415 - it calls this room

    return execute.run_statement(session, node, env)


def truth(session: Session, text: str, env: Env) -> Value:
    """Return a condition's value: true, false (for NULL too), or UNKNOWN."""
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

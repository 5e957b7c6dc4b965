"""Calls of functions: Postgres's own, and the ladder's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Argument, Function, Relation, TypeName
from harness.simulator.doubt import is_harmless
from harness.simulator.errors import Unsure
from harness.simulator.execute import functions, grouping
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.values import UNKNOWN, Fresh, Value
from harness.sql import parse, tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_DEEPEST = 40
_CONSTANTS: dict[str, list[Any]] = {}
"""Bodies of SQL functions that were parsed before."""


def call(session: Session, node: Any, env: Env) -> Any:
    """Return what a FuncCall gives: a Value, or a Result where the function returns a set."""
    if node.HasField("over"):
        return env.windows.get(node.location, UNKNOWN)
    if grouping.is_aggregate(session, node):
        return grouping.aggregate(session, node, env)
    schema, name = tree.qualified(node.funcname)
    arguments = [evaluate(session, item, env) for item in node.args]
    names = [item.named_arg_expr.name if tree.kind(item) == "NamedArgExpr" else "" for item in node.args]
    if any(isinstance(value, Result) for value in arguments):
        return UNKNOWN
    built_in = functions.load().get(name)
    is_hidden = schema in ("", "pg_catalog") and built_in is not None
    own = None if is_hidden else choose(session, name, schema, arguments, names)
    if built_in is not None and own is None:
        if node.func_variadic and isinstance(arguments[-1], list):
            arguments = [*arguments[:-1], *arguments[-1]]
            names = [""] * len(arguments)
        return _call_built_in(session, built_in, arguments, names)
    if own is None:
        return _row_function(session, name, arguments)
    return call_own(session, own, placed(session, own, arguments, names, env, is_variadic=node.func_variadic))


def _call_built_in(session: Session, function: Any, arguments: list[Value], names: list[str]) -> Any:
    by_place = [value for name, value in zip(names, arguments, strict=True) if not name]
    by_name = {name: value for name, value in zip(names, arguments, strict=True) if name}
    return function(session, *by_place, **by_name)


def _row_function(session: Session, name: str, arguments: list[Value]) -> Value:
    """Return f(row), which may be row.f, or f(text), which may be a cast."""
    if len(arguments) != 1:
        return UNKNOWN
    if isinstance(arguments[0], dict):
        return arguments[0].get(name, UNKNOWN)
    return coerce(session, arguments[0], TypeName(name), explicit=True) if name in _CASTS else UNKNOWN


_CASTS = frozenset({"text", "int4", "int8", "int2", "numeric", "float8", "bool", "date", "timestamptz", "uuid"})


def choose(session: Session, name: str, schema: str, arguments: list[Value], names: list[str]) -> Function | None:
    """Return the ladder's own function that a call means; None where there is none, or too many."""
    fitting = [each for each in session.functions(name, schema) if _fits(each, arguments, names)]
    if len(fitting) > 1:
        exact = [each for each in fitting if len(_inputs(each)) == len(arguments)]
        fitting = [each for each in exact or fitting if _may_take(each, arguments)]
    return fitting[0] if fitting else None


def _inputs(function: Function) -> list[Argument]:
    return [argument for argument in function.arguments if argument.mode in "ibv"]


def _fits(function: Function, arguments: list[Value], names: list[str]) -> bool:
    inputs = _inputs(function)
    required = sum(argument.default is None and argument.mode != "v" for argument in inputs)
    has_rest = any(argument.mode == "v" for argument in inputs)
    known = {argument.name for argument in inputs}
    enough = required <= len(arguments) and (has_rest or len(arguments) <= len(inputs))
    return enough and all(name in known for name in names if name)


def _may_take(function: Function, arguments: list[Value]) -> bool:
    for argument, value in zip(_inputs(function), arguments, strict=False):
        is_text = argument.type.name in ("text", "varchar", "name", "bpchar", "?")
        is_number = argument.type.name in ("int2", "int4", "int8", "numeric", "float4", "float8")
        if isinstance(value, int) and not isinstance(value, bool) and not is_number:
            return False
        if isinstance(value, bool | dict | list) and (is_text or is_number) and not argument.type.is_array:
            return False
    return True


def placed(
    session: Session,
    function: Function,
    arguments: list[Value],
    names: list[str],
    env: Env,
    *,
    is_variadic: bool = False,
) -> list[Value]:
    """Return a value for each input argument of a function: given by place or by name, or its default."""
    inputs = _inputs(function)
    given = {name: value for name, value in zip(names, arguments, strict=True) if name}
    by_place = [value for name, value in zip(names, arguments, strict=True) if not name]
    found = []
    for place, argument in enumerate(inputs):
        if argument.mode == "v" and not is_variadic:
            found.append(by_place[place:])
        elif place < len(by_place):
            found.append(coerce(session, by_place[place], argument.type))
        elif argument.name in given:
            found.append(coerce(session, given[argument.name], argument.type))
        else:
            default = UNKNOWN if argument.default is None else evaluate(session, argument.default, env)
            found.append(coerce(session, default, argument.type))
    return found


def call_own(session: Session, function: Function, arguments: list[Value]) -> Any:
    """Call one of the ladder's own functions with a value for each input argument."""
    if function.language not in ("sql", "plpgsql"):
        return UNKNOWN
    if None in arguments and _is_strict(function):
        return Result(columns_of(session, function)) if function.returns_set else None
    if session.depth > _DEEPEST:
        raise Unsure(f"{function.name} calls itself too deeply")
    session.depth += 1
    try:
        if function.language == "sql":
            found = _call_sql(session, function, arguments)
        else:
            found = _call_plpgsql(session, function, arguments)
    finally:
        session.depth -= 1
    if function.language == "plpgsql" and function.kind == "f" and function.returns.name == "void":
        return ""
    return Fresh("id") if found is UNKNOWN and _makes_ids(function) else found


_RANDOM = re.compile(
    r"\b(gen_random_(bytes|uuid)|uuid_generate_v[14]|nano_?id\w*|ulid\w*|cuid\w*)\s*\(", re.IGNORECASE
)
_DRAWN = re.compile(r"\brandom\s*\(", re.IGNORECASE)
_ID = re.compile(r"(^|_)(id|ids|uid|token|code|slug|key|hash|secret|nano_?id|ulid|cuid|uuid)(_|$)", re.IGNORECASE)


def _makes_ids(function: Function) -> bool:
    """Whether a function that is not followed makes a text of random parts, which equals nothing that is there."""
    if function.returns.is_array or function.returns.name in _COARSE:
        return False
    return bool(_RANDOM.search(function.body)) or bool(_DRAWN.search(function.body) and _ID.search(function.name))


_COARSE = frozenset(
    {"bool", "int2", "void", "record", "trigger", "date", "timestamp", "timestamptz", "json", "jsonb"}
)


def _call_plpgsql(session: Session, function: Function, arguments: list[Value]) -> Any:
    from harness.simulator import plpgsql  # noqa: PLC0415 - it stands on this room

    try:
        return plpgsql.call(session, function, arguments)
    except Unsure:
        if not is_harmless(session, function.body):
            raise
        return Result(columns_of(session, function), is_complete=False) if function.returns_set else UNKNOWN


def _is_strict(function: Function) -> bool:
    return any(name == "strict" and value for name, value in function.settings)


def _call_sql(session: Session, function: Function, arguments: list[Value]) -> Any:
    from harness.simulator.execute.statement import run_statement  # noqa: PLC0415 - it stands on this module
    from harness.simulator.play.settings import within  # noqa: PLC0415 - as above

    variables = {f"${place}": value for place, value in enumerate(arguments, start=1)}
    variables |= {a.name: value for a, value in zip(_inputs(function), arguments, strict=True) if a.name}
    result = Result()
    with within(session, function):
        for node in _statements(function):
            result = run_statement(session, node, Env(variables=variables))
    return _returned(session, function, result)


def _statements(function: Function) -> list[Any]:
    if function.tree is not None:
        return [function.tree]
    if function.body not in _CONSTANTS:
        _CONSTANTS[function.body] = parse.nodes(function.body)
    found = _CONSTANTS[function.body]
    if not found and function.body.strip():
        raise Unsure(f"the body of {function.name} is not understood")
    return found


def _returned(session: Session, function: Function, result: Result) -> Any:
    if function.returns.name == "void" and not function.returns_set:
        return None
    columns = columns_of(session, function) or result.columns
    if function.returns_set:
        return Result(columns[: len(result.columns)], result.rows, result.doubtful, result.is_complete)
    if not result.rows:
        return None if result.is_complete else UNKNOWN
    if not result.is_complete or 0 in result.doubtful:
        return UNKNOWN
    row = result.rows[0]
    if len(row) > 1:
        return dict(zip(columns, row, strict=False))
    return coerce(session, row[0], function.returns) if len(columns_of(session, function)) < 2 else row[0]


def columns_of(session: Session, function: Function) -> tuple[str, ...]:
    """Return the columns of what a function gives, as far as its declaration names them."""
    out = tuple(argument.name for argument in function.arguments if argument.mode in "obt")
    if out:
        return out
    relation = session.store.get(function.returns.oid)
    return tuple(column.name for column in relation.columns) if isinstance(relation, Relation) else ()


def as_table(  # noqa: PLR0911 - one line for each kind of value
    session: Session, node: Any, env: Env, alias: str, defined: list[str]
) -> Result:
    """Return a function in FROM as rows; `defined` are the columns of an AS (...) list."""
    if tree.kind(node) != "FuncCall":
        value = evaluate(session, node, env)
        return Result((alias,), [(value,)])
    value = call(session, node.func_call, env)
    name = node.func_call.funcname[-1].string.sval
    own = session.functions(name, tree.qualified(node.func_call.funcname)[0])
    columns = tuple(defined) or (columns_of(session, own[0]) if own else ())
    if isinstance(value, Result):
        if len(value.columns) == 1 and not columns:
            return Result((alias or name,), value.rows, value.doubtful, value.is_complete)
        return Result(columns or value.columns, value.rows, value.doubtful, value.is_complete)
    if isinstance(value, dict):
        return Result(columns or tuple(value), [tuple(value.values())])
    if value is UNKNOWN and (columns or name not in functions.load()):
        return Result(columns or (alias or name,), is_complete=False)
    if value is None and len(columns) > 1:
        return Result(columns, [(None,) * len(columns)])
    return Result(columns or (alias or name,), [(value,)])

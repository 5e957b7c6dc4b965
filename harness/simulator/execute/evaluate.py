"""Expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute import logic, operators
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import Env
from harness.simulator.values import UNKNOWN, Fresh, Json, Value, ZeroBased
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Handler = Callable[["Session", Any, Env], Value]
_HANDLERS: dict[str, _Handler] = {}


def evaluate(session: Session, node: Any, env: Env) -> Value:
    """Return the value of an expression; UNKNOWN where it cannot be told."""
    if node.DESCRIPTOR.name == "Node":
        node = tree.inner(node)
        if node is None:
            return None
    handler = _HANDLERS.get(node.DESCRIPTOR.name)
    return UNKNOWN if handler is None else handler(session, node, env)


def attempt(session: Session, node: Any, env: Env) -> Value:
    """Return the value of an expression that Postgres may not come to; UNKNOWN where it would refuse it."""
    try:
        return evaluate(session, node, env)
    except Refused:
        return UNKNOWN


def values(session: Session, nodes: Any, env: Env) -> list[Value]:
    """Return the values of several expressions."""
    return [evaluate(session, node, env) for node in nodes]


def _evaluates(*names: str) -> Callable[[_Handler], _Handler]:
    def register(handler: _Handler) -> _Handler:
        _HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register


@_evaluates("A_Const")
def _constant(_session: Session, node: Any, _env: Env) -> Value:
    which = node.WhichOneof("val")
    if which == "ival":
        return node.ival.ival
    if which == "sval":
        return node.sval.sval
    if which == "fval":
        text = node.fval.fval.replace("_", "")
        return int(text) if text.isdigit() else Decimal(text)
    if which == "boolval":
        return node.boolval.boolval
    return None if node.isnull else UNKNOWN


@_evaluates("ColumnRef")
def _column(_session: Session, node: Any, env: Env) -> Value:
    names = [field.string.sval for field in node.fields if field.WhichOneof("node") == "string"]
    if len(names) < len(node.fields):
        return _whole(names[-1], env) if names else UNKNOWN
    if len(names) == 1:
        return _bare(names[0], env)
    return _qualified(names, env)


def _bare(name: str, env: Env) -> Value:
    """Return a column or a variable; failing these, a whole row."""
    for each in env.chain():
        found = [fields[name] for fields in each.rows.values() if name in fields]
        if found:
            return next((value for value in found if value is not None), None)
        if name in each.variables:
            return each.variables[name]
    return _whole(name, env)


def _whole(name: str, env: Env) -> Value:
    for each in env.chain():
        if name in each.rows:
            return dict(each.rows[name])
    return UNKNOWN


def _qualified(names: list[str], env: Env) -> Value:
    """Return table.column, schema.table.column, record.field or block.variable."""
    for each in env.chain():
        for place in (-2, 0):
            fields = each.rows.get(names[place])
            if fields is None:
                fields = each.variables.get(names[place])
            if isinstance(fields, dict) or hasattr(fields, "get"):
                return _field(fields, names[1:] if place == 0 else names[-1:])
            if fields is UNKNOWN or (fields is None and names[place] in each.variables):
                return fields
    return UNKNOWN


def _field(value: Any, names: list[str]) -> Value:
    for name in names:
        if value is None:
            return None
        if not hasattr(value, "get") or name not in value:
            return UNKNOWN
        value = value[name]
    return value


def spread(session: Session, node: Any, env: Env) -> dict[str, Value] | None:
    """Return the fields of a record that is spread out (`new.*`, `(f(x)).*`); None for any other expression."""
    content = tree.inner(node)
    if content is None or content.DESCRIPTOR.name not in ("ColumnRef", "A_Indirection"):
        return None
    steps = content.fields if content.DESCRIPTOR.name == "ColumnRef" else content.indirection
    if len(steps) == 0 or tree.kind(steps[-1]) != "A_Star":
        return None
    if content.DESCRIPTOR.name == "ColumnRef":
        names = [step.string.sval for step in steps[:-1]]
        value = _bare(names[0], env) if len(names) == 1 else UNKNOWN
    else:
        value = evaluate(session, content.arg, env) if len(steps) == 1 else UNKNOWN
    if not isinstance(value, dict):
        raise Unsure("a record is spread out whose fields are not known")
    return value


@_evaluates("ParamRef")
def _parameter(_session: Session, node: Any, env: Env) -> Value:
    name = f"${node.number}"
    return next((each.variables[name] for each in env.chain() if name in each.variables), UNKNOWN)


@_evaluates("BoolExpr")
def _boolean(session: Session, node: Any, env: Env) -> Value:
    kind = tree.enum(node, "boolop")
    if kind == "NOT_EXPR":
        return logic.not_(as_bool(evaluate(session, node.args[0], env)))
    found = _in_turn(session, node.args, env)
    return logic.and_(found) if kind == "AND_EXPR" else logic.or_(found)


def _in_turn(session: Session, nodes: Any, env: Env) -> Iterator[Value]:
    """Yield conditions; behind one that is UNKNOWN it is not known whether Postgres looks at the next."""
    is_sure = True
    for node in nodes:
        value = as_bool(evaluate(session, node, env) if is_sure else attempt(session, node, env))
        is_sure = is_sure and value is not UNKNOWN
        yield value


def as_bool(value: Value) -> Value:
    """Return true, false, NULL or UNKNOWN."""
    if isinstance(value, str):
        value = logic.alike(value, True)
        value = UNKNOWN if value is None else value[0]
    return value if value is None or isinstance(value, bool) else UNKNOWN


@_evaluates("NullTest")
def _null_test(session: Session, node: Any, env: Env) -> Value:
    value = evaluate(session, node.arg, env)
    is_null = tree.enum(node, "nulltesttype") == "IS_NULL"
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, dict):
        return _row_null_test(value, is_null=is_null)
    return (value is None) is is_null


def _row_null_test(row: dict[str, Value], *, is_null: bool) -> Value:
    """Tell of a row: it IS NULL when all its fields are, IS NOT NULL when none is."""
    nulls = [UNKNOWN if value is UNKNOWN else value is None for value in row.values()]
    return logic.and_(nulls) if is_null else logic.and_(map(logic.not_, nulls))


@_evaluates("BooleanTest")
def _boolean_test(session: Session, node: Any, env: Env) -> Value:
    value = as_bool(evaluate(session, node.arg, env))
    kind = tree.enum(node, "booltesttype")
    if value is UNKNOWN:
        return UNKNOWN
    expected = {"TRUE": True, "FALSE": False, "UNKNOWN": None}[kind.rpartition("_")[2]]
    return (value is expected) is not ("_NOT_" in kind)


@_evaluates("CaseExpr")
def _case(session: Session, node: Any, env: Env) -> Value:
    has_subject = bool(node.arg.WhichOneof("node"))
    subject = evaluate(session, node.arg, env) if has_subject else None
    possible = []
    look = evaluate
    for branch in node.args:
        met = look(session, branch.case_when.expr, env)
        met = logic.equal(subject, met) if has_subject else as_bool(met)
        look = attempt if met is UNKNOWN else look
        if met is True or met is UNKNOWN:
            possible.append(look(session, branch.case_when.result, env))
        if met is True:
            return _one_of(possible)
    possible.append(look(session, node.defresult, env))
    return _one_of(possible)


def _one_of(possible: list[Value]) -> Value:
    """Return what all the values agree on."""
    first = possible[0]
    agree = all(value is first or logic.distinct(value, first) is False for value in possible)
    return first if agree else UNKNOWN


@_evaluates("CoalesceExpr")
def _coalesce(session: Session, node: Any, env: Env) -> Value:
    for each in node.args:
        value = evaluate(session, each, env)
        if value is not None:
            return value
    return None


@_evaluates("MinMaxExpr")
def _min_max(session: Session, node: Any, env: Env) -> Value:
    found = [value for value in values(session, node.args, env) if value is not None]
    return extreme(found, greatest=tree.enum(node, "op") == "IS_GREATEST")


def extreme(found: list[Value], *, greatest: bool) -> Value:
    """Return the least or greatest of some values, none of them NULL; NULL when there are none."""
    best: Value = None
    for value in found:
        if best is None:
            best = value
            continue
        better = logic.less(best, value) if greatest else logic.less(value, best)
        if better is UNKNOWN:
            return UNKNOWN
        best = value if better else best
    return best


@_evaluates("TypeCast")
def _cast(session: Session, node: Any, env: Env) -> Value:
    from harness.simulator import analyze  # noqa: PLC0415 - it stands on this room

    value = evaluate(session, node.arg, env)
    return coerce(session, value, analyze.type_name(session, node.type_name), explicit=True)


@_evaluates("CollateClause")
def _collate(session: Session, node: Any, env: Env) -> Value:
    return evaluate(session, node.arg, env)


@_evaluates("A_ArrayExpr")
def _array(session: Session, node: Any, env: Env) -> Value:
    return values(session, node.elements, env)


@_evaluates("List")
def _list(session: Session, node: Any, env: Env) -> Value:
    return values(session, node.items, env)


@_evaluates("RowExpr")
def _row(session: Session, node: Any, env: Env) -> Value:
    return {f"f{n}": value for n, value in enumerate(values(session, node.args, env), start=1)}


@_evaluates("A_Indirection")
def _indirection(session: Session, node: Any, env: Env) -> Value:
    value = evaluate(session, node.arg, env)
    for step in node.indirection:
        if value is None or value is UNKNOWN:
            return value
        kind = tree.kind(step)
        if kind == "String":
            value = _field(value, [step.string.sval])
        elif kind == "A_Indices" and not step.a_indices.is_slice:
            value = _element(value, evaluate(session, step.a_indices.uidx, env))
        else:
            return UNKNOWN
    return value


def _element(value: Value, place: Value) -> Value:
    if isinstance(value, Json):
        return operators.arrow(value, place)
    if not isinstance(value, list) or not isinstance(place, int):
        return UNKNOWN
    place -= 0 if isinstance(value, ZeroBased) else 1
    return value[place] if 0 <= place < len(value) else None


_CLOCKS = ("SVFOP_CURRENT_DATE", "SVFOP_CURRENT_TIME", "SVFOP_LOCALTIME", "SVFOP_CURRENT_TIMESTAMP")


@_evaluates("SQLValueFunction")
def _value_function(session: Session, node: Any, _env: Env) -> Value:
    kind = tree.enum(node, "op")
    if kind.startswith(_CLOCKS):
        return Fresh(logic.CLOCK)
    if "ROLE" in kind or "USER" in kind:
        return session.role
    if kind == "SVFOP_CURRENT_SCHEMA":
        return next((each.name for each in session.path() if each.name not in ("pg_catalog", "pg_temp")), None)
    return UNKNOWN


@_evaluates("A_Expr")
def _operator(session: Session, node: Any, env: Env) -> Value:
    return operators.apply(session, node, env, evaluate)


@_evaluates("NamedArgExpr")
def _named(session: Session, node: Any, env: Env) -> Value:
    return evaluate(session, node.arg, env)


@_evaluates("FuncCall")
def _call(session: Session, node: Any, env: Env) -> Value:
    from harness.simulator.execute.calls import call  # noqa: PLC0415 - it stands on this module

    return call(session, node, env)


@_evaluates("SubLink")
def _sub_select(session: Session, node: Any, env: Env) -> Value:
    from harness.simulator.execute.subselects import sub_select  # noqa: PLC0415 - it stands on this module

    return sub_select(session, node, env)


@_evaluates("GroupingFunc")
def _grouping(_session: Session, _node: Any, _env: Env) -> Value:
    return UNKNOWN

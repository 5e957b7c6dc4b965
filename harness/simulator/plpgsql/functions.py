"""Calls of functions, procedures and triggers that are written in PL/pgSQL, and DO."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from harness.errors import LadderError
from harness.simulator.catalog.objects import Argument, Function, Relation, Trigger, TypeName
from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import EMPTY, Env, Result
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.plpgsql import expressions, statements
from harness.simulator.plpgsql.declare import of_type
from harness.simulator.plpgsql.machine import RETURN, Machine, Signal, runs
from harness.simulator.plpgsql.variables import Frame, Variable
from harness.simulator.values import UNKNOWN, Value, ZeroBased
from harness.sql import plpgsql
from harness.sql.plpgsql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_DEEPEST = 40
"""How deep calls may nest before they are given up; Postgres's own limit is max_stack_depth."""
_BOOLEAN, _TEXT = TypeName("bool"), TypeName("text")
_UNKNOWN_LANGUAGE = "it is written in {}, which is not followed"


def run_block(session: Session, body: str) -> None:
    """Run the body of a DO (0A000, ... as its statements are refused; Unsure where it cannot be followed)."""
    _run(Machine(session, _frame()), body)


def call(session: Session, function: Function, arguments: Sequence[Value]) -> Value | Result:
    """Return what a function gives for the values of its input arguments, in order; the rest have their defaults.

    A Result for one that returns a set. With several OUT arguments, a dict of them; None for a procedure without.
    """
    _require_plpgsql(function)
    frame = _frame(function.name)
    outputs = _bind(session, frame, function, arguments)
    shape = _shape(session, function, outputs)
    machine = Machine(session, frame, returns_set=function.returns_set, outputs=outputs, shape=shape)
    signal = _run_function(machine, function)
    if function.returns_set:
        return Result(tuple(outputs) or _columns(session, function), machine.output, is_complete=machine.is_exact)
    if outputs:
        values = {name: variable.value for name, variable in outputs.items()}
        return next(iter(values.values())) if len(values) == 1 and function.kind == "f" else values
    if signal is None and function.kind == "f" and function.returns.name != "void":
        raise Refused("2F005", "control reached end of function without RETURN", function.name)
    return _typed(machine, function.returns, machine.returned)


def fire(
    session: Session,
    trigger: Trigger,
    operation: str,
    old: Mapping[str, Value] | None,
    new: Mapping[str, Value] | None,
) -> Mapping[str, Value] | None:
    """Run a trigger's function on a row (both rows None for a statement); return the row that it gives, or None.

    `operation` is insert, update, delete or truncate; rows are values by column name.
    """
    function = session.store.of(trigger.function, Function)
    _require_plpgsql(function)
    table = session.store.of(trigger.table, Relation)
    frame = _frame(function.name)
    row = TypeName(table.name, table.oid)
    for name, value in (("old", old), ("new", new)):
        frame.add(name, Variable(row, None if value is None else dict(value), is_record=True))
    for name, about in _about(session, trigger, table, operation).items():
        frame.add(name, Variable(TypeName("text", is_array=name == "tg_argv"), about))
    machine = Machine(session, frame)
    if _run_function(machine, function) is None:
        raise Refused("2F005", "control reached end of trigger procedure without RETURN", function.name)
    returned = machine.returned
    if returned is UNKNOWN:
        raise Unsure(f"what trigger {trigger.name} makes of the row is not known")
    return returned if isinstance(returned, dict) else None


def _about(session: Session, trigger: Trigger, table: Relation, operation: str) -> dict[str, Value]:
    """Return the variables that every trigger function has."""
    schema = session.store.get(table.schema)
    return {
        "tg_name": trigger.name,
        "tg_when": {"instead": "INSTEAD OF"}.get(trigger.timing, trigger.timing.upper()),
        "tg_level": "ROW" if trigger.is_row else "STATEMENT",
        "tg_op": operation.upper(),
        "tg_relid": table.oid,
        "tg_relname": table.name,
        "tg_table_name": table.name,
        "tg_table_schema": schema.name if schema else UNKNOWN,
        "tg_nargs": len(trigger.arguments),
        "tg_argv": ZeroBased(trigger.arguments),
    }


def _require_plpgsql(function: Function) -> None:
    if function.language.lower() != "plpgsql":
        raise Unsure(_UNKNOWN_LANGUAGE.format(function.language))


def _frame(label: str = "") -> Frame:
    return Frame({"found": Variable(_BOOLEAN, value=False)}, label=label)


def _run_function(machine: Machine, function: Function) -> Signal | None:
    from harness.simulator.play.settings import within  # noqa: PLC0415 - it calls this room

    with within(machine.session, function):
        return _run(machine, function.body)


def _run(machine: Machine, body: str) -> Signal | None:
    try:
        block = plpgsql.block(body)
    except LadderError as error:
        raise Unsure(f"its body is not understood: {error}") from None
    machine.frame.conflict = block.conflict
    with _deeper(machine.session):
        return machine.block(block)


@contextmanager
def _deeper(session: Session) -> Iterator[None]:
    if session.depth >= _DEEPEST:
        raise Unsure("calls nest too deeply to be followed")
    session.depth += 1
    try:
        yield
    finally:
        session.depth -= 1


def _bind(session: Session, frame: Frame, function: Function, arguments: Sequence[Value]) -> dict[str, Variable]:
    """Declare a function's arguments with their values; return those that it gives back."""
    given, outputs = list(arguments), dict[str, Variable]()
    for number, argument in enumerate(function.arguments, start=1):
        variable = of_type(session, argument.type)
        if argument.mode in "ibv":
            variable.value = _given(session, function, argument, given)
            frame.add(f"${number}", variable)
        if argument.mode in "obt":
            outputs[argument.name or f"column{number}"] = variable
        if argument.name:
            frame.add(argument.name, variable)
    return outputs


def _given(session: Session, function: Function, argument: Argument, given: list[Value]) -> Value:
    """Take the next value, as the argument's type; the default where none is left."""
    if argument.mode == "v" and not (len(given) == 1 and isinstance(given[0], list)):
        values, given[:] = list(given), []
        return values
    if given:
        return given.pop(0)
    if argument.default is None:
        raise Unsure(f"function {function.name} is called with too few arguments")
    return evaluate(session, argument.default, EMPTY)


def _typed(machine: Machine, type_: TypeName, value: Value) -> Value:
    if type_.name == "void":
        return ""  # not NULL: plpgsql_exec_function makes sure of it
    if value is None or isinstance(value, dict) or type_.name in ("trigger", "record", "?"):
        return value
    return coerce(machine.session, value, type_)


def _shape(session: Session, function: Function, outputs: Mapping[str, Variable]) -> tuple[TypeName, ...] | None:
    """Return the types of the columns that a function gives; None where they are not known before it runs."""
    if outputs:
        return tuple(variable.type for variable in outputs.values())
    relation = session.store.get(function.returns.oid) if function.returns.oid else None
    if isinstance(relation, Relation) and not function.returns.is_array:
        return None if relation.is_assumed else tuple(column.type for column in relation.columns)
    return None if function.returns.name in ("record", "?") else (function.returns,)


def _columns(session: Session, function: Function) -> tuple[str, ...]:
    relation = session.store.get(function.returns.oid) if function.returns.oid else None
    if isinstance(relation, Relation):
        return tuple(column.name for column in relation.columns)
    return (function.name,)


@runs(tree.Return)
def _return(machine: Machine, part: tree.Return) -> Signal | None:
    if part.value and not machine.returns_set:
        machine.returned = machine.value(part.value)
    return RETURN


@runs(tree.ReturnNext)
def _return_next(machine: Machine, part: tree.ReturnNext) -> Signal | None:
    if not part.value:
        machine.output.append(tuple(variable.value for variable in machine.outputs.values()))
        return None
    value = machine.value(part.value)
    machine.output.append(tuple(value.values()) if isinstance(value, dict) else (value,))
    return None


def _check_shape(machine: Machine, node: Any, env: Env) -> None:
    """Refuse a query that does not give the function's own columns, type by type (42804)."""
    from harness.simulator import analyze  # noqa: PLC0415 - it calls this room

    analysis = analyze.statement(machine.session, node, env.scope)
    if machine.shape is None or analysis.is_open:
        return
    given = [column.type for column in analysis.columns]
    pairs = zip(given, machine.shape, strict=False)
    if len(given) != len(machine.shape) or any(_differ(*pair) for pair in pairs):
        raise Refused("42804", "structure of query does not match function result type")


def _differ(given: TypeName, wanted: TypeName) -> bool:
    """Whether two types are known, and not the same."""
    if "?" in (given.name, wanted.name):
        return False
    name = "text" if given.name == "unknown" else given.name
    return (name if not given.oid else given.oid, given.is_array) != (wanted.oid or wanted.name, wanted.is_array)


@runs(tree.ReturnQuery)
def _return_query(machine: Machine, part: tree.ReturnQuery) -> Signal | None:
    if part.is_dynamic:
        nodes, env = statements.read(machine, part.query, part.using)
    else:
        nodes, env = expressions.statements(part.query), machine.frame.env
    result = statements.run(machine, nodes[0], env) if nodes else None
    if result is None:
        raise Unsure("RETURN QUERY of something that gives no rows")
    _check_shape(machine, nodes[0], env)
    machine.is_exact &= result.is_exact
    machine.output.extend(result.rows)
    machine.found(bool(result.rows) if result.is_exact else UNKNOWN)
    return None

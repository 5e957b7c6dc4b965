"""CALL: which procedure is meant, what it is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.simulator.analyze import builtin
from harness.simulator.catalog.objects import Argument, Function
from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute.calls import call_own
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import EMPTY, Env
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_INPUTS = "ibv"


def call(session: Session, node: Any, env: Env) -> list[tuple[Any, Value]]:
    """Call a procedure (42883, 42809); the expressions that stand for its OUT arguments, with their values."""
    given, named = _given(node.funccall)
    function = _find(session, node.funccall, given, named)
    values, places = list[Value](), dict[str, Any]()
    for place, argument in enumerate(_parameters(function)):
        expression = given[place] if place < len(given) else named.get(argument.name)
        if argument.mode in _INPUTS:
            values.append(_value(session, argument, expression, env))
        if argument.mode in "ob" and expression is not None:
            places[argument.name or f"column{place + 1}"] = expression
    found = call_own(session, function, values)
    outputs = found if isinstance(found, dict) else {}
    return [(expression, outputs.get(name, UNKNOWN)) for name, expression in places.items()]


def _given(call_: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call: by place, and by name."""
    placed = [item for item in call_.args if tree.kind(item) != "NamedArgExpr"]
    named = [tree.inner(item) for item in call_.args if tree.kind(item) == "NamedArgExpr"]
    return placed, {item.name: item.arg for item in named}


def _parameters(function: Function) -> list[Argument]:
    return [argument for argument in function.arguments if argument.mode != "t"]


def _find(session: Session, call_: Any, given: list[Any], named: Mapping[str, Any]) -> Function:
    schema, name = tree.qualified(call_.funcname)
    own = session.functions(name, schema)
    fitting = [each for each in own if each.kind == "p" and _fits(each, len(given), named)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting or session.may_assume or builtin.may_be_of_an_extension(session):
        raise Unsure(f"it is not known which procedure {name} is called")
    if own and not any(each.kind == "p" for each in own):
        raise Refused("42809", f"{name} is not a procedure", name)
    raise Refused("42883", f"procedure {name} does not exist", name)


def _fits(function: Function, placed: int, named: Mapping[str, Any]) -> bool:
    parameters = _parameters(function)
    if any(argument.mode == "v" for argument in parameters):
        return True
    names = [argument.name for argument in parameters]
    required = [each for each in parameters[placed:] if each.default is None and each.name not in named]
    return placed <= len(parameters) and not required and all(name in names[placed:] for name in named)


def _value(session: Session, argument: Argument, expression: Any, env: Env) -> Value:
    if argument.mode == "v":
        return UNKNOWN
    value = evaluate(session, argument.default, EMPTY) if expression is None else evaluate(session, expression, env)
    return coerce(session, value, argument.type)

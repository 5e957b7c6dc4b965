"""What CREATE FUNCTION checks of a body: all of one in SQL, the declarations of one in PL/pgSQL."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from harness.errors import LadderError
from harness.simulator.catalog.objects import Ref, Relation, TypeName
from harness.simulator.errors import Refused, Unsure
from harness.sql import parse, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.simulator.analyze import Analysis, Scope
    from harness.simulator.catalog.objects import Function
    from harness.simulator.session import Session
    from harness.sql.plpgsql import tree as plpgsql_tree

_OFF: Final = ("off", "false", "no", "0")
_DECLARES: Final = re.compile(r"\bdeclare\b", re.IGNORECASE)
_ANALYZED: Final = frozenset(("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))


def check_body(session: Session, function: Function) -> frozenset[Ref]:
    """Refuse a body that Postgres refuses; what one in BEGIN ATOMIC depends on is returned."""
    if function.tree is not None and not _is_polymorphic(function):
        return frozenset(ref for each in _check(session, function, list(_atomic(function.tree))) for ref in each)
    if session.settings.get("check_function_bodies", "").lower() in _OFF:
        return frozenset()
    if function.language == "sql" and not _is_polymorphic(function):
        _check(session, function, list(parsed(function.body)))
    elif function.language == "plpgsql" and _DECLARES.search(function.body):
        check_declarations(session, function)
    return frozenset()


@lru_cache(maxsize=4096)
def parsed(body: str) -> tuple[Any, ...]:
    """Return the statements of a body in SQL; none where the parser does not carry it."""
    return tuple(parse.nodes(body))


def parameters(function: Function) -> dict[str, TypeName]:
    """Return the parameters that a body in SQL can name, by name and as `$1`."""
    inputs = [argument for argument in function.arguments if argument.mode in "ibv"]
    numbered = {f"${number}": argument.type for number, argument in enumerate(inputs, start=1)}
    return numbered | {argument.name: argument.type for argument in inputs if argument.name}


def check_declarations(session: Session, function: Function) -> None:
    """Refuse a body in PL/pgSQL that declares a variable of a type that is not there (42704, 42P01, 42703)."""
    from harness.simulator.plpgsql import declare  # noqa: PLC0415 - the rooms call each other
    from harness.simulator.plpgsql.machine import Machine  # noqa: PLC0415
    from harness.simulator.plpgsql.variables import RECORD, Frame, Variable  # noqa: PLC0415
    from harness.sql import plpgsql  # noqa: PLC0415

    try:
        block = plpgsql.block(function.body)
    except LadderError:
        return
    names = {argument.name for argument in function.arguments} | {"new", "old"}
    machine = Machine(session, Frame({name: Variable(RECORD) for name in names if name}))
    for part in _declarations(block):
        with suppress(Unsure):
            machine.frame.add(part.name, Variable(declare.type_of(machine, part.type)))


def _declarations(part: object) -> Iterator[plpgsql_tree.Declaration]:
    """Yield the variables that a body declares, in its inner blocks too."""
    if isinstance(part, tuple):
        for each in part:
            yield from _declarations(each)
    elif is_dataclass(part):
        if type(part).__name__ == "Declaration":
            yield cast("plpgsql_tree.Declaration", part)
        for field in fields(part):
            yield from _declarations(getattr(part, field.name))


def _is_polymorphic(function: Function) -> bool:
    """Whether the types are those of each call: anyelement and its kin; such a body is parsed only."""
    return any(type_.name.startswith("any") for type_ in function.signature)


def _atomic(node: Any) -> Iterator[Any]:
    """Yield the statements of BEGIN ATOMIC, or the one of RETURN."""
    if tree.kind(node) == "List":
        for item in node.items:
            yield from _atomic(tree.inner(item))
    else:
        yield node


def _check(session: Session, function: Function, statements: list[Any]) -> list[frozenset[Ref]]:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    scope = analyze.Scope.with_variables(parameters(function), conflict="use_column")
    used: list[frozenset[Ref]] = []
    last: Analysis | None = None
    for node in statements:
        last = _analyze(session, node, scope)
        if last is not None:
            used.append(last.depends)
    if statements and tree.kind(statements[-1]) != "ReturnStmt":
        _check_result(session, function, last)
    return used


def _analyze(session: Session, node: Any, scope: Scope) -> Analysis | None:
    """Return the analysis of one statement of a body; None for what is not analyzed before it runs."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    kind = tree.kind(node)
    if kind == "ReturnStmt":
        typed = analyze.expression(session, tree.inner(node.returnval), scope)
        return analyze.Analysis((analyze.Output("", typed.type),), typed.depends)
    if kind not in _ANALYZED:
        return None
    return analyze.statement(session, node, scope)


def _check_result(session: Session, function: Function, last: Analysis | None) -> None:
    """Refuse a last statement that does not give what the function promises (check_sql_fn_retval)."""
    if function.returns.name in ("void", "?"):
        return
    if last is None or (not last.columns and not last.is_open):
        raise _mismatch(session, function)
    if last.is_open:
        return
    given = [output.type for output in last.columns]
    expected = _expected(session, function)
    if expected is None:
        return
    if len(given) == 1 and _is_row(session, given[0]):
        return
    if len(expected) != len(given):
        raise _mismatch(session, function)
    if not all(_fits(session, *pair) for pair in zip(given, expected, strict=True)):
        raise _mismatch(session, function)


def _fits(session: Session, given: TypeName, expected: TypeName) -> bool:
    """Whether a value may be given for a type, as in an assignment."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    return given.name == "unknown" or analyze.can_cast(session, given, expected, "assignment") is not False


def _is_row(session: Session, given: TypeName) -> bool:
    """Whether one value may be the whole row."""
    return given.name in ("record", "unknown", "?") or isinstance(session.store.get(given.oid), Relation)


def _expected(session: Session, function: Function) -> list[TypeName] | None:
    """Return the types that the last statement has to give; None where any will do."""
    if function.kind == "p" or (function.returns.name == "record" and not function.returns.oid):
        return [argument.type for argument in function.arguments if argument.mode in "obt"] or None
    relation = session.store.get(function.returns.oid) if not function.returns.is_array else None
    if isinstance(relation, Relation):
        return None if relation.is_assumed else [column.type for column in relation.columns]
    return [function.returns]


def _mismatch(session: Session, function: Function) -> Refused:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    shown = analyze.format_type(session, function.returns)
    return Refused("42P13", f"return type mismatch in function declared to return {shown}", function.name)

"""Declarations: the types of variables, and their first values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import NO_TYPE, Relation, TypeName
from harness.simulator.errors import Refused, Unsure
from harness.simulator.plpgsql import expressions
from harness.simulator.plpgsql.variables import RECORD, Variable
from harness.sql import tree as nodes
from harness.sql.plpgsql import tree

if TYPE_CHECKING:
    from harness.simulator.plpgsql.machine import Machine
    from harness.simulator.session import Session

_CURSOR = TypeName("refcursor")


def declare(machine: Machine, part: tree.Declaration | tree.Cursor | tree.Alias) -> None:
    """Add what a declaration declares to the machine's innermost frame."""
    if isinstance(part, tree.Alias):
        variable = machine.frame.require(part.of)
    elif isinstance(part, tree.Cursor):
        variable = Variable(_CURSOR, cursor=part)
    else:
        variable = _variable(machine, part)
    machine.frame.add(part.name, variable)


def _variable(machine: Machine, part: tree.Declaration) -> Variable:
    type_ = type_of(machine, part.type)
    variable = of_type(machine.session, type_)
    variable.not_null = part.not_null
    if part.default is not None:
        machine.set(variable, machine.value(part.default))
    elif part.not_null:
        raise Refused("22004", f'variable "{part.name}" must have a default value, since it\'s declared NOT NULL')
    variable.is_constant = part.is_constant
    return variable


def of_type(session: Session, type_: TypeName) -> Variable:
    """Return a new variable of a type."""
    relation = session.store.get(type_.oid) if type_.oid and not type_.is_array else None
    if isinstance(relation, Relation):
        return Variable(type_, is_record=True, fields=tuple(column.name for column in relation.columns))
    return Variable(type_, is_record=type_ == RECORD)


def type_of(machine: Machine, text: str) -> TypeName:
    """Return the type that a declaration names, %TYPE and %ROWTYPE included (42P01, 42703, 42704)."""
    words = text.split("%")
    suffix = words[-1].strip().lower() if len(words) > 1 else ""
    if suffix and text.startswith("$"):
        argument = machine.frame.find(words[0].strip())
        return NO_TYPE if argument is None else argument.type
    names = _names(words[0]) if suffix.startswith(("type", "rowtype")) else ()
    if names:
        return _referred(machine, names, suffix)
    return _plain(machine.session, text)


def _plain(session: Session, text: str) -> TypeName:
    from harness.simulator import analyze  # noqa: PLC0415 - it calls this room

    word = text.strip().lower()
    if word == "record":
        return RECORD
    return analyze.type_name(session, _type_node(text))


@lru_cache(maxsize=1000)
def _type_node(text: str) -> Any:
    """Return a type's node."""
    node = expressions.expression(f"NULL::{text}")
    found = nodes.inner(nodes.inner(node.target_list[0]).val)
    if found is None or found.DESCRIPTOR.name != "TypeCast":
        raise Unsure(f"the type {text} is not understood")
    return found.type_name


@lru_cache(maxsize=1000)
def _names(text: str) -> tuple[str, ...]:
    """Return the parts of a name such as users.id."""
    if text.startswith("$"):
        return (text.strip(),)
    node = expressions.expression(text)
    found = nodes.inner(nodes.inner(node.target_list[0]).val)
    if found is None or found.DESCRIPTOR.name != "ColumnRef":
        return ()
    return tuple(nodes.strings(found.fields))


def _referred(machine: Machine, names: tuple[str, ...], suffix: str) -> TypeName:
    session, is_row = machine.session, suffix.startswith("rowtype")
    variable = machine.frame.find(names[0])
    if variable is not None and not is_row:
        return variable.type if len(names) == 1 else NO_TYPE
    if is_row:
        table = session.relation(names[-1], names[-2] if len(names) > 1 else "")
        return TypeName(table.name, table.oid)
    if len(names) == 1:
        raise Refused("42601", f'variable "{names[0]}" does not exist', names[0])
    relation = session.relation(names[-2], names[-3] if len(names) > 2 else "")
    found = session.column(relation, names[-1]).type
    return TypeName(found.name, found.oid, found.modifiers, found.is_array or "[" in suffix)

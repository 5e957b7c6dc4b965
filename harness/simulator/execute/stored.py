"""What the catalog keeps of values and expressions: their labels follow the enum, their values fit the domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Column, Constraint, Ref, Relation, Type, TypeName
from harness.simulator.errors import Refused
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import Env
from harness.simulator.execute.evaluate import as_bool, evaluate
from harness.simulator.values import Label, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


def evaluate_stored(session: Session, expression: Any, env: Env) -> Value:
    """Return the value of an expression that the catalog keeps.

    Postgres keeps it analyzed: a label of an enum in it means the same when it is renamed.
    """
    session.stored += 1
    try:
        return evaluate(session, expression, env)
    finally:
        session.stored -= 1


def stored_value(session: Session, expression: Any, env: Env, type_: TypeName) -> Value:
    """Return the value of an expression that the catalog keeps, in a column's type."""
    session.stored += 1
    try:
        return coerce(session, evaluate(session, expression, env), type_)
    finally:
        session.stored -= 1


def columns_of(session: Session, type_: Type) -> Iterator[tuple[Relation, Column]]:
    """Yield the tables' columns that are of a type, or of an array of it."""
    found = {each.oid: each for each, _ in session.store.dependents(Ref(type_.oid)) if isinstance(each, Relation)}
    for relation in found.values():
        yield from ((relation, column) for column in relation.columns if column.type.oid == type_.oid)


def rename_label(session: Session, enum: Type, old: str) -> None:
    """Give the rows of all tables an enum's new label; `enum` has it already."""
    new = dict(enum.renamed)[old]
    for relation, column in columns_of(session, enum):
        for row in session.store.rows(relation.oid):
            value = row.values.get(column.number)
            renamed = _renamed(value, old, Label.of(new, enum.labels, enum.renamed))
            if renamed is not value:
                session.store.put(replace(row, values={**row.values, column.number: renamed}))


def _renamed(value: Value, old: str, new: Label) -> Value:
    if isinstance(value, list):
        return [_renamed(each, old, new) for each in value] if old in value else value
    return new if isinstance(value, str) and value == old else value


def check_domain(session: Session, domain: Type, constraint: Constraint | None) -> None:
    """Refuse a domain's new CHECK (23514), or NOT NULL when there is none (23502), that a known value breaks."""
    for relation, column in columns_of(session, domain):
        if column.type.is_array:
            continue
        for row in session.store.rows(relation.oid):
            value = row.values.get(column.number)
            where = f'column "{column.name}" of table "{relation.name}"'
            if constraint is None and value is None:
                raise Refused("23502", f"{where} contains null values", relation.name, domain.name)
            if constraint is not None and _breaks(session, constraint, value):
                said = f"{where} contains values that violate the new constraint"
                raise Refused("23514", said, relation.name, domain.name, constraint.name)


def _breaks(session: Session, constraint: Constraint, value: Value) -> bool:
    return as_bool(evaluate_stored(session, constraint.expression, Env(variables={"value": value}))) is False

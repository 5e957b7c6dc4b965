"""What a row has to fulfil: NOT NULL, CHECK, unique and exclusion constraints; and whether all rows do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Constraint, ConstraintKind, Index, Relation, Row
from harness.simulator.errors import Refused
from harness.simulator.execute import foreign, keyed, logic, operators
from harness.simulator.execute.env import Env
from harness.simulator.execute.evaluate import as_bool
from harness.simulator.execute.keyed import MAYBE, Values, fields_of
from harness.simulator.execute.stored import evaluate_stored
from harness.simulator.values import Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


def check_row(session: Session, relation: Relation, values: Values) -> None:
    """Refuse a row that breaks a NOT NULL (23502) or a CHECK (23514)."""
    for column in relation.columns:
        if column.not_null and values.get(column.number) is None:
            _refuse_null(relation, column.name)
    checks = [each for each in _constraints(session, relation) if each.kind is ConstraintKind.CHECK]
    if not checks:
        return
    env = Env(rows={relation.name: fields_of(relation, values)})
    for each in sorted(checks, key=lambda check: check.name):
        if as_bool(evaluate_stored(session, each.expression, env)) is False:
            said = f'new row for relation "{relation.name}" violates check constraint "{each.name}"'
            raise Refused("23514", said, relation.name, each.name)


def _refuse_null(relation: Relation, column: str) -> None:
    said = f'null value in column "{column}" of relation "{relation.name}" violates not-null constraint'
    raise Refused("23502", said, relation.name, column)


def _constraints(session: Session, relation: Relation) -> list[Constraint]:
    return session.store.all(Constraint, "constraints", relation.oid)


def unique_indexes(session: Session, relation: Relation) -> list[Index]:
    """Return the unique indexes of a table that are enforced at once, in the order in which Postgres looks."""
    found = session.store.all(Index, "indexes", relation.oid)
    late = {each.index for each in _constraints(session, relation) if each.is_deferrable}
    unique = (each for each in found if each.is_unique and each.is_valid and each.oid not in late)
    return sorted(unique, key=lambda index: index.oid)


def check_keys(session: Session, relation: Relation, values: Values, but: int = 0) -> None:
    """Refuse a row whose key another row has (23505), or that an exclusion constraint keeps out (23P01)."""
    for index in unique_indexes(session, relation):
        rows = keyed.of_index(session, index)
        key = rows.key(values)
        if key is not None and key is not MAYBE and rows.find(key, but) is not None:
            _refuse_double(relation, index)
    for constraint in _constraints(session, relation):
        if constraint.kind is ConstraintKind.EXCLUSION and not constraint.is_deferrable:
            _check_exclusion(session, relation, constraint, values, but)


def _refuse_double(relation: Relation, index: Index) -> None:
    said = f'duplicate key value violates unique constraint "{index.name}"'
    raise Refused("23505", said, relation.name, index.name)


def _check_exclusion(
    session: Session, relation: Relation, constraint: Constraint, values: Values, but: int
) -> None:
    index = session.store.get(constraint.index)
    if not isinstance(index, Index) or index.predicate is not None:
        return
    mine = _excluded(session, relation, index, values)
    for row in session.store.rows(relation.oid):
        if row.oid == but:
            continue
        theirs = _excluded(session, relation, index, row.values)
        trio = zip(index.parts, mine, theirs, strict=True)
        if logic.and_(operators.binary(part.options, one, other) for part, one, other in trio) is True:
            said = f'conflicting key value violates exclusion constraint "{constraint.name}"'
            raise Refused("23P01", said, relation.name, constraint.name)


def _excluded(session: Session, relation: Relation, index: Index, values: Values) -> list[Value]:
    env = Env(rows={relation.name: fields_of(relation, values)})
    return [
        values.get(part.column) if part.column else evaluate_stored(session, part.expression, env)
        for part in index.parts
    ]


def check_rows(session: Session, relation: Relation, constraint: Constraint) -> None:
    """Refuse a new CHECK or foreign key that a known row breaks (23514, 23503)."""
    if constraint.kind is ConstraintKind.FOREIGN:
        foreign.check_rows(session, relation, constraint)
    if constraint.kind is not ConstraintKind.CHECK:
        return
    for row in session.store.rows(relation.oid):
        if _breaks(session, relation, constraint.expression, row):
            said = f'check constraint "{constraint.name}" of relation "{relation.name}" is violated by some row'
            raise Refused("23514", said, relation.name, constraint.name)


def _breaks(session: Session, relation: Relation, expression: Any, row: Row) -> bool:
    env = Env(rows={relation.name: fields_of(relation, row.values)})
    return as_bool(evaluate_stored(session, expression, env)) is False


def check_not_null(session: Session, relation: Relation, number: int) -> None:
    """Refuse a NOT NULL where a known row has a NULL (23502)."""
    if relation.is_assumed:
        return
    for row in session.store.rows(relation.oid):
        if row.values.get(number) is None:
            column = relation.numbered(number)
            name = column.name if column else ""
            said = f'column "{name}" of relation "{relation.name}" contains null values'
            raise Refused("23502", said, relation.name, name)


def check_unique(session: Session, index: Index) -> None:
    """Refuse a unique index where two known rows have the same key (23505)."""
    if keyed.of_index(session, index).doubles():
        said = f'could not create unique index "{index.name}"'
        table = session.store.get(index.table)
        raise Refused("23505", said, index.name, table.name if table else "")

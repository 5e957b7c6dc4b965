"""information_schema's views of constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Column, Constraint, ConstraintKind, Dependency, Relation
from harness.simulator.system.relations import TABLES, schema_name
from harness.simulator.system.standard import others, schema_in, shown, yes
from harness.simulator.system.views import Others, Wanted, gives, own
from harness.simulator.values import UNKNOWN, Choice, Rough, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Rows = Iterator[dict[str, Value]]
_SCHEMA = "information_schema"
_KINDS = {
    ConstraintKind.PRIMARY: "PRIMARY KEY",
    ConstraintKind.UNIQUE: "UNIQUE",
    ConstraintKind.FOREIGN: "FOREIGN KEY",
    ConstraintKind.CHECK: "CHECK",
}
_KEYS = (ConstraintKind.PRIMARY, ConstraintKind.UNIQUE, ConstraintKind.FOREIGN)
_RULES = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def _constraints(
    session: Session, wanted: Wanted, table: str = "table_name"
) -> Iterator[tuple[Constraint, Relation]]:
    """Yield the constraints of tables, each with its table, that may pass a filter."""
    names = wanted.get("constraint_name")
    owners: Iterable[Relation] = shown(session, wanted, table)
    for owner in owners:
        for constraint in session.store.all(Constraint, "constraints", owner.oid):
            if constraint.kind in _KINDS and (names is None or constraint.name in names):
                yield constraint, owner


def _of(session: Session, constraint: Constraint, owner: Relation) -> dict[str, Value]:
    return {
        "constraint_schema": schema_name(session, constraint.schema),
        "constraint_name": constraint.name,
        "table_schema": schema_in(session, owner),
        "table_name": owner.name,
    }


@gives("table_constraints", schema=_SCHEMA)
def table_constraints(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a constraint; NOT NULL stands here as a CHECK with a name that nobody knows."""
    for constraint, owner in _constraints(session, wanted):
        yield {
            **_of(session, constraint, owner),
            "constraint_type": _KINDS[constraint.kind],
            "is_deferrable": yes(constraint.is_deferrable),
            "initially_deferred": yes(constraint.is_deferred),
            "enforced": "YES",
        }
    if "constraint_name" in wanted:
        return
    for table in shown(session, wanted):
        schema = schema_in(session, table)
        for column in table.columns if table.kind in TABLES else ():
            if column.not_null:
                name = _not_null(table, column)
                yield {"constraint_schema": schema, "constraint_name": name, "table_schema": schema,
                       "table_name": table.name, "constraint_type": "CHECK"}  # fmt: skip
        if table.is_assumed:
            yield Others(constraint_schema=schema, constraint_name=own("constraint"), table_schema=schema,
                         table_name=table.name)  # fmt: skip
    yield from others(
        constraint_schema="schema", table_schema="schema", constraint_name="constraint", table_name="relation"
    )


def _others() -> Iterator[Others]:
    return others(
        constraint_schema="schema", constraint_name="constraint", table_schema="schema", table_name="relation"
    )


def _not_null(table: Relation, column: Column) -> Choice:
    """Return the name under which NOT NULL stands here: made of numbers until Postgres 17, of names since then."""
    texts = (f"{table.schema}_{table.oid}_{column.number}_not_null", f"{table.name}_{column.name}_not_null")
    return Choice(f"not null {table.oid}.{column.number}", frozenset(texts))


@gives("key_column_usage", schema=_SCHEMA)
def key_column_usage(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a column of a key."""
    for constraint, owner in _constraints(session, wanted):
        if constraint.kind not in _KEYS:
            continue
        is_foreign = constraint.kind is ConstraintKind.FOREIGN
        for place, number in enumerate(constraint.columns, start=1):
            column = owner.numbered(number)
            yield {
                **_of(session, constraint, owner),
                "column_name": column.name if column else UNKNOWN,
                "ordinal_position": place,
                "position_in_unique_constraint": place if is_foreign else None,
            }
    if "constraint_name" not in wanted:
        yield from others(constraint_schema="schema", table_schema="schema", constraint_name="constraint",
                          table_name="relation")  # fmt: skip


@gives("constraint_column_usage", "constraint_table_usage", schema=_SCHEMA)
def constraint_column_usage(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a column that a constraint uses: of a foreign key, those that it refers to."""
    for constraint, owner in _constraints(session, wanted, ""):
        used, numbers = owner, list(constraint.columns)
        if constraint.kind is ConstraintKind.FOREIGN:
            found = session.store.get(constraint.references)
            used, numbers = (found, list(constraint.referenced)) if isinstance(found, Relation) else (owner, [])
        elif constraint.kind is ConstraintKind.CHECK:
            numbers = _used(owner, constraint.depends)
        for number in numbers:
            column = used.numbered(number)
            yield {
                **_of(session, constraint, used),
                "column_name": column.name if column else UNKNOWN,
                "constraint_schema": schema_name(session, constraint.schema),
            }
    if "constraint_name" not in wanted:
        yield from others(constraint_schema="schema", table_schema="schema", constraint_name="constraint",
                          table_name="relation")  # fmt: skip


def _used(owner: Relation, depends: Iterable[Dependency]) -> list[int]:
    """Return the columns of its table that a CHECK stands on."""
    return sorted({each.on.column for each in depends if each.on.oid == owner.oid and each.on.column})


@gives("referential_constraints", schema=_SCHEMA)
def referential_constraints(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a foreign key."""
    for constraint, _ in _constraints(session, wanted, ""):
        if constraint.kind is not ConstraintKind.FOREIGN:
            continue
        unique = session.store.get(constraint.index)
        yield {
            "constraint_schema": schema_name(session, constraint.schema),
            "constraint_name": constraint.name,
            "unique_constraint_schema": UNKNOWN,
            "unique_constraint_name": unique.name if unique else UNKNOWN,
            "update_rule": _RULES.get(constraint.on_update, UNKNOWN),
            "delete_rule": _RULES.get(constraint.on_delete, UNKNOWN),
        }


@gives("check_constraints", schema=_SCHEMA)
def check_constraints(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a CHECK, of domains too."""
    names = wanted.get("constraint_name")
    for constraint in session.store.each(Constraint):
        if constraint.kind is ConstraintKind.CHECK and (names is None or constraint.name in names):
            schema = schema_name(session, constraint.schema)
            text = Rough(tree.words(constraint.expression))
            yield {"constraint_schema": schema, "constraint_name": constraint.name, "check_clause": text}
    if names is None:
        yield Others(constraint_schema=UNKNOWN, constraint_name=own("constraint"))

"""Rows put into tables, changed and taken away, with all that this sets off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import (
    Attached,
    Bond,
    Column,
    Default,
    Ref,
    Relation,
    RelationKind,
    Row,
    Sequence,
    Type,
)
from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute import checks, foreign, triggers
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import EMPTY, Env
from harness.simulator.execute.functions.sequences import advance
from harness.simulator.execute.keyed import fields_of
from harness.simulator.execute.stored import stored_value
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

Values = dict[int, Value]
_TABLES = (RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.FOREIGN)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a row; its AFTER triggers and foreign keys are seen to at the statement's end."""

    operation: str
    old: Row | None
    new: Row | None
    columns: frozenset[int] = frozenset()


@dataclass(slots=True)
class Writer:
    """One statement's writes to one table."""

    session: Session
    table: int
    operation: str
    events: list[Event] = field(default_factory=list)
    written: set[int] = field(default_factory=set)
    """Rows that this statement has put in or changed."""

    @property
    def relation(self) -> Relation:
        """The table as it is now."""
        return self.session.store.of(self.table, Relation)

    def begin(self, columns: Iterable[int] = ()) -> None:
        """Refuse what is no table, and fire the triggers of the statement."""
        relation = self.relation
        if relation.kind not in _TABLES and not relation.is_assumed:
            raise Unsure(f"{relation.name} is no table")
        events = {dict(rule.settings).get("event") for rule in _rules(self.session, relation)}
        if self.operation in events:
            raise Unsure(f"a rule of {relation.name} rewrites it")
        triggers.of_statement(self.session, relation, "before", self.operation, columns)

    def end(self, columns: Iterable[int] = ()) -> None:
        """See to foreign keys and AFTER triggers."""
        relation = self.relation
        for each in self.events:
            self._finish(relation, each)
        triggers.of_statement(self.session, relation, "after", self.operation, columns)

    def _finish(self, relation: Relation, event: Event) -> None:
        session, old, new = self.session, event.old, event.new
        if old is not None and new is None:
            foreign.went(session, relation, old, remove, change)
        elif old is not None and new is not None:
            foreign.moved(session, relation, old, new, remove, change)
        if new is not None and session.store.get(new.oid) is new:
            foreign.check_references(session, relation, new.values)
        values = [None if row is None else dict(row.values) for row in (old, new)]
        triggers.after_row(session, relation, event.operation, values[0], values[1], event.columns)

    def prepare(self, values: Values) -> Values | None:
        """Return a new row as triggers and generated columns make it, checked; None where a trigger stops it."""
        made = triggers.before_row(self.session, self.relation, "insert", None, values)
        if made is None:
            return None
        relation = self.relation
        made = generated(self.session, relation, made)
        checks.check_row(self.session, relation, made)
        return made

    def insert(self, values: Values) -> Row:
        """Put a prepared row in (23505)."""
        checks.check_keys(self.session, self.relation, values)
        return self.put(values)

    def put(self, values: Values) -> Row:
        """Put a row in whose keys need no check."""
        row = self.session.store.put(Row(oid=self.session.store.new_oid(), table=self.table, values=values))
        self.events.append(Event("insert", None, row))
        self.written.add(row.oid)
        return row

    def update(self, row: Row, values: Values, columns: frozenset[int], *, keys: bool = True) -> Row | None:
        """Change a row; None where a trigger keeps it as it is."""
        relation = self.relation
        old = dict(row.values)
        made = triggers.before_row(self.session, relation, "update", old, values, columns)
        if made is None:
            return None
        made = generated(self.session, relation, made)
        checks.check_row(self.session, relation, made)
        if keys:
            checks.check_keys(self.session, relation, made, but=row.oid)
        now = self.session.store.put(replace(row, values=made))
        self.events.append(Event("update", row, now, columns))
        self.written.add(row.oid)
        return now

    def delete(self, row: Row) -> bool:
        """Take a row away; false where a trigger keeps it."""
        if triggers.before_row(self.session, self.relation, "delete", dict(row.values), None) is None:
            return False
        self.session.store.remove(row.oid)
        self.events.append(Event("delete", row, None))
        return True

    def blur(self) -> None:
        """Take note that rows may be there that are not known."""
        blur(self.session, self.table)


def blur(session: Session, table: int) -> None:
    """Take note that rows of a table may be there that are not known."""
    relation = session.store.of(table, Relation)
    if relation.has_all_rows:
        session.store.put(replace(relation, has_all_rows=False))


def _rules(session: Session, relation: Relation) -> list[Attached]:
    return [each for each in session.store.all(Attached, "attached", relation.oid) if each.kind == "rule"]


def remove(session: Session, relation: Relation, row: Row) -> None:
    """Delete a row because the one that it refers to is gone."""
    writer = Writer(session, relation.oid, "delete")
    if session.store.get(row.oid) is not None and writer.delete(row):
        for each in writer.events:
            writer._finish(relation, each)


def change(session: Session, relation: Relation, row: Row, values: Values) -> None:
    """Change a row because the one that it refers to is gone or has another key."""
    made = {number: _default(session, relation, number) if v is UNKNOWN else v for number, v in values.items()}
    writer = Writer(session, relation.oid, "update")
    writer.update(row, {**row.values, **made}, frozenset(values))
    for each in writer.events:
        writer._finish(relation, each)


def _default(session: Session, relation: Relation, number: int) -> Value:
    column = relation.numbered(number)
    return UNKNOWN if column is None else default(session, relation, column)


def default(session: Session, relation: Relation, column: Column) -> Value:
    """Return what a column gets that is given nothing."""
    if column.identity:
        sequence = identity_sequence(session, relation, column)
        return UNKNOWN if sequence is None else advance(session, sequence)
    found = session.store.one(Default, "default", relation.oid, column.number)
    if found is not None and not column.is_generated:
        return stored_value(session, found.expression, EMPTY, column.type)
    own = session.store.get(column.type.oid) if column.type.oid and not column.type.is_array else None
    if isinstance(own, Type) and own.default is not None:
        return stored_value(session, own.default, EMPTY, column.type)
    return UNKNOWN if relation.is_assumed else coerce(session, None, column.type)


def identity_sequence(session: Session, relation: Relation, column: Column) -> Sequence | None:
    """Return the sequence behind an identity column."""
    for found, dependency in session.store.dependents(Ref(relation.oid, column.number)):
        if isinstance(found, Sequence) and dependency.bond is Bond.INTERNAL:
            return found
    return None


def generated(session: Session, relation: Relation, values: Values) -> Values:
    """Return a row with its generated columns worked out."""
    columns = [column for column in relation.columns if column.is_generated]
    if not columns:
        return values
    env = Env(rows={relation.name: fields_of(relation, values)})
    made = dict(values)
    for column in columns:
        found = session.store.one(Default, "default", relation.oid, column.number)
        made[column.number] = (
            UNKNOWN if found is None else stored_value(session, found.expression, env, column.type)
        )
    return made


def refuse_given(column: Column, operation: str) -> None:
    """Refuse a value for a column that Postgres alone gives one to (428C9)."""
    if operation == "insert":
        raise Refused("428C9", f'cannot insert a non-DEFAULT value into column "{column.name}"', column.name)
    raise Refused("428C9", f'column "{column.name}" can only be updated to DEFAULT', column.name)

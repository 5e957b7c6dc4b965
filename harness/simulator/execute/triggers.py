"""Triggers of rows and of statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Function, Relation, RelationKind, Trigger
from harness.simulator.errors import Unsure
from harness.simulator.execute import logic
from harness.simulator.execute.env import Env
from harness.simulator.execute.evaluate import as_bool
from harness.simulator.execute.foreign import is_off
from harness.simulator.execute.keyed import fields_of
from harness.simulator.execute.stored import evaluate_stored
from harness.simulator.values import UNKNOWN, Fresh, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

Values = dict[int, Value]
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


def before_row(
    session: Session,
    relation: Relation,
    operation: str,
    old: Values | None,
    new: Values | None,
    columns: Iterable[int] = (),
) -> Values | None:
    """Return what BEFORE triggers make of a row; None where they keep the operation from it."""
    row = new if new is not None else old
    for trigger in _fitting(session, relation, "before", operation, columns, is_row=True):
        met = _met(session, relation, trigger, old, new)
        if met is False or met is None:
            continue
        function = session.store.of(trigger.function, Function)
        if function.language == "c":
            row = _in_c(relation, trigger, function, row or {})
        else:
            row = _fire(session, relation, trigger, operation, old, new)
        if row is None:
            return None
        if met is UNKNOWN:
            row = dict.fromkeys(row, UNKNOWN)
        new = row if new is not None else None
    return row


def after_row(
    session: Session,
    relation: Relation,
    operation: str,
    old: Values | None,
    new: Values | None,
    columns: Iterable[int] = (),
) -> None:
    """Fire the AFTER triggers of a row."""
    for trigger in _fitting(session, relation, "after", operation, columns, is_row=True):
        met = _met(session, relation, trigger, old, new)
        if met is UNKNOWN:
            blur(session, session.store.of(trigger.function, Function))
        elif met:
            _run(session, relation, trigger, operation, old, new)


def of_statement(
    session: Session, relation: Relation, timing: str, operation: str, columns: Iterable[int] = ()
) -> None:
    """Fire the triggers of a statement."""
    for trigger in _fitting(session, relation, timing, operation, columns, is_row=False):
        _run(session, relation, trigger, operation, None, None)


def instead(session: Session, relation: Relation, operation: str, old: Values | None, new: Values | None) -> bool:
    """Fire the INSTEAD OF triggers of a view's row; whether there are any."""
    found = _fitting(session, relation, "instead", operation, (), is_row=True)
    for trigger in found:
        _run(session, relation, trigger, operation, old, new)
    return bool(found)


def has_any(session: Session, relation: Relation, operation: str) -> bool:
    """Whether any trigger of rows fires at an operation."""
    return any(_fitting(session, relation, timing, operation, None, is_row=True) for timing in ("before", "after"))


def _fitting(
    session: Session,
    relation: Relation,
    timing: str,
    operation: str,
    columns: Iterable[int] | None,
    *,
    is_row: bool,
) -> list[Trigger]:
    """Return the triggers that fire, in order of their names."""
    found = session.store.all(Trigger, "triggers", relation.oid)
    if not found or is_off(session):
        return []
    set_ = None if columns is None else set(columns)
    fitting = [
        each
        for each in found
        if each.is_enabled
        and each.timing == timing
        and each.is_row is is_row
        and ("deferred", True) not in each.settings
        and operation in each.events
        and (operation != "update" or not each.columns or set_ is None or set_ & set(each.columns))
    ]
    return sorted(fitting, key=lambda trigger: trigger.name)


def _met(session: Session, relation: Relation, trigger: Trigger, old: Values | None, new: Values | None) -> Value:
    """Return what a trigger's WHEN says of a row."""
    if trigger.when is None:
        return True
    rows = {name: fields_of(relation, row) for name, row in (("old", old), ("new", new)) if row is not None}
    return as_bool(evaluate_stored(session, trigger.when, Env(rows=rows)))


def _named(relation: Relation, values: Values | None) -> Mapping[str, Value] | None:
    return None if values is None else fields_of(relation, values)


def _numbered(relation: Relation, fields: Mapping[str, Value]) -> Values:
    return {column.number: fields.get(column.name) for column in relation.columns}


def _fire(
    session: Session, relation: Relation, trigger: Trigger, operation: str, old: Values | None, new: Values | None
) -> Values | None:
    """Return what a trigger's function gives for a row; UNKNOWN values where it is not understood."""
    from harness.simulator import plpgsql  # noqa: PLC0415 - it stands on this room

    row = new if new is not None else old or {}
    mark = session.store.mark()
    try:
        found = plpgsql.fire(session, trigger, operation, _named(relation, old), _named(relation, new))
    except Unsure:
        session.store.rollback(mark)
        blur(session, session.store.of(trigger.function, Function))
        return _blurred(session, relation, trigger, row)
    return None if found is None else _numbered(relation, found)


def _blurred(session: Session, relation: Relation, trigger: Trigger, row: Values) -> Values:
    """Return a row of which only those values are known that a function's text does not name."""
    named = set(_WORD.findall(session.store.of(trigger.function, Function).body.lower()))
    return {
        column.number: UNKNOWN if column.name.lower() in named else row.get(column.number)
        for column in relation.columns
    }


def _in_c(relation: Relation, trigger: Trigger, function: Function, row: Values) -> Values:
    """Return what the trigger functions that come with Postgres make of a row."""
    if function.name == "suppress_redundant_updates_trigger":
        return row
    known = {"moddatetime": Fresh(logic.CLOCK), "tsvector_update_trigger": UNKNOWN}
    column = relation.column(trigger.arguments[0]) if trigger.arguments else None
    if function.name in known and column is not None:
        return {**row, column.number: known[function.name]}
    return {each.number: UNKNOWN for each in relation.columns}


def _run(
    session: Session, relation: Relation, trigger: Trigger, operation: str, old: Values | None, new: Values | None
) -> None:
    """Run a trigger whose return value counts for nothing."""
    from harness.simulator import plpgsql  # noqa: PLC0415 - it stands on this room

    mark = session.store.mark()
    try:
        _require_no_tables(trigger)
        plpgsql.fire(session, trigger, operation, _named(relation, old), _named(relation, new))
    except Unsure:
        session.store.rollback(mark)
        blur(session, session.store.of(trigger.function, Function))


def _require_no_tables(trigger: Trigger) -> None:
    if any(name.endswith(" table") for name, _ in trigger.settings):
        raise Unsure("a trigger on transition tables")


def blur(session: Session, function: Function) -> None:
    """Take note that a function which is not understood may have written to the tables that it names."""
    for word in dict.fromkeys(_WORD.findall(function.body)):
        found = session.find_relation(word.lower())
        if (
            found is not None
            and found.kind in (RelationKind.TABLE, RelationKind.PARTITIONED)
            and found.has_all_rows
        ):
            session.store.put(replace(found, has_all_rows=False))

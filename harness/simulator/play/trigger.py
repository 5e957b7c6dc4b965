"""CREATE TRIGGER and CREATE EVENT TRIGGER."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog import partitions
from harness.simulator.catalog.objects import (
    Bond,
    Constraint,
    ConstraintKind,
    Function,
    Other,
    Ref,
    Relation,
    RelationKind,
    Trigger,
    TypeName,
)
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.making import depends, inside, is_open, normal, noun, settings
from harness.simulator.session import SYSTEM_SCHEMAS
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.simulator.session import Session

_TIMINGS: Final = {2: "before", 0: "after", 64: "instead"}
_EVENTS: Final = {4: "insert", 8: "delete", 16: "update", 32: "truncate"}
"""Bits of CreateTrigStmt's `timing` and `events` (TRIGGER_TYPE_... in catalog/pg_trigger.h)."""
_TABLES: Final = (RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.FOREIGN)
_BUILT_IN: Final = frozenset(
    ("suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column")
)


@plays("CreateTrigStmt")
def create_trigger(session: Session, node: Any) -> None:
    """Make a trigger, in the order of Postgres's checks (CreateTriggerFiringOn in trigger.c)."""
    relation = session.ranged(node.relation)
    timing = _TIMINGS[node.timing]
    events = frozenset(word for bit, word in _EVENTS.items() if node.events & bit)
    _check_relation(relation, timing, events, is_row=node.row)
    if node.HasField("constrrel"):
        session.ranged(node.constrrel)
    when = tree.inner(node.when_clause) if node.HasField("when_clause") else None
    used = frozenset[Ref]() if when is None else _uses(session, relation, when, events, is_row=node.row)
    _check_generated(relation, timing, when)
    function = trigger_function(session, node.funcname)
    before = session.store.one(Trigger, "trigger", relation.oid, node.trigname)
    _check_name(before, relation, node)
    columns = _columns(session, relation, tree.strings(node.columns))
    made = Trigger(
        oid=before.oid if before else session.store.new_oid(),
        name=node.trigname,
        table=relation.oid,
        function=function.oid,
        timing=timing,
        events=events,
        columns=columns,
        is_row=node.row,
        when=when,
        arguments=tuple(tree.strings(node.args)),
        is_enabled=before is None or before.is_enabled,
        is_constraint=node.isconstraint,
        settings=(("deferrable", node.deferrable), ("deferred", node.initdeferred), *_transitions(node)),
        depends=depends(Ref(relation.oid), bond=Bond.AUTO)
        | depends(Ref(function.oid), *(Ref(relation.oid, number) for number in columns))
        | normal(used),
    )
    session.store.put(made)
    if made.is_constraint and before is None:
        _put_constraint(session, relation, made)
    if relation.kind is RelationKind.PARTITIONED:
        for child in session.store.all(Relation, "children", relation.oid):
            partitions.clone_trigger(session, made, child)


def _put_constraint(session: Session, relation: Relation, trigger: Trigger) -> None:
    """Add the constraint that a constraint trigger is (23505 where the table has one of its name)."""
    if session.store.one(Constraint, "constraint", relation.oid, trigger.name):
        said = 'duplicate key value violates unique constraint "pg_constraint_conrelid_contypid_conname_index"'
        raise Refused("23505", said, trigger.name)
    session.store.put(
        Constraint(
            oid=session.store.new_oid(),
            name=trigger.name,
            owner=relation.oid,
            schema=relation.schema,
            kind=ConstraintKind.TRIGGER,
            depends=depends(Ref(trigger.oid), bond=Bond.INTERNAL),
        )
    )


def _check_relation(relation: Relation, timing: str, events: frozenset[str], *, is_row: bool) -> None:
    """Refuse a kind of trigger that a kind of relation does not have (42809, 0A000)."""
    name = relation.name
    if relation.is_assumed:
        return
    if relation.kind == RelationKind.VIEW:
        if (timing != "instead" and is_row) or "truncate" in events:
            raise Refused("42809", f'"{name}" is a view', name)
    elif relation.kind not in _TABLES:
        raise Refused("42809", f'relation "{name}" cannot have triggers', name)
    elif timing == "instead":
        raise Refused("42809", f'"{name}" is a {noun(relation)}', name)
    if "truncate" in events and is_row:
        raise Refused("0A000", "TRUNCATE FOR EACH ROW triggers are not supported")
    if timing == "instead" and not is_row:
        raise Refused("0A000", "INSTEAD OF triggers must be FOR EACH ROW")


def _uses(
    session: Session, relation: Relation, when: Any, events: frozenset[str], *, is_row: bool
) -> frozenset[Ref]:
    """Return what a WHEN depends on, in which OLD and NEW are rows of the table (42703, 42P17)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    scope = analyze.Scope.of_relation(session.store.of(relation.oid, Relation), "old", "new")
    used = analyze.expression(session, when, scope).depends
    names = {row for row, _ in _rows_named(when)}
    if names and not is_row:
        raise Refused("42P17", "statement trigger's WHEN condition cannot reference column values")
    if "old" in names and "insert" in events:
        raise Refused("42P17", "INSERT trigger's WHEN condition cannot reference OLD values")
    if "new" in names and "delete" in events:
        raise Refused("42P17", "DELETE trigger's WHEN condition cannot reference NEW values")
    return used


def _check_generated(relation: Relation, timing: str, when: Any) -> None:
    """Refuse to look at generated columns before they are generated (42P17)."""
    generated = {column.name for column in relation.columns if column.is_generated}
    if timing != "before" or when is None or not generated:
        return
    if any(row == "new" and name in {"", *generated} for row, name in _rows_named(when)):
        raise Refused("42P17", "BEFORE trigger's WHEN condition cannot reference NEW generated columns")


def _rows_named(node: Any) -> Iterator[tuple[str, str]]:
    """Yield each use of `old` and `new` in an expression, with the column; the whole row has none."""
    if node.DESCRIPTOR.name == "ColumnRef":
        names = tree.strings(field for field in node.fields if field.HasField("string"))
        if names and names[0] in ("old", "new"):
            yield names[0], names[1] if len(names) > 1 else ""
        return
    for field, value in node.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                yield from _rows_named(each)


def trigger_function(session: Session, items: Any, returns: str = "trigger") -> Function:
    """Return the function of a trigger: one without arguments that returns `trigger` (42883, 42P17)."""
    schema, name = tree.qualified(items)
    if schema not in ("", *SYSTEM_SCHEMAS):
        session.schema(schema)
    found = [function for function in session.functions(name, schema) if not function.signature]
    if not found:
        return _assumed(session, name, schema, returns)
    function = found[0]
    if function.returns.name not in (returns, "?"):
        raise Refused("42P17", f"function {name} must return type {returns}", name)
    return function


def _assumed(session: Session, name: str, schema: str, returns: str) -> Function:
    """Return a function of the database's own, of an extension, or of the time before the ladder."""
    is_known = name in _BUILT_IN or is_open(session)
    if not is_known:
        if not session.may_assume:
            full = f"{schema}.{name}" if schema else name
            raise Refused("42883", f"function {full}() does not exist", name)
        session.assumed.append(f"function {name}()")
    where = session.find_schema("pg_catalog") if is_known and not schema else session.creation_schema(schema)
    assert where is not None  # noqa: S101 - pg_catalog is there from the start
    return session.store.put(
        Function(
            oid=session.store.new_oid(),
            name=name,
            schema=where.oid,
            returns=TypeName(returns),
            language="c",
            depends=inside(where),
        )
    )


def _check_name(before: Trigger | None, relation: Relation, node: Any) -> None:
    """Refuse a name that another trigger of the table has (42710)."""
    if before is None:
        return
    if not node.replace:
        said = f'trigger "{before.name}" for relation "{relation.name}" already exists'
        raise Refused("42710", said, before.name, relation.name)
    if before.is_constraint:
        said = f'trigger "{before.name}" for relation "{relation.name}" is a constraint trigger'
        raise Refused("42710", said, before.name, relation.name)


def _columns(session: Session, relation: Relation, names: list[str]) -> tuple[int, ...]:
    """Return the numbers of UPDATE OF's columns (42703, 42701)."""
    numbers: list[int] = []
    for name in names:
        number = session.column(relation, name).number
        if number in numbers:
            raise Refused("42701", f'column "{name}" specified more than once', name)
        numbers.append(number)
    return tuple(numbers)


def _transitions(node: Any) -> tuple[tuple[str, object], ...]:
    """Return the names under which a trigger sees all old and new rows."""
    items = (item.trigger_transition for item in node.transition_rels)
    return tuple(("new table" if item.is_new else "old table", item.name) for item in items)


@plays("CreateEventTrigStmt")
def create_event_trigger(session: Session, node: Any) -> None:
    """Make an event trigger: it stands in no schema."""
    if session.store.one(Other, "other", "event trigger", 0, node.trigname):
        raise Refused("42710", f'event trigger "{node.trigname}" already exists', node.trigname)
    function = trigger_function(session, node.funcname, "event_trigger")
    session.store.put(
        Other(
            oid=session.store.new_oid(),
            name=node.trigname,
            kind="event trigger",
            settings=(("event", node.eventname), ("function", function.oid), *settings(node.whenclause)),
            depends=depends(Ref(function.oid)),
        )
    )

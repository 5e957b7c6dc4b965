"""Foreign keys: what a row refers to has to be there, and what becomes of the rows that refer to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Constraint, ConstraintKind, Relation, RelationKind, Row
from harness.simulator.errors import Refused
from harness.simulator.execute import keyed
from harness.simulator.execute.keyed import MAYBE, Values
from harness.simulator.values import UNKNOWN, Fresh, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_PLAIN = frozenset({RelationKind.TABLE})


def check_references(session: Session, relation: Relation, values: Values) -> None:
    """Refuse a row that refers to one that is not there (23503)."""
    if is_off(session):
        return
    for each in session.store.all(Constraint, "constraints", relation.oid):
        if each.kind is ConstraintKind.FOREIGN and not each.is_deferrable and _is_missing(session, each, values):
            said = f'insert or update on table "{relation.name}" violates foreign key constraint "{each.name}"'
            raise Refused("23503", said, relation.name, each.name)


def is_off(session: Session) -> bool:
    """Whether triggers do not fire, foreign keys' own neither."""
    return session.settings.get("session_replication_role", "").strip("'\"").lower() == "replica"


def _is_missing(session: Session, constraint: Constraint, values: Values) -> bool:
    """Whether the row that is referred to is missing for sure."""
    given = [values.get(number) for number in constraint.columns]
    if any(value is None or value is UNKNOWN or _may_be_taken(value) for value in given):
        return False
    referenced = session.store.get(constraint.references)
    if not isinstance(referenced, Relation) or referenced.is_assumed or not referenced.has_all_rows:
        return False
    if (
        referenced.kind not in _PLAIN
        or referenced.parents
        or session.store.all(Relation, "children", referenced.oid)
    ):
        return False
    rows = keyed.of_columns(session, referenced.oid, constraint.referenced)
    key = rows.key(dict(zip(constraint.referenced, given, strict=False)))
    return rows.find(key) is None and not rows.blurred


def _may_be_taken(value: Value) -> bool:
    """Whether a value that is not a constant may be one that is there already: a new UUID is not."""
    return isinstance(value, Fresh) and value.source != "uuid"


def check_rows(session: Session, relation: Relation, constraint: Constraint) -> None:
    """Refuse a new foreign key that a known row breaks (23503)."""
    for row in session.store.rows(relation.oid):
        if _is_missing(session, constraint, row.values):
            said = (
                f'insert or update on table "{relation.name}" violates foreign key constraint "{constraint.name}"'
            )
            raise Refused("23503", said, relation.name, constraint.name)


Remove = Callable[["Session", Relation, Row], None]
Change = Callable[["Session", Relation, Row, dict[int, Value]], None]


def went(
    session: Session, relation: Relation, row: Row, remove: Remove, change: Change, *, is_sure: bool = True
) -> None:
    """See to the rows that refer to one that was deleted, or whose key was changed to `after`."""
    _act(session, relation, row, None, remove, change, is_sure=is_sure)


def moved(session: Session, relation: Relation, before: Row, after: Row, remove: Remove, change: Change) -> None:
    """See to the rows that refer to one whose key was changed."""
    _act(session, relation, before, after, remove, change, is_sure=True)


def _act(
    session: Session,
    relation: Relation,
    before: Row,
    after: Row | None,
    remove: Remove,
    change: Change,
    *,
    is_sure: bool,
) -> None:
    if is_off(session):
        return
    for each in session.store.all(Constraint, "referencing", relation.oid):
        old = [before.values.get(number) for number in each.referenced]
        new = old if after is None else [after.values.get(number) for number in each.referenced]
        if after is not None and all(one is two or one == two for one, two in zip(old, new, strict=True)):
            continue
        referring = session.store.get(each.owner)
        if not isinstance(referring, Relation):
            continue
        rows = keyed.of_columns(session, referring.oid, each.columns)
        key = rows.key(dict(zip(each.columns, old, strict=False)))
        if key is None or key is MAYBE:
            continue
        action = each.on_delete if after is None else each.on_update
        for oid in rows.all(key):
            found = session.store.of(oid, Row)
            if action == "c" and after is None:
                remove(session, referring, found)
            elif action in "cnd":
                values = new if action == "c" else [None if action == "n" else UNKNOWN] * len(new)
                change(session, referring, found, dict(zip(each.columns, values, strict=False)))
            elif is_sure and not each.is_deferrable and _is_known(old) and not _is_still_there(session, each, key):
                said = f'update or delete on table "{relation.name}" violates foreign key constraint "{each.name}"'
                raise Refused(
                    "23503", f'{said} on table "{referring.name}"', relation.name, each.name, referring.name
                )


def _is_known(values: list[Value]) -> bool:
    return not any(isinstance(value, Fresh) or value is UNKNOWN for value in values)


def _is_still_there(session: Session, constraint: Constraint, key: object) -> bool:
    """Whether another row has the key that is gone: a later row of the same statement may have brought it back."""
    rows = keyed.of_columns(session, constraint.references, constraint.referenced)
    return rows.find(key) is not None

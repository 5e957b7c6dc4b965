"""ADD CONSTRAINT ... USING INDEX: a constraint on an index that is there (ATExecAddIndexConstraint)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.indexes import constraint_on, primary_key
from harness.simulator.catalog.nulls import set_not_null
from harness.simulator.catalog.objects import Bond, Constraint, ConstraintKind, Dependency, Index, Ref, Relation
from harness.simulator.errors import Refused
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


def adopt_index(session: Session, table: int, node: Any) -> None:
    """Make an index a constraint's; it takes the constraint's name."""
    relation = session.store.of(table, Relation)
    found = find_index(session, table, node.indexname)
    if found is None:
        return
    name = node.conname or found.name
    if name != found.name and session.store.one(Relation, "relation", relation.schema, name) is not None:
        raise Refused("42P07", f'relation "{name}" already exists', name)
    is_primary = tree.enum(node, "contype") == "CONSTR_PRIMARY"
    if is_primary and primary_key(session, table) is not None:
        said = f'multiple primary keys for table "{relation.name}" are not allowed'
        raise Refused("42P16", said, relation.name)
    kind = ConstraintKind.PRIMARY if is_primary else ConstraintKind.UNIQUE
    index = replace(found, name=name, is_primary=is_primary)
    made = constraint_on(session, index, kind, node.deferrable, node.initdeferred)
    session.store.put(replace(index, depends=frozenset({Dependency(Ref(made.oid), Bond.INTERNAL)})))
    session.store.put(made)
    for part in index.parts if is_primary else ():
        column = session.store.of(table, Relation).numbered(part.column)
        if column is not None:
            set_not_null(session, table, column)


def find_index(session: Session, table: int, name: str) -> Index | None:
    """Return an index that can be a constraint's (42704, 55000, 42809); None for one taken as given."""
    relation = session.store.of(table, Relation)
    found = session.store.one(Relation, "relation", relation.schema, name)
    if isinstance(found, Index):
        _check(session, relation, found)
        return found
    if found is None and session.may_assume:
        session.assumed.append(f"index {name}")
        return None
    raise Refused("42704", f'index "{name}" does not exist', name)


def _check(session: Session, relation: Relation, index: Index) -> None:
    name = index.name
    owner = session.store.one(Constraint, "constraint", index.table, name)
    if owner is not None and owner.index == index.oid:
        raise Refused("55000", f'index "{name}" is already associated with a constraint', name)
    if index.table != relation.oid:
        raise Refused("55000", f'index "{name}" does not belong to table "{relation.name}"', name)
    if not index.is_valid:
        raise Refused("55000", f'index "{name}" is not valid', name)
    if not index.is_unique:
        raise Refused("42809", f'"{name}" is not a unique index', name)
    if index.predicate is not None or any(part.expression is not None for part in index.parts):
        what = "is a partial index" if index.predicate is not None else "contains expressions"
        raise Refused("42809", f'"{name}" {what}', name)

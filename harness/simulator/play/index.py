"""CREATE INDEX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.indexes import INDEXED, IndexSpec, add_index, part
from harness.simulator.catalog.objects import RelationKind
from harness.simulator.errors import Refused
from harness.simulator.play import plays

if TYPE_CHECKING:
    from harness.simulator.session import Session


@plays("IndexStmt")
def create_index(session: Session, node: Any) -> None:
    """Make an index; IF NOT EXISTS looks at its name alone, and only after all columns have been found."""
    relation = session.ranged(node.relation)
    if relation.kind is RelationKind.VIEW or relation.kind not in INDEXED:
        said = f'cannot create index on relation "{relation.name}"'
        raise Refused("42809", said, relation.name)
    spec = IndexSpec(
        parts=tuple(part(item.index_elem) for item in node.index_params),
        name=node.idxname,
        included=tuple(item.index_elem.name for item in node.index_including_params),
        method=node.access_method or "btree",
        predicate=node.where_clause if node.HasField("where_clause") else None,
        is_unique=node.unique,
        nulls_not_distinct=node.nulls_not_distinct,
        if_not_exists=node.if_not_exists,
    )
    add_index(session, relation.oid, spec)

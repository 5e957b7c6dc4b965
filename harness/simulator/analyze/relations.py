"""Relations by name: the queries of WITH, Postgres's own tables, the ladder's."""

from __future__ import annotations

from harness.simulator.analyze import builtin
from harness.simulator.analyze import scope as scopes
from harness.simulator.analyze.model import Node, Work
from harness.simulator.analyze.scope import Field, Item, Scope
from harness.simulator.catalog.objects import Ref, Relation
from harness.simulator.errors import Refused
from harness.simulator.session import SYSTEM_SCHEMAS


def named_item(work: Work, node: Node, scope: Scope) -> Item:
    """Return what a RangeVar in FROM means (42P01, 3F000), under its own name."""
    name, schema = node.relname, node.schemaname
    if not schema:
        query = scope.query(name)
        if query is not None:
            return query
    system = _system_item(work, name, schema)
    if system is not None:
        return system
    return scopes.of_relation(opened(work, node))


def opened(work: Work, node: Node) -> Relation:
    """Return the relation that a RangeVar names in a query, and note it (42P01, for a missing schema too)."""
    session = work.session
    if node.schemaname and not session.may_assume and session.find_schema(node.schemaname) is None:
        said = f'relation "{node.schemaname}.{node.relname}" does not exist'
        raise Refused("42P01", said, node.relname, node.schemaname)
    relation = session.relation(node.relname, node.schemaname)
    work.use(Ref(relation.oid))
    return relation


def _system_item(work: Work, name: str, schema: str) -> Item | None:
    """Return a table or view of pg_catalog or information_schema; open where its columns are not known."""
    path = work.session.search_path
    if schema:
        places = [schema] if schema in SYSTEM_SCHEMAS else []
    else:
        hidden = [] if "pg_catalog" in path else ["pg_catalog"]
        places = [*hidden, *(place for place in path if place in SYSTEM_SCHEMAS)]
    for place in places:
        columns = builtin.columns(place, name)
        if columns is not None:
            fields = tuple(Field(column, type_) for column, type_ in columns)
            return Item(name, fields, has_own_name=True, schema=place)
    if schema in SYSTEM_SCHEMAS:
        return Item(name, (), is_open=True, has_own_name=True, schema=schema)
    return None

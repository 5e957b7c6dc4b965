"""Publications and subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import PUBLISHED, Other, Relation, RelationKind, Schema
from harness.simulator.system.relations import schema_name
from harness.simulator.system.views import Wanted, gives
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Rows = Iterator[dict[str, Value]]
_TABLES = (RelationKind.TABLE, RelationKind.PARTITIONED)


def _all(session: Session, kind: str) -> list[Other]:
    return [other for other in session.store.each(Other) if other.kind == kind]


def _members(session: Session) -> Iterator[tuple[Other, Other, Relation | Schema]]:
    """Yield what says that something is in a publication, with both."""
    for member in _all(session, PUBLISHED):
        publication = session.store.one(Other, "other", "publication", 0, member.name)
        found = session.store.get(member.scope)
        if publication is not None and isinstance(found, Relation | Schema):
            yield member, publication, found


@gives("pg_publication")
def pg_publication(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a publication."""
    for other in _all(session, "publication"):
        settings = dict(other.settings)
        yield {"oid": other.oid, "pubname": other.name, "puballtables": settings.get("all tables", UNKNOWN)}


@gives("pg_publication_rel")
def pg_publication_rel(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a table that a publication lists."""
    for member, publication, found in _members(session):
        if isinstance(found, Relation):
            yield {"oid": member.oid, "prpubid": publication.oid, "prrelid": found.oid}


@gives("pg_publication_namespace")
def pg_publication_namespace(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a schema that a publication lists."""
    for member, publication, found in _members(session):
        if isinstance(found, Schema):
            yield {"oid": member.oid, "pnpubid": publication.oid, "pnnspid": found.oid}


@gives("pg_publication_tables")
def pg_publication_tables(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a table that a publication sends: listed, in a schema that is, or of all."""
    tables = [each for each in session.store.each(Relation) if each.kind in _TABLES]
    sent = {publication.name: set[int]() for publication in _all(session, "publication")}
    for publication in _all(session, "publication"):
        if dict(publication.settings).get("all tables"):
            sent[publication.name].update(each.oid for each in tables)
    for _, publication, found in _members(session):
        sent[publication.name].update(each.oid for each in tables if found.oid in (each.oid, each.schema))
    for name, oids in sent.items():
        for table in tables:
            if table.oid in oids:
                yield {
                    "pubname": name,
                    "schemaname": schema_name(session, table.schema),
                    "tablename": table.name,
                    "attnames": [column.name for column in table.columns],
                }


@gives("pg_subscription")
def pg_subscription(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a subscription."""
    for other in _all(session, "subscription"):
        yield {"oid": other.oid, "subname": other.name}

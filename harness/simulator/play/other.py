"""Publications and subscriptions, servers, statistics, languages, databases: what else has a name."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.address import find_other, require_other
from harness.simulator.catalog.assumed import is_taken
from harness.simulator.catalog.drop import drop
from harness.simulator.catalog.names import addition, make_name
from harness.simulator.catalog.objects import (
    PUBLISHED,
    Bond,
    Dependency,
    Extension,
    Other,
    Ref,
    Relation,
    RelationKind,
    Schema,
)
from harness.simulator.catalog.routines import type_key
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.function import require_language
from harness.simulator.play.making import depends, inside, new_name, settings, typed
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.simulator.session import Session

_STATISTICS: Final = "statistics object"
_COUNTED: Final = (RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.MATERIALIZED, RelationKind.FOREIGN)


def put_other(
    session: Session,
    kind: str,
    name: str,
    *,
    scope: int = 0,
    said: tuple[tuple[str, object], ...] = (),
    needs: frozenset[Dependency] = frozenset(),
) -> Other:
    """Add an object, or replace the one of its kind and name."""
    before = session.store.one(Other, "other", kind, scope, name)
    oid = before.oid if before else session.store.new_oid()
    return session.store.put(Other(oid=oid, name=name, kind=kind, scope=scope, settings=said, depends=needs))


def refuse_taken(session: Session, kind: str, name: str, *, scope: int = 0) -> None:
    """Refuse a name that another object of the kind has (42710)."""
    if session.store.one(Other, "other", kind, scope, name):
        raise Refused("42710", f'{kind} "{name}" already exists', name)


@plays("CreatePublicationStmt")
def create_publication(session: Session, node: Any) -> None:
    """Make a publication (42710) of tables (42P01)."""
    refuse_taken(session, "publication", node.pubname)
    said = (*settings(node.options), ("all tables", node.for_all_tables))
    publication = put_other(session, "publication", node.pubname, said=said)
    for member in _members(session, node.pubobjects):
        _put_member(session, publication, member)


def _members(session: Session, items: Iterable[Any]) -> list[Relation | Schema]:
    """Return the tables and schemas that a publication lists (42P01, 3F000)."""
    found: list[Relation | Schema] = []
    for item in (item.publication_obj_spec for item in items):
        if item.HasField("pubtable"):
            found.append(_published(session.ranged(item.pubtable.relation)))
        elif item.name:
            found.append(session.schema(item.name))
    return found


def _published(relation: Relation) -> Relation:
    """Refuse what is no table (22023)."""
    if relation.kind not in (RelationKind.TABLE, RelationKind.PARTITIONED):
        raise Refused("22023", f'cannot add relation "{relation.name}" to publication', relation.name)
    return relation


def _put_member(session: Session, publication: Other, member: Relation | Schema) -> None:
    """Write down that a table or schema is in a publication: neither needs CASCADE for the other."""
    both = depends(Ref(publication.oid), Ref(member.oid), bond=Bond.AUTO)
    put_other(session, PUBLISHED, publication.name, scope=member.oid, needs=both)


@plays("AlterPublicationStmt")
def alter_publication(session: Session, node: Any) -> None:
    """Change what is in a publication (42704, 42710, 55000)."""
    publication = require_other(session, "publication", [node.pubname])
    if publication is None:
        return
    said = dict(publication.settings)
    if node.pubobjects and said.get("all tables"):
        raise Refused("55000", f'publication "{node.pubname}" is defined as FOR ALL TABLES', node.pubname)
    session.store.put(replace(publication, settings=tuple((said | dict(settings(node.options))).items())))
    members = _members(session, node.pubobjects)
    action = tree.enum(node, "action")
    if action == "AP_SetObjects" and members:
        for each, _ in list(session.store.dependents(Ref(publication.oid))):
            session.store.remove(each.oid)
    for member in members:
        is_in = session.store.one(Other, "other", PUBLISHED, member.oid, publication.name)
        _check_member(publication, member, action, is_in=is_in is not None)
        if action == "AP_DropObjects" and is_in is not None:
            session.store.remove(is_in.oid)
        else:
            _put_member(session, publication, member)


def _check_member(publication: Other, member: Relation | Schema, action: str, *, is_in: bool) -> None:
    noun = "relation" if isinstance(member, Relation) else "schema"
    about = (publication.name, member.name)
    if action == "AP_AddObjects" and is_in:
        said = f'{noun} "{member.name}" is already member of publication "{publication.name}"'
        raise Refused("42710", said, *about)
    if action == "AP_DropObjects" and not is_in:
        what = "relation" if noun == "relation" else "tables from schema"
        raise Refused("42704", f'{what} "{member.name}" is not part of the publication', *about)


@plays("CreateSubscriptionStmt")
def create_subscription(session: Session, node: Any) -> None:
    """Make a subscription (42710)."""
    refuse_taken(session, "subscription", node.subname)
    put_other(session, "subscription", node.subname, said=settings(node.options))


@plays("AlterSubscriptionStmt")
def alter_subscription(session: Session, node: Any) -> None:
    """Change a subscription (42704)."""
    require_other(session, "subscription", [node.subname])


@plays("DropSubscriptionStmt")
def drop_subscription(session: Session, node: Any) -> None:
    """Drop a subscription (42704)."""
    _drop_named(session, "subscription", node.subname, missing_ok=node.missing_ok)


def _drop_named(session: Session, kind: str, name: str, *, missing_ok: bool) -> None:
    found = session.store.one(Other, "other", kind, 0, name)
    if found is None and not missing_ok:
        found = require_other(session, kind, [name])
    if found is not None:
        drop(session, [Ref(found.oid)])


@plays("CreateStatsStmt")
def create_statistics(session: Session, node: Any) -> None:
    """Make extended statistics: the table, then the name, then the columns (42P01, 42710, 42703)."""
    relations = [_counted(session.ranged(item.range_var)) for item in node.relations]
    columns = [item.stats_elem.name for item in node.exprs if item.stats_elem.name]
    if node.defnames:
        schema, name = new_name(session, node.defnames)
    else:
        schema = session.store.of(relations[0].schema, Schema)
        name = _statistics_name(session, schema, relations[0], columns)
    if session.store.one(Other, "other", _STATISTICS, schema.oid, name):
        if node.if_not_exists:
            return
        raise Refused("42710", f'statistics object "{name}" already exists', name)
    refs = [Ref(each.oid, session.column(each, column).number) for each in relations for column in columns]
    needs = inside(schema) | depends(*refs, *(Ref(each.oid) for each in relations), bond=Bond.AUTO)
    put_other(session, _STATISTICS, name, scope=schema.oid, needs=needs)


def _counted(relation: Relation) -> Relation:
    """Refuse what has no statistics (42809)."""
    if relation.kind not in _COUNTED and not relation.is_assumed:
        raise Refused("42809", f'cannot define statistics for relation "{relation.name}"', relation.name)
    return relation


def _statistics_name(session: Session, schema: Schema, relation: Relation, columns: list[str]) -> str:
    """Return the name that Postgres chooses (ChooseExtendedStatisticName)."""
    names = (make_name(relation.name, addition(columns), label=f"stat{number or ''}") for number in count())
    return next(name for name in names if not session.store.one(Other, "other", _STATISTICS, schema.oid, name))


@plays("AlterStatsStmt")
def alter_statistics(session: Session, node: Any) -> None:
    """Set the target of extended statistics (42704)."""
    names = tree.strings(node.defnames)
    if find_other(session, _STATISTICS, names) is None and not node.missing_ok:
        require_other(session, _STATISTICS, names)


@plays("CreatePLangStmt")
def create_language(session: Session, node: Any) -> None:
    """Make a language (42710)."""
    if not node.replace:
        refuse_taken(session, "language", node.plname)
    put_other(session, "language", node.plname)


@plays("CreateAmStmt")
def create_access_method(session: Session, node: Any) -> None:
    """Make an access method (42710)."""
    refuse_taken(session, "access method", node.amname)
    put_other(session, "access method", node.amname)


@plays("CreateTransformStmt")
def create_transform(session: Session, node: Any) -> None:
    """Make a transform between a type and a language (42710)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    type_ = analyze.type_name(session, node.type_name)
    require_language(session, node.lang)
    name = f"{type_key(session, type_)} language {node.lang}"
    if not node.replace and session.store.one(Other, "other", "transform", 0, name):
        shown = analyze.format_type(session, type_)
        said = f'transform for type {shown} language "{node.lang}" already exists'
        raise Refused("42710", said, shown, node.lang)
    put_other(session, "transform", name, needs=typed(type_))


@plays("AlterEventTrigStmt")
def alter_event_trigger(session: Session, node: Any) -> None:
    """Enable or disable an event trigger (42704)."""
    found = require_other(session, "event trigger", [node.trigname])
    if found is not None:
        said = dict(found.settings) | {"enabled": node.tgenabled}
        session.store.put(replace(found, settings=tuple(said.items())))


@plays("CreateTableSpaceStmt")
def create_tablespace(session: Session, node: Any) -> None:
    """Make a tablespace (42710)."""
    refuse_taken(session, "tablespace", node.tablespacename)
    put_other(session, "tablespace", node.tablespacename, said=settings(node.options))


@plays("DropTableSpaceStmt")
def drop_tablespace(session: Session, node: Any) -> None:
    """Drop a tablespace (42704)."""
    _drop_named(session, "tablespace", node.tablespacename, missing_ok=node.missing_ok)


@plays("CreatedbStmt")
def create_database(session: Session, node: Any) -> None:
    """Make another database (42P04): what is in it is none of this one's."""
    if session.store.one(Other, "other", "database", 0, node.dbname):
        raise Refused("42P04", f'database "{node.dbname}" already exists', node.dbname)
    put_other(session, "database", node.dbname)


@plays("DropdbStmt")
def drop_database(session: Session, node: Any) -> None:
    """Drop another database (3D000)."""
    found = session.store.one(Other, "other", "database", 0, node.dbname)
    if found is not None:
        session.store.remove(found.oid)
    elif not node.missing_ok and not is_taken(session, "database", node.dbname):
        raise Refused("3D000", f'database "{node.dbname}" does not exist', node.dbname)


@plays("AlterObjectDependsStmt")
def depend_on_extension(session: Session, node: Any) -> None:
    """Let an object go with an extension (42704)."""
    extension = session.store.one(Extension, "extension", node.extname.sval)
    if extension is None and not is_taken(session, "extension", node.extname.sval):
        raise Refused("42704", f'extension "{node.extname.sval}" does not exist', node.extname.sval)


@plays(
    "AlterSystemStmt",
    "AlterDatabaseStmt",
    "AlterDatabaseSetStmt",
    "AlterDatabaseRefreshCollStmt",
    "AlterTableSpaceOptionsStmt",
    "AlterTableMoveAllStmt",
)
def set_for_later(session: Session, node: Any) -> None:
    """Set what holds for later connections, and decides nothing in this database."""

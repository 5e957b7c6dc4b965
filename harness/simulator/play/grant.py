"""GRANT and REVOKE on objects, and ALTER DEFAULT PRIVILEGES (aclchk.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.address import own_type, resolve
from harness.simulator.catalog.objects import (
    Bond,
    Fact,
    Function,
    Other,
    Ref,
    Relation,
    RelationKind,
    Role,
    Schema,
    Sequence,
    Type,
)
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.making import depends, options, role_of
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_ROUTINES: Final = ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE")
_TABLE: Final = "insert select update delete truncate references trigger maintain"
_PRIVILEGES: Final = {
    "OBJECT_TABLE": _TABLE,
    "OBJECT_SEQUENCE": "select update usage",
    "OBJECT_DATABASE": "create temporary connect",
    "OBJECT_SCHEMA": "usage create",
    "OBJECT_TABLESPACE": "create",
    **dict.fromkeys(_ROUTINES, "execute"),
}
"""What ALL means; USAGE for the other kinds."""
_OF_EVERYBODY: Final = {"OBJECT_DATABASE": "temporary connect", **dict.fromkeys(_ROUTINES, "execute")}
"""What PUBLIC has of a new object."""
_SCHEMA_KINDS: Final[dict[str, tuple[type[Relation] | type[Function], tuple[object, ...]]]] = {
    "OBJECT_TABLE": (
        Relation,
        (
            RelationKind.TABLE,
            RelationKind.PARTITIONED,
            RelationKind.VIEW,
            RelationKind.MATERIALIZED,
            RelationKind.FOREIGN,
        ),
    ),
    "OBJECT_SEQUENCE": (Sequence, (RelationKind.SEQUENCE,)),
    "OBJECT_FUNCTION": (Function, ("f", "a", "w")),
    "OBJECT_PROCEDURE": (Function, ("p",)),
    "OBJECT_ROUTINE": (Function, ("f", "a", "w", "p")),
}


@plays("GrantStmt")
def grant(session: Session, node: Any) -> None:
    """Grant or revoke privileges: the objects have to be there, then the roles, then the columns."""
    objtype = tree.enum(node, "objtype")
    if tree.enum(node, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        targets = list(_in_schemas(session, objtype, node.objects))
    else:
        targets = [ref for ref in _named(session, objtype, node.objects) if ref is not None]
    grantees = [_grantee(session, item.role_spec) for item in node.grantees]
    given = [_privilege(item.access_priv) for item in node.privileges]
    for ref in targets:
        for word, columns in given or [(_all(objtype), ())]:
            for about in _columns(session, ref, columns):
                for grantee in grantees:
                    _change(session, about, objtype, word, grantee, node)


def _in_schemas(session: Session, objtype: str, items: Iterable[Any]) -> Iterator[Ref]:
    """Yield all objects of a kind in some schemas (3F000)."""
    class_, kinds = _SCHEMA_KINDS[objtype]
    oids = {session.schema(item.string.sval).oid for item in items}
    for each in session.store.each(class_):
        if each.schema in oids and each.kind in kinds:
            yield Ref(each.oid)


def _named(session: Session, objtype: str, items: Iterable[Any]) -> Iterator[Ref | None]:
    """Yield the objects that are listed (42P01, 42883, 42704, 3F000, 42809)."""
    for node in (tree.inner(item) for item in items):
        if objtype in ("OBJECT_TABLE", "OBJECT_SEQUENCE"):
            yield Ref(_relation(session, objtype, node).oid)
        elif objtype in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
            yield Ref(own_type(session, tree.strings(node.items)).oid)
        else:
            yield resolve(session, objtype, node)


def _relation(session: Session, objtype: str, node: Any) -> Relation:
    relation = session.ranged(node)
    if relation.kind in (RelationKind.INDEX, RelationKind.COMPOSITE):
        noun = "an index" if relation.kind == RelationKind.INDEX else "a composite type"
        raise Refused("42809", f'"{relation.name}" is {noun}', relation.name)
    is_sequence = relation.kind == RelationKind.SEQUENCE or relation.is_assumed
    if objtype == "OBJECT_SEQUENCE" and not is_sequence:
        raise Refused("42809", f'"{relation.name}" is not a sequence', relation.name)
    return relation


def _grantee(session: Session, spec: Any) -> Role | None:
    """Return a role (42704); None for PUBLIC."""
    return None if tree.enum(spec, "roletype") == "ROLESPEC_PUBLIC" else role_of(session, spec)


def _privilege(node: Any) -> tuple[str, tuple[str, ...]]:
    """Return a privilege, empty for all, and the columns that it is for."""
    word = "temporary" if node.priv_name == "temp" else node.priv_name
    return word, tuple(tree.strings(node.cols))


def _all(objtype: str) -> str:
    return _PRIVILEGES.get(objtype, "usage")


def _columns(session: Session, ref: Ref, names: tuple[str, ...]) -> Iterator[Ref]:
    """Yield the columns that a privilege is for (42703); the object itself when there are none."""
    if not names:
        yield ref
    relation = session.store.get(ref.oid)
    for name in names:
        if isinstance(relation, Relation):
            yield Ref(ref.oid, session.column(relation, name).number)


def _change(session: Session, about: Ref, objtype: str, word: str, grantee: Role | None, node: Any) -> None:
    """Add privileges to those that a role has of an object, or take some away."""
    name = f"grant to {grantee.name if grantee else 'public'}"
    before = session.store.one(Fact, "fact", about.oid, about.column, name)
    own = "" if grantee or about.column else _OF_EVERYBODY.get(objtype, "")
    if isinstance(session.store.get(about.oid), Type) and grantee is None:
        own = "usage"
    had = frozenset(before.value) if before and isinstance(before.value, tuple) else frozenset(own.split())
    words = frozenset((word or (_TABLE if about.column else _all(objtype))).split())
    if node.grant_option:
        words = frozenset(f"{each}*" for each in words)
    has = had | words if node.is_grant else had - words - frozenset(f"{each}*" for each in words)
    _put(session, about, name, before, has, own=frozenset(own.split()), grantee=grantee)


def _put(
    session: Session,
    about: Ref,
    name: str,
    before: Fact | None,
    has: frozenset[str],
    *,
    own: frozenset[str],
    grantee: Role | None,
) -> None:
    if has == own:
        if before is not None:
            session.store.remove(before.oid)
        return
    session.store.put(
        Fact(
            oid=before.oid if before else session.store.new_oid(),
            name=name,
            about=about,
            value=tuple(sorted(has)),
            depends=depends(Ref(grantee.oid)) if grantee else frozenset(),
        )
    )


@plays("AlterDefaultPrivilegesStmt")
def alter_default_privileges(session: Session, node: Any) -> None:
    """Say what roles get of objects that are made later (3F000, 42704)."""
    given = options(node.options)
    grantees = [_grantee(session, item.role_spec) for item in node.action.grantees]
    roles: list[Role | None] = [role_of(session, item.role_spec) for item in _listed(given, "roles", list)]
    schemas: list[Schema | None] = [session.schema(name) for name in _listed(given, "schemas", tree.strings)]
    for schema in schemas or [None]:
        for role in roles or [None]:
            for grantee in grantees:
                _change_default(session, node.action, schema, role, grantee)


def _listed(given: dict[str, Any], option: str, read: Callable[[Any], list[Any]]) -> list[Any]:
    return read(given[option].items) if option in given else []


def _change_default(
    session: Session, action: Any, schema: Schema | None, role: Role | None, grantee: Role | None
) -> None:
    """Change the default privileges of one role, in one schema, for one grantee."""
    objtype = tree.enum(action, "objtype")
    of = role.name if role else session.role
    name = f"{of} {objtype.removeprefix('OBJECT_').lower()} to {grantee.name if grantee else 'public'}"
    scope = schema.oid if schema else 0
    before = session.store.one(Other, "other", "default privileges", scope, name)
    has = {str(word) for word, _ in before.settings} if before else set()
    for item in action.privileges:
        word, _ = _privilege(item.access_priv)
        has = has | {word} if action.is_grant else has - {word}
    if not action.privileges:
        has = set(_all(objtype).split()) if action.is_grant else set()
    if not has:
        if before is not None:
            session.store.remove(before.oid)
        return
    roles = depends(*(Ref(each.oid) for each in (role, grantee) if each is not None))
    session.store.put(
        Other(
            oid=before.oid if before else session.store.new_oid(),
            name=name,
            kind="default privileges",
            scope=scope,
            settings=tuple((word, True) for word in sorted(has)),
            depends=roles | (depends(Ref(schema.oid), bond=Bond.AUTO) if schema else frozenset()),
        )
    )

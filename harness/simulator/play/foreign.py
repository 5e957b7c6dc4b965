"""Foreign-data wrappers, servers, user mappings and foreign tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.address import find_other, require_other
from harness.simulator.catalog.assumed import is_taken
from harness.simulator.catalog.contrib import wrappers
from harness.simulator.catalog.objects import Extension, Other, Ref, Relation, RelationKind
from harness.simulator.errors import Refused, Unsure
from harness.simulator.play import plays, table
from harness.simulator.play.making import depends, role_name, settings
from harness.simulator.play.other import put_other, refuse_taken
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


@plays("CreateFdwStmt")
def create_wrapper(session: Session, node: Any) -> None:
    """Make a foreign-data wrapper (42710)."""
    refuse_taken(session, "foreign-data wrapper", node.fdwname)
    put_other(session, "foreign-data wrapper", node.fdwname, said=settings(node.options))


@plays("AlterFdwStmt")
def alter_wrapper(session: Session, node: Any) -> None:
    """Change a foreign-data wrapper (42704)."""
    _wrapper(session, node.fdwname)


def _wrapper(session: Session, name: str) -> Ref | None:
    """Return a wrapper, or the extension that brings it (42704)."""
    for extension in session.store.all(Extension, "extensions"):
        if name in wrappers(extension.name):
            return Ref(extension.oid)
    found = require_other(session, "foreign-data wrapper", [name])
    return Ref(found.oid) if found else None


@plays("CreateForeignServerStmt")
def create_server(session: Session, node: Any) -> None:
    """Make a server (42710) of a wrapper (42704)."""
    if node.if_not_exists and find_other(session, "server", [node.servername]):
        return
    refuse_taken(session, "server", node.servername)
    wrapper = _wrapper(session, node.fdwname)
    needs = depends(wrapper) if wrapper else frozenset()
    put_other(session, "server", node.servername, said=settings(node.options), needs=needs)


@plays("AlterForeignServerStmt")
def alter_server(session: Session, node: Any) -> None:
    """Change a server (42704)."""
    require_other(session, "server", [node.servername])


@plays("CreateUserMappingStmt")
def create_mapping(session: Session, node: Any) -> None:
    """Make a user mapping: the role, the server, then the mapping itself (42704, 42710)."""
    user = role_name(session, node.user) or "public"
    server = require_other(session, "server", [node.servername])
    scope = server.oid if server else 0
    if session.store.one(Other, "other", "user mapping", scope, user):
        if node.if_not_exists:
            return
        said = f'user mapping for "{user}" already exists for server "{node.servername}"'
        raise Refused("42710", said, user, node.servername)
    needs = depends(Ref(server.oid)) if server else frozenset()
    put_other(session, "user mapping", user, scope=scope, said=settings(node.options), needs=needs)


@plays("AlterUserMappingStmt")
def alter_mapping(session: Session, node: Any) -> None:
    """Change a user mapping (42704)."""
    _mapping(session, node)


@plays("DropUserMappingStmt")
def drop_mapping(session: Session, node: Any) -> None:
    """Drop a user mapping (42704)."""
    is_named = tree.enum(node.user, "roletype") == "ROLESPEC_CSTRING"
    if node.missing_ok and is_named and session.find_role(node.user.rolename) is None:
        return
    if node.missing_ok and find_other(session, "server", [node.servername]) is None:
        return
    found = _mapping(session, node, missing_ok=node.missing_ok)
    if found is not None:
        session.store.remove(found.oid)


def _mapping(session: Session, node: Any, *, missing_ok: bool = False) -> Other | None:
    user = role_name(session, node.user) or "public"
    server = require_other(session, "server", [node.servername])
    found = session.store.one(Other, "other", "user mapping", server.oid if server else 0, user)
    if found or missing_ok or server is None or is_taken(session, "user mapping", f"{user} {node.servername}"):
        return found
    said = f'user mapping for "{user}" does not exist for server "{node.servername}"'
    raise Refused("42704", said, user, node.servername)


@plays("ImportForeignSchemaStmt")
def import_schema(session: Session, node: Any) -> None:
    """Make foreign tables of what a server has: that is not known."""
    require_other(session, "server", [node.server_name])
    raise Unsure(f"what the server {node.server_name} has is not known")


@plays("CreateForeignTableStmt")
def create_foreign_table(session: Session, node: Any) -> None:
    """Make a table of what a server has (42P07), and look for the server then (42704); its rows are not known."""
    made = table.create(session, node.base_stmt, RelationKind.FOREIGN)
    if made is None:
        return
    server = require_other(session, "server", [node.servername])
    made = session.store.of(made.oid, Relation)
    needs = depends(Ref(server.oid)) if server else frozenset()
    session.store.put(replace(made, depends=made.depends | needs, has_all_rows=False))

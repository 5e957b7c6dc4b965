"""CREATE EXTENSION and ALTER EXTENSION."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog import contrib
from harness.simulator.catalog.address import resolve
from harness.simulator.catalog.assumed import is_taken
from harness.simulator.catalog.objects import Bond, Extension, Object, Ref, Schema
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.making import depends, inside, options, text_of
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_THERE_FROM_THE_START = "plpgsql"


@plays("CreateExtensionStmt")
def create_extension(session: Session, node: Any) -> None:
    """Install an extension with what it brings (42710); what one of which nothing is known brings is open."""
    name = node.extname
    if name == _THERE_FROM_THE_START or session.store.one(Extension, "extension", name):
        if node.if_not_exists:
            return
        raise Refused("42710", f'extension "{name}" already exists', name)
    given = options(node.options)
    schema = session.schema(text_of(given["schema"])) if "schema" in given else session.creation_schema()
    _install(session, name, schema, cascade="cascade" in given)


def _install(session: Session, name: str, schema: Schema, *, cascade: bool) -> None:
    needed = []
    for other in contrib.requires(name):
        if session.store.one(Extension, "extension", other) is None:
            if not cascade and not is_taken(session, "extension", other):
                raise Refused("42704", f'required extension "{other}" is not installed', name, other)
            _install(session, other, schema, cascade=cascade)
        found = session.store.one(Extension, "extension", other)
        needed.append(Ref(found.oid) if found else Ref(schema.oid))
    extension = Extension(
        oid=session.store.new_oid(),
        name=name,
        schema=schema.oid,
        is_open=not contrib.is_known(name),
        depends=inside(schema) | depends(*needed),
    )
    session.store.put(extension)
    contrib.install(session, extension)


@plays("AlterExtensionStmt")
def alter_extension(session: Session, node: Any) -> None:
    """Update an extension (42704): what another version brings is open."""
    _require(session, node.extname)


@plays("AlterExtensionContentsStmt")
def alter_contents(session: Session, node: Any) -> None:
    """Make an object a part of an extension, or no more (42704)."""
    extension = _require(session, node.extname)
    about = resolve(session, tree.enum(node, "objtype"), tree.inner(node.object))
    found = session.store.get(about.oid) if about is not None else None
    if extension is None or found is None:
        return
    part = depends(Ref(extension.oid), bond=Bond.INTERNAL)
    changed: Object = replace(found, depends=found.depends - part if node.action < 0 else found.depends | part)
    session.store.put(changed)


def _require(session: Session, name: str) -> Extension | None:
    """Return an extension that has to be there; None for one that is from the start, or before the ladder was."""
    found = session.store.one(Extension, "extension", name)
    if found is None and name != _THERE_FROM_THE_START and not is_taken(session, "extension", name):
        raise Refused("42704", f'extension "{name}" does not exist', name)
    return found

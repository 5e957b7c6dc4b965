"""COMMENT ON and SECURITY LABEL: what is said of other objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.address import resolve
from harness.simulator.catalog.objects import Fact, Ref
from harness.simulator.play import plays
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


@plays("CommentStmt")
def comment(session: Session, node: Any) -> None:
    """Set an object's comment; an empty one takes it away."""
    about = resolve(session, tree.enum(node, "objtype"), tree.inner(node.object))
    if about is not None:
        put_fact(session, about, "comment", node.comment or None)


@plays("SecLabelStmt")
def label(session: Session, node: Any) -> None:
    """Set an object's security label."""
    about = resolve(session, tree.enum(node, "objtype"), tree.inner(node.object))
    if about is not None:
        put_fact(session, about, f"label {node.provider}", node.label or None)


def put_fact(session: Session, about: Ref, name: str, value: object) -> None:
    """Say something of an object, in place of what was said before; None says nothing."""
    before = session.store.one(Fact, "fact", about.oid, about.column, name)
    if value is None:
        if before is not None:
            session.store.remove(before.oid)
    elif before is not None:
        session.store.put(replace(before, value=value))
    else:
        session.store.put(Fact(oid=session.store.new_oid(), name=name, about=about, value=value))

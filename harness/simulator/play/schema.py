"""CREATE SCHEMA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.simulator import play
from harness.simulator.catalog.objects import Schema
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.making import role_of
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_ORDER: Final = ("CreateSeqStmt", "CreateStmt", "ViewStmt", "IndexStmt", "CreateTrigStmt", "GrantStmt")
"""In which order elements are made, whatever theirs is (transformCreateSchemaStmtElements)."""
_TARGETS: Final = {"CreateSeqStmt": "sequence", "CreateStmt": "relation", "ViewStmt": "view"}


@plays("CreateSchemaStmt")
def create_schema(session: Session, node: Any) -> None:
    """Make a schema with its elements (42P06, 42939)."""
    owner = role_of(session, node.authrole).name if node.HasField("authrole") else ""
    name = node.schemaname or owner
    if name.startswith("pg_"):
        raise Refused("42939", f'unacceptable schema name "{name}"', name)
    if session.find_schema(name) is not None:
        if node.if_not_exists:
            return
        raise Refused("42P06", f'schema "{name}" already exists', name)
    session.store.put(Schema(oid=session.store.new_oid(), name=name))
    elements = [tree.inner(item) for item in node.schema_elts]
    if elements:
        _make_elements(session, name, elements)


def _make_elements(session: Session, schema: str, elements: list[Any]) -> None:
    before = session.search_path
    session.search_path = (schema, *before)
    try:
        for element in sorted(elements, key=lambda each: _ORDER.index(tree.kind(each))):
            _check_schema(element, schema)
            play.execute(session, element)
    finally:
        session.search_path = before


def _check_schema(element: Any, schema: str) -> None:
    """Refuse an element that says another schema (42P15)."""
    field = _TARGETS.get(tree.kind(element))
    given = getattr(element, field).schemaname if field else ""
    if given and given != schema:
        said = f"CREATE specifies a schema ({given}) different from the one being created ({schema})"
        raise Refused("42P15", said, given)

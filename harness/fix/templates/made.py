"""What a statement makes, or takes away, for which Postgres has no clause: the facts that a guard can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.fix.facts import Fact, Literal
from harness.sql import parse, tree
from harness.sql.effects import effects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def made(statement: str) -> tuple[Literal, ...]:
    """Return what holds after a statement and did not before, by its text alone; nothing where that is unknown."""
    nodes = parse.nodes(statement)
    if len(nodes) != 1:
        return ()
    handler = _HANDLERS.get(tree.kind(nodes[0]))
    return tuple(handler(nodes[0], statement)) if handler else ()


def _altered(node: Any, statement: str) -> Iterator[Literal]:
    table = node.relation
    for effect in effects(statement):
        if (effect.verb, effect.kind) == ("create", "constraint"):
            yield Literal(Fact("constraint", table.schemaname, table.relname, effect.name), holds=True)
    for command in (item.alter_table_cmd for item in node.cmds):
        if tree.enum(command, "subtype") == "AT_AddIdentity":
            yield Literal(Fact("identity", table.schemaname, table.relname, command.name), holds=True)


def _type(field: str) -> Callable[[Any, str], Iterator[Literal]]:
    def handler(node: Any, _: str) -> Iterator[Literal]:
        schema, name = tree.qualified(getattr(node, field))
        yield Literal(Fact("type", schema, "", name), holds=True)

    return handler


def _composite(node: Any, _: str) -> Iterator[Literal]:
    yield Literal(Fact("type", node.typevar.schemaname, "", node.typevar.relname), holds=True)


def _defined(node: Any, _: str) -> Iterator[Literal]:
    if tree.enum(node, "kind") == "OBJECT_TYPE":
        schema, name = tree.qualified(node.defnames)
        yield Literal(Fact("type", schema, "", name), holds=True)


def _on_table(kind: str, name: str, table: str) -> Callable[[Any, str], Iterator[Literal]]:
    def handler(node: Any, _: str) -> Iterator[Literal]:
        relation = getattr(node, table)
        yield Literal(Fact(kind, relation.schemaname, relation.relname, getattr(node, name)), holds=True)

    return handler


def _global(kind: str, name: str) -> Callable[[Any, str], Iterator[Literal]]:
    return lambda node, _: iter((Literal(Fact(kind, "", "", getattr(node, name)), holds=True),))


def _renamed(node: Any, _: str) -> Iterator[Literal]:
    table = node.relation
    match tree.enum(node, "rename_type").removeprefix("OBJECT_"):
        case "COLUMN":
            yield Literal(Fact("column", table.schemaname, table.relname, node.subname), holds=False)
        case "TABCONSTRAINT":
            yield Literal(Fact("constraint", table.schemaname, table.relname, node.subname), holds=False)
        case "TYPE":
            schema, name = tree.qualified(tree.inner(node.object).items)
            yield Literal(Fact("type", schema, "", name), holds=False)
        case "SCHEMA" | "ROLE" as kind:
            yield Literal(Fact(kind.lower(), "", "", node.subname), holds=False)
        case _:
            return


def _label(node: Any, _: str) -> Iterator[Literal]:
    if node.old_val:
        schema, name = tree.qualified(node.type_name)
        yield Literal(Fact("label", schema, name, node.old_val), holds=False)


_HANDLERS: dict[str, Callable[[Any, str], Iterator[Literal]]] = {
    "AlterTableStmt": _altered,
    "CreateEnumStmt": _type("type_name"),
    "CreateRangeStmt": _type("type_name"),
    "CreateDomainStmt": _type("domainname"),
    "CompositeTypeStmt": _composite,
    "DefineStmt": _defined,
    "CreatePolicyStmt": _on_table("policy", "policy_name", "table"),
    "CreateTrigStmt": _on_table("trigger", "trigname", "relation"),
    "CreateRoleStmt": _global("role", "role"),
    "CreatePublicationStmt": _global("publication", "pubname"),
    "CreateEventTrigStmt": _global("event trigger", "trigname"),
    "RenameStmt": _renamed,
    "AlterEnumStmt": _label,
}

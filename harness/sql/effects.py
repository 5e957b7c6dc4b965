"""What a statement makes, changes or fills, read off its parse tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.sql import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a statement does; names are without their schema.

    `kind` is one of table, view, index, sequence, constraint, column, type, schema, function, trigger, policy,
    rule, role, extension, row. `table` is the table that a constraint, column, index, trigger, policy or row
    belongs to.
    """

    verb: str
    """create, drop, insert, update or delete."""
    kind: str
    name: str
    table: str = ""
    guarded: bool = False
    """IF [NOT] EXISTS, OR REPLACE or ON CONFLICT stands on it."""
    columns: tuple[str, ...] = ()
    """The target of an INSERT's ON CONFLICT; the columns of a constraint."""


@lru_cache(maxsize=10_000)
def effects(statement: str) -> tuple[Effect, ...]:
    """Return what a statement does; nothing for one that is not known, opaque (DO, EXECUTE) or broken."""
    return tuple(effect for node in parse.nodes(statement) for effect in _effects(node))


def _effects(node: Any) -> Iterator[Effect]:
    handler = _HANDLERS.get(node.DESCRIPTOR.name)
    return iter(()) if handler is None else handler(node)


def _create_table(node: Any) -> Iterator[Effect]:
    table, guarded = node.relation.relname, node.if_not_exists
    yield Effect("create", "table", table, guarded=guarded)
    for element in node.table_elts:
        definition = _inner(element)
        if definition.DESCRIPTOR.name == "Constraint":
            yield from _constraint(definition, table, (), guarded=guarded)
        elif definition.DESCRIPTOR.name == "ColumnDef":
            yield from _column(definition, table, guarded=guarded)


def _column(definition: Any, table: str, *, guarded: bool) -> Iterator[Effect]:
    yield Effect("create", "column", definition.colname, table, guarded)
    for constraint in definition.constraints:
        yield from _constraint(constraint.constraint, table, (definition.colname,), guarded=guarded)


_SUFFIXES = {
    "CONSTR_PRIMARY": "pkey",
    "CONSTR_UNIQUE": "key",
    "CONSTR_FOREIGN": "fkey",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "excl",
}


def _constraint(node: Any, table: str, of_column: tuple[str, ...], *, guarded: bool) -> Iterator[Effect]:
    """Yield a constraint under its name, or under the one that Postgres would choose (table_columns_suffix)."""
    suffix = _SUFFIXES.get(_enum(node, "contype"))
    if suffix is None:
        return
    columns = of_column or tuple(_strings(node.keys) or _strings(node.fk_attrs))
    middle = () if suffix == "pkey" else columns
    name = node.conname or "_".join((table, *middle, suffix))
    yield Effect("create", "constraint", name, table, guarded, columns)


def _alter_table(node: Any) -> Iterator[Effect]:
    table = node.relation.relname
    for command in (item.alter_table_cmd for item in node.cmds):
        subtype = _enum(command, "subtype")
        if subtype == "AT_AddColumn":
            yield from _column(_def(command), table, guarded=command.missing_ok)
        elif subtype == "AT_AddConstraint":
            yield from _constraint(_def(command), table, (), guarded=False)
        elif subtype in ("AT_DropColumn", "AT_DropConstraint"):
            yield Effect("drop", subtype.removeprefix("AT_Drop").lower(), command.name, table, command.missing_ok)


def _index(node: Any) -> Iterator[Effect]:
    table = node.relation.relname
    columns = tuple(item.index_elem.name or "expr" for item in node.index_params)
    name = node.idxname or "_".join((table, *columns, "idx"))
    yield Effect("create", "index", name, table, node.if_not_exists, columns)


def _insert(node: Any) -> Iterator[Effect]:
    target = node.on_conflict_clause.infer.index_elems
    columns = tuple(item.index_elem.name for item in target)
    yield Effect("insert", "row", "", node.relation.relname, node.HasField("on_conflict_clause"), columns)


def _select_into(node: Any) -> Iterator[Effect]:
    """Yield rows that a data-modifying WITH adds; they fail as those of an INSERT do."""
    for item in node.with_clause.ctes:
        inner = _inner(item.common_table_expr.ctequery)
        yield from _effects(inner)


def _create_as(node: Any) -> Iterator[Effect]:
    yield Effect("create", "table", node.into.rel.relname, guarded=node.if_not_exists)


def _drop(node: Any) -> Iterator[Effect]:
    kind = _enum(node, "remove_type").removeprefix("OBJECT_").lower().replace("matview", "view")
    for item in node.objects:
        names = _names(_inner(item))
        if names:
            table = names[-2] if kind in ("trigger", "policy", "rule") and len(names) > 1 else ""
            yield Effect("drop", kind, names[-1], table, node.missing_ok)


def _row_change(verb: str) -> Callable[[Any], Iterator[Effect]]:
    return lambda node: iter((Effect(verb, "row", "", node.relation.relname),))


def _made(
    kind: str, name: Callable[[Any], str], guard: str = "", table: str = ""
) -> Callable[[Any], Iterator[Effect]]:
    """Return a handler for a statement that makes one thing."""

    def handler(node: Any) -> Iterator[Effect]:
        on = getattr(node, table).relname if table else ""
        yield Effect("create", kind, name(node), on, bool(guard and getattr(node, guard)))

    return handler


_HANDLERS: dict[str, Callable[[Any], Iterator[Effect]]] = {
    "CreateStmt": _create_table,
    "AlterTableStmt": _alter_table,
    "IndexStmt": _index,
    "InsertStmt": _insert,
    "SelectStmt": _select_into,
    "UpdateStmt": _row_change("update"),
    "DeleteStmt": _row_change("delete"),
    "CreateTableAsStmt": _create_as,
    "DropStmt": _drop,
    "ViewStmt": _made("view", lambda node: node.view.relname, "replace"),
    "CreateSeqStmt": _made("sequence", lambda node: node.sequence.relname, "if_not_exists"),
    "CreateSchemaStmt": _made("schema", lambda node: node.schemaname or node.authrole.rolename, "if_not_exists"),
    "CreateEnumStmt": _made("type", lambda node: _strings(node.type_name)[-1]),
    "CompositeTypeStmt": _made("type", lambda node: node.typevar.relname),
    "CreateRangeStmt": _made("type", lambda node: _strings(node.type_name)[-1]),
    "CreateDomainStmt": _made("type", lambda node: _strings(node.domainname)[-1]),
    "CreateFunctionStmt": _made("function", lambda node: _strings(node.funcname)[-1], "replace"),
    "CreateTrigStmt": _made("trigger", lambda node: node.trigname, "replace", "relation"),
    "CreatePolicyStmt": _made("policy", lambda node: node.policy_name, "", "table"),
    "RuleStmt": _made("rule", lambda node: node.rulename, "replace", "relation"),
    "CreateRoleStmt": _made("role", lambda node: node.role),
    "CreateExtensionStmt": _made("extension", lambda node: node.extname, "if_not_exists"),
}


def _def(command: Any) -> Any:
    return _inner(getattr(command, "def"))


def _inner(node: Any) -> Any:
    """Return what a Node wraps."""
    return getattr(node, node.WhichOneof("node"))


def _enum(node: Any, field: str) -> str:
    value = node.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number[getattr(node, field)]
    return str(value.name)


def _strings(items: Any) -> list[str]:
    return [item.string.sval for item in items]


def _names(node: Any) -> list[str]:
    """Return the parts of a dropped thing's name: a list, a string, a type or a function."""
    kind = node.DESCRIPTOR.name
    if kind == "List":
        return _strings(node.items)
    if kind == "String":
        return [node.sval]
    return _strings(node.names if kind == "TypeName" else node.objname)

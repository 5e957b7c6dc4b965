"""What kind of statement a parse tree is, in a few words: `CREATE INDEX [guarded]`, `ALTER TABLE AddColumn`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness.sql.tree import enum, inner

_CONSTRAINTS = {
    "CONSTR_PRIMARY": "PRIMARY",
    "CONSTR_UNIQUE": "UNIQUE",
    "CONSTR_FOREIGN": "FOREIGN",
    "CONSTR_CHECK": "CHECK",
    "CONSTR_EXCLUSION": "EXCLUSION",
    "CONSTR_NOTNULL": "NOTNULL",
}
_FIXED = {
    "CreateStmt": "CREATE TABLE",
    "CreateTrigStmt": "CREATE TRIGGER",
    "CreateFunctionStmt": "CREATE FUNCTION",
    "ViewStmt": "CREATE VIEW",
    "CreateEnumStmt": "CREATE TYPE ENUM",
    "CompositeTypeStmt": "CREATE TYPE COMPOSITE",
    "CreateRangeStmt": "CREATE TYPE RANGE",
    "CreateDomainStmt": "CREATE DOMAIN",
    "CreateSeqStmt": "CREATE SEQUENCE",
    "CreateSchemaStmt": "CREATE SCHEMA",
    "CreatePolicyStmt": "CREATE POLICY",
    "CreateExtensionStmt": "CREATE EXTENSION",
    "CreateRoleStmt": "CREATE ROLE",
    "CreatePLangStmt": "CREATE LANGUAGE",
    "CreateStatsStmt": "CREATE STATISTICS",
    "RuleStmt": "CREATE RULE",
    "UpdateStmt": "UPDATE",
    "DeleteStmt": "DELETE",
    "MergeStmt": "MERGE",
    "SelectStmt": "SELECT",
    "TruncateStmt": "TRUNCATE",
    "CopyStmt": "COPY",
    "DoStmt": "DO",
    "CallStmt": "CALL",
    "CommentStmt": "COMMENT",
    "VariableSetStmt": "SET",
    "AlterOwnerStmt": "ALTER OWNER",
    "AlterObjectSchemaStmt": "ALTER SET SCHEMA",
    "AlterSeqStmt": "ALTER SEQUENCE",
    "AlterFunctionStmt": "ALTER FUNCTION",
    "AlterDomainStmt": "ALTER DOMAIN",
    "AlterPolicyStmt": "ALTER POLICY",
    "AlterRoleStmt": "ALTER ROLE",
    "LockStmt": "LOCK",
    "RefreshMatViewStmt": "REFRESH MATERIALIZED VIEW",
}


def kind_of(node: Any) -> str:
    """Return a statement's kind, with ` [guarded]` where IF EXISTS or its like stands on it."""
    name = str(node.DESCRIPTOR.name)
    describe = _DESCRIBED.get(name)
    told = describe(node) if describe else _FIXED.get(name) or _words(name)
    return f"{told} [guarded]" if is_guarded(node) else told


def is_guarded(node: Any) -> bool:
    """Whether the statement itself says what is to happen when the thing is there already, or is not."""
    if node.DESCRIPTOR.name == "InsertStmt":
        return bool(node.HasField("on_conflict_clause"))
    if node.DESCRIPTOR.name == "AlterTableStmt":
        return all(item.alter_table_cmd.missing_ok for item in node.cmds)
    fields = ("if_not_exists", "replace", "missing_ok", "skip_if_new_val_exists")
    return any(getattr(node, field, False) is True for field in fields)


def _alter_table(node: Any) -> str:
    commands = [item.alter_table_cmd for item in node.cmds]
    subtypes = "+".join(sorted({enum(command, "subtype").removeprefix("AT_") for command in commands}))
    words = {"OBJECT_TABLE": "TABLE", "OBJECT_TYPE": "TYPE"}.get(enum(node, "objtype"))
    head = words or enum(node, "objtype").removeprefix("OBJECT_")
    kinds = {_constraint(command) for command in commands} if subtypes == "AddConstraint" else set()
    return f"ALTER {head} {subtypes}{':' if kinds else ''}{'+'.join(sorted(kinds))}"


def _constraint(command: Any) -> str:
    contype = enum(inner(getattr(command, "def")), "contype")
    return _CONSTRAINTS.get(contype, contype.removeprefix("CONSTR_"))


def _rename(node: Any) -> str:
    return f"RENAME {enum(node, 'rename_type').removeprefix('OBJECT_')}"


def _drop(node: Any) -> str:
    return f"DROP {enum(node, 'remove_type').removeprefix('OBJECT_')}"


def _insert(node: Any) -> str:
    select = node.select_stmt.select_stmt
    is_query = node.HasField("select_stmt") and not select.values_lists
    return "INSERT (select)" if is_query and not is_guarded(node) else "INSERT"


def _index(node: Any) -> str:
    return "CREATE INDEX" if node.idxname else "CREATE INDEX (unnamed)"


def _create_as(node: Any) -> str:
    return "CREATE MATERIALIZED VIEW" if enum(node, "objtype") == "OBJECT_MATVIEW" else "CREATE TABLE AS"


def _enum(node: Any) -> str:
    return "ALTER TYPE RENAME VALUE" if node.old_val else "ALTER TYPE ADD VALUE"


def _grant(node: Any) -> str:
    return "GRANT" if node.is_grant else "REVOKE"


def _transaction(node: Any) -> str:
    return enum(node, "kind").removeprefix("TRANS_STMT_").replace("_", " ")


_DESCRIBED: dict[str, Callable[[Any], str]] = {
    "AlterTableStmt": _alter_table,
    "RenameStmt": _rename,
    "DropStmt": _drop,
    "InsertStmt": _insert,
    "IndexStmt": _index,
    "CreateTableAsStmt": _create_as,
    "AlterEnumStmt": _enum,
    "GrantStmt": _grant,
    "GrantRoleStmt": _grant,
    "TransactionStmt": _transaction,
}


def _words(name: str) -> str:
    """Return a node's name as words: `AlterExtensionStmt` is ALTER EXTENSION."""
    return " ".join(re.findall(r"[A-Z][a-z]+", name.removesuffix("Stmt"))).upper()

"""IF NOT EXISTS, IF EXISTS and OR REPLACE, put in where Postgres has them.

Which statements have them is told by the synopses of postgresql.org/docs/current/sql-commands.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.fix.words import Words
from harness.sql import parse, tree
from harness.sql.edits import Edit, Fix

if TYPE_CHECKING:
    from collections.abc import Callable

ABSENT, PRESENT, REPLACE = "IF NOT EXISTS", "IF EXISTS", "OR REPLACE"

_CREATED = {
    "CreateStmt": ("TABLE",),
    "CreateForeignTableStmt": ("TABLE",),
    "CreateSeqStmt": ("SEQUENCE",),
    "CreateSchemaStmt": ("SCHEMA",),
    "CreateExtensionStmt": ("EXTENSION",),
    "CreateStatsStmt": ("STATISTICS",),
    "CreateForeignServerStmt": ("SERVER",),
    "CreateUserMappingStmt": ("USER", "MAPPING"),
}
"""Behind which words IF NOT EXISTS stands, by the node of the parse tree."""
_REPLACED = (
    "ViewStmt",
    "CreateFunctionStmt",
    "CreateTrigStmt",
    "RuleStmt",
    "CreateTransformStmt",
    "CreatePLangStmt",
)
_KINDS_OF_OBJECTS = (
    ("INDEX", "CONCURRENTLY"),
    ("MATERIALIZED", "VIEW"),
    ("FOREIGN", "TABLE"),
    ("FOREIGN", "DATA", "WRAPPER"),
    ("EVENT", "TRIGGER"),
    ("ACCESS", "METHOD"),
    ("OPERATOR", "CLASS"),
    ("OPERATOR", "FAMILY"),
    ("TEXT", "SEARCH", "CONFIGURATION"),
    ("TEXT", "SEARCH", "DICTIONARY"),
    ("TEXT", "SEARCH", "PARSER"),
    ("TEXT", "SEARCH", "TEMPLATE"),
    ("USER", "MAPPING"),
    ("PROCEDURAL", "LANGUAGE"),
)
"""What ALTER and DROP call an object in more than one word."""
_RENAMED = ("TABLE", "VIEW", "MATVIEW", "INDEX", "SEQUENCE", "FOREIGN_TABLE")
"""What ALTER ... IF EXISTS ... RENAME TO and SET SCHEMA take."""


def inline(statement: str, name: str = "") -> Fix | None:
    """Return the fix by clauses of the statement itself; None where it has none to put in, or needs more.

    `name` is what Postgres calls an index that the statement gives no name.
    """
    nodes = parse.nodes(statement)
    if len(nodes) != 1:
        return None
    handler = _HANDLERS.get(nodes[0].DESCRIPTOR.name)
    clauses = handler(nodes[0], Words(statement), name) if handler else None
    edits = tuple(Edit(at, at, f" {clause}") for at, clause in clauses or ())
    titles = dict.fromkeys(clause for _, clause in clauses or ())
    return Fix(f"add {' and '.join(titles)}", edits) if edits else None


Clauses = list[tuple[int, str]]
"""Behind which byte to put which words."""


def _created(node: Any, words: Words, _: str) -> Clauses | None:
    if node.if_not_exists or (node.DESCRIPTOR.name == "CreateSchemaStmt" and node.schema_elts):
        return None
    return [(words.end(_behind(words, _CREATED[node.DESCRIPTOR.name])), ABSENT)]


def _created_as(node: Any, words: Words, _: str) -> Clauses | None:
    if node.if_not_exists or words.kinds[0] != "CREATE":
        return None
    is_view = tree.enum(node, "objtype") == "OBJECT_MATVIEW"
    return [(words.end(_behind(words, ("VIEW",) if is_view else ("TABLE",))), ABSENT)]


def _index(node: Any, words: Words, name: str) -> Clauses | None:
    if node.if_not_exists or not (node.idxname or name):
        return None
    at = _behind(words, ("INDEX", "CONCURRENTLY") if node.concurrent else ("INDEX",))
    return [(words.end(at), ABSENT if node.idxname else f"{ABSENT} {name}")]


def _replaced(node: Any, words: Words, _: str) -> Clauses | None:
    is_constraint = node.DESCRIPTOR.name == "CreateTrigStmt" and node.isconstraint
    return None if node.replace or is_constraint else [(words.end(0), REPLACE)]


def _defined(node: Any, words: Words, _: str) -> Clauses | None:
    kind = tree.enum(node, "kind")
    if kind == "OBJECT_AGGREGATE" and not node.replace:
        return [(words.end(0), REPLACE)]
    if kind == "OBJECT_COLLATION" and not node.if_not_exists:
        return [(words.end(_behind(words, ("COLLATION",))), ABSENT)]
    return None


def _dropped(node: Any, words: Words, _: str) -> Clauses | None:
    return None if node.missing_ok else [(words.end(_object(words)), PRESENT)]


def _renamed(node: Any, words: Words, _: str) -> Clauses | None:
    field = "rename_type" if node.DESCRIPTOR.name == "RenameStmt" else "object_type"
    kind = tree.enum(node, field).removeprefix("OBJECT_")
    return _dropped(node, words, "") if kind in _RENAMED else None


def _label(node: Any, words: Words, _: str) -> Clauses | None:
    if node.old_val or node.skip_if_new_val_exists:
        return None
    return [(words.end(_behind(words, ("ADD", "VALUE"))), ABSENT)]


def _domain(node: Any, words: Words, _: str) -> Clauses | None:
    if node.subtype != "X" or node.missing_ok:
        return None
    return [(words.end(_behind(words, ("DROP", "CONSTRAINT"))), PRESENT)]


def _altered(node: Any, words: Words, _: str) -> Clauses | None:
    """Return clauses for the sub-commands; None where one of them has no such clause and fails twice."""
    commands = [item.alter_table_cmd for item in node.cmds]
    parts = words.parts(_first_command(words))
    if len(parts) != len(commands):
        return None
    clauses: Clauses = []
    for command, (first, _last) in zip(commands, parts, strict=True):
        subtype = tree.enum(command, "subtype").removeprefix("AT_")
        if subtype in _ONCE:
            return None
        if subtype in _SUBCOMMANDS and not command.missing_ok:
            following, clause = _SUBCOMMANDS[subtype]
            is_named = words.follows(following, first + 1)
            clauses.append((words.end(first + is_named * len(following)), clause))
    return clauses


_SUBCOMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "AddColumn": (("COLUMN",), ABSENT),
    "DropColumn": (("COLUMN",), PRESENT),
    "DropConstraint": (("CONSTRAINT",), PRESENT),
}
"""What may or must stand behind ADD or DROP, and the clause that follows."""
_ONCE = frozenset(
    ("AddConstraint", "AddIdentity", "AttachPartition", "DetachPartition", "AddInherit", "DropInherit")
)
"""Sub-commands that fail the second time and have no clause against it."""


def _first_command(words: Words) -> int:
    """Return the number of the token at which the sub-commands of an ALTER TABLE begin."""
    at = _object(words) + 1
    for optional in (("IF", "EXISTS"), ("ONLY",)):
        at += len(optional) * words.follows(optional, at)
    at += 1
    while words.follows(("ASCII_46",), at):
        at += 2
    return at + words.follows(("ASCII_42",), at)


def _object(words: Words) -> int:
    """Return the number of the last token of what kind of object an ALTER or DROP is about."""
    return next((len(kind) for kind in _KINDS_OF_OBJECTS if words.follows(kind, 1)), 1)


def _behind(words: Words, sequence: tuple[str, ...]) -> int:
    """Return the number of the last token of the first such sequence; the grammar has it there."""
    return next(n + len(sequence) - 1 for n in range(len(words.kinds)) if words.follows(sequence, n))


_HANDLERS: dict[str, Callable[[Any, Words, str], Clauses | None]] = {
    **dict.fromkeys(_CREATED, _created),
    **dict.fromkeys(_REPLACED, _replaced),
    **dict.fromkeys(("DropStmt", "DropRoleStmt", "DropUserMappingStmt"), _dropped),
    **dict.fromkeys(("RenameStmt", "AlterObjectSchemaStmt"), _renamed),
    "CreateTableAsStmt": _created_as,
    "IndexStmt": _index,
    "DefineStmt": _defined,
    "AlterEnumStmt": _label,
    "AlterDomainStmt": _domain,
    "AlterTableStmt": _altered,
}

"""The names that Postgres chooses for indexes, constraints and sequences that have none of their own.

After makeObjectName, ChooseRelationName and ChooseIndexName in src/backend/commands/indexcmds.c, and
ChooseConstraintName in src/backend/catalog/pg_constraint.c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Constraint, Relation
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

LENGTH = 63
"""Bytes of the longest name (NAMEDATALEN - 1)."""


def choose_name(session: Session, schema: int, *parts: str, label: str, is_constraint: bool = False) -> str:
    """Return a name that no relation in the schema has; for a constraint's index, no constraint either."""

    def is_free(name: str) -> bool:
        if session.store.one(Relation, "relation", schema, name) is not None:
            return False
        return not (is_constraint and session.store.one(Constraint, "constraint name", schema, name))

    return _first_free(parts, label, is_free)


def choose_constraint_name(
    session: Session, schema: int, *parts: str, label: str, others: Iterable[str] = ()
) -> str:
    """Return a name for a new constraint that none in the schema has, and none of `others`."""
    taken = frozenset(others)

    def is_free(name: str) -> bool:
        return name not in taken and session.store.one(Constraint, "constraint name", schema, name) is None

    return _first_free(parts, label, is_free)


def _first_free(parts: Sequence[str], label: str, is_free: Callable[[str], bool]) -> str:
    number = 0
    while True:
        name = make_name(*parts, label=f"{label}{number or ''}")
        if is_free(name):
            return name
        number += 1


def make_name(first: str, second: str = "", *, label: str) -> str:
    """Return `first_second_label`, the longer of the first two cut until it has no more than 63 bytes."""
    one, two = first.encode(), second.encode()
    room = LENGTH - (len(label.encode()) + 1) - (1 if two else 0)
    size_one, size_two = len(one), len(two)
    while size_one + size_two > room:
        if size_one > size_two:
            size_one -= 1
        else:
            size_two -= 1
    names = [clip(first, size_one), *([clip(second, size_two)] if second else []), label]
    return "_".join(names)


def clip(text: str, size: int) -> str:
    """Return as many whole characters of a text as go into this many bytes (pg_mbcliplen)."""
    return text.encode()[:size].decode(errors="ignore")


def addition(names: Iterable[str]) -> str:
    """Return the columns' part of a name: no further column once there are 63 bytes."""
    result = ""
    for name in names:
        result = f"{result}_{name}" if result else name
        if len(result.encode()) > LENGTH:
            break
    return clip(result, LENGTH)


def key_names(names: Iterable[str]) -> list[str]:
    """Return the names of an index's columns: a number is added to those that would be there twice."""
    result: list[str] = []
    for name in names:
        chosen, number = name, 0
        while chosen in result:
            number += 1
            chosen = f"{clip(name, LENGTH - len(str(number)))}{number}"
        result.append(chosen)
    return result


def expression_name(node: Any) -> str:
    """Return the name of an index's column that is an expression (FigureIndexColname)."""
    return _figure(tree.inner(node))[1] or "expr"


def _figure(node: Any) -> tuple[int, str]:  # noqa: PLR0911 - one line a kind of node
    """Return how strongly an expression suggests a name, and the name (FigureColnameInternal)."""
    if node is None:
        return 0, ""
    match node.DESCRIPTOR.name:
        case "ColumnRef":
            names = [field.string.sval for field in node.fields if field.HasField("string")]
            return (2, names[-1]) if names else (0, "")
        case "A_Indirection":
            fields = [item.string.sval for item in node.indirection if item.HasField("string")]
            return (2, fields[-1]) if fields else _figure(tree.inner(node.arg))
        case "FuncCall":
            return 2, node.funcname[-1].string.sval
        case "A_Expr" if tree.enum(node, "kind") == "AEXPR_NULLIF":
            return 2, "nullif"
        case "TypeCast":
            strength, name = _figure(tree.inner(node.arg))
            return (strength, name) if strength > 1 else (1, node.type_name.names[-1].string.sval)
        case "CollateClause":
            return _figure(tree.inner(node.arg))
        case "CaseExpr":
            strength, name = _figure(tree.inner(node.defresult))
            return (strength, name) if strength > 1 else (1, "case")
        case "SubLink":
            return 0, ""
        case other:
            word = _WORDS.get(other, "")
            return (2, word) if word else _special(node)


_WORDS = {"CoalesceExpr": "coalesce", "A_ArrayExpr": "array", "RowExpr": "row", "GroupingFunc": "grouping"}


def _special(node: Any) -> tuple[int, str]:
    if node.DESCRIPTOR.name == "MinMaxExpr":
        return 2, "greatest" if tree.enum(node, "op") == "IS_GREATEST" else "least"
    if node.DESCRIPTOR.name == "SQLValueFunction":
        return 2, tree.enum(node, "op").removeprefix("SVFOP_").removesuffix("_N").lower()
    return 0, ""

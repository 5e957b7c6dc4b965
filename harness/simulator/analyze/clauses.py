"""ORDER BY, GROUP BY, DISTINCT, LIMIT and WINDOW (parse_clause.c)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.simulator.analyze import calls
from harness.simulator.analyze.conflict import written
from harness.simulator.analyze.model import Node, Output, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.analyze.target import Target, Targets
from harness.simulator.analyze.walk import typed
from harness.simulator.errors import Refused
from harness.sql import tree


def sort(work: Work, nodes: Iterable[Node], targets: Targets, scope: Scope) -> None:
    """Analyze ORDER BY: a column of the result by its name or place, or an expression."""
    for node in nodes:
        _key(work, node.sort_by.node, targets, scope, "ORDER BY")


def distinct(work: Work, nodes: Iterable[Node], targets: Targets, scope: Scope) -> None:
    """Analyze DISTINCT ON; a plain DISTINCT has one empty node."""
    for node in nodes:
        if node.WhichOneof("node"):
            _key(work, node, targets, scope, "DISTINCT ON")


def group(work: Work, nodes: Iterable[Node], targets: Targets, scope: Scope) -> None:
    """Analyze GROUP BY: a name means a column of FROM before one of the result."""
    for node in nodes:
        content = tree.inner(node)
        if tree.kind(node) == "GroupingSet":
            group(work, content.content, targets, scope)
        elif tree.kind(node) == "RowExpr":
            group(work, content.args, targets, scope)
        else:
            _key(work, node, targets, scope, "GROUP BY")


def sort_result(nodes: Iterable[Node], outputs: Sequence[Output], *, is_open: bool = False) -> None:
    """Analyze ORDER BY of a set operation, which knows the columns of the result alone (42703)."""
    targets = Targets(tuple(Target(output) for output in outputs), is_open)
    for node in nodes:
        name = bare_name(node.sort_by.node)
        known = any(output.name == name for output in outputs)
        if name and not known and not is_open:
            raise Refused("42703", f'column "{name}" does not exist', name)
        if not name:
            _position(node.sort_by.node, targets, "ORDER BY")


def limit(work: Work, node: Node, scope: Scope) -> None:
    """Analyze LIMIT and OFFSET, which name no columns."""
    typed(work, node.limit_offset, scope.within(()))
    typed(work, node.limit_count, scope.within(()))


def windows(work: Work, nodes: Iterable[Node], scope: Scope) -> None:
    """Analyze the WINDOW clause."""
    for node in nodes:
        calls.window(work, node.window_def, scope)


def _key(work: Work, node: Node, targets: Targets, scope: Scope, clause: str) -> None:
    name = bare_name(node)
    if name and clause == "GROUP BY" and is_column(name, scope):
        typed(work, node, scope)
        return
    if name and _by_name(work, name, targets, clause, scope):
        return
    if _position(node, targets, clause):
        return
    typed(work, node, scope)


def bare_name(node: Node) -> str:
    """Return the name that an expression is; empty for any other expression."""
    if tree.kind(node) != "ColumnRef":
        return ""
    fields = node.column_ref.fields
    return fields[0].string.sval if len(fields) == 1 else ""


def is_column(name: str, scope: Scope) -> bool:
    """Whether a bare name is a column of FROM."""
    return any(
        field.name == name
        for level in scope.levels()
        for entry in level.entries
        if entry.by_column
        for field in entry.item.fields
    )


def _by_name(work: Work, name: str, targets: Targets, clause: str, scope: Scope) -> bool:
    """Whether a name is a column of the result (42702 when it is two different ones)."""
    found = [target for target in targets.items if target.output.name == name]
    if len(found) > 1:
        different = {_identity(work, target, scope) for target in found}
        if len(different) > 1 and None not in different:
            raise Refused("42702", f'{clause} "{name}" is ambiguous', name)
    return bool(found)


def _identity(work: Work, target: Target, scope: Scope) -> object:
    """Return what tells two expressions apart; None where one that is written otherwise may be the same."""
    if target.field is not None:
        return target.field.ref
    if tree.kind(target.node) != "ColumnRef":
        return None if target.node is None else written(target.node)
    alone = Work(work.session)
    typed(alone, target.node, scope)
    return next(iter(alone.depends), None)


def _position(node: Node, targets: Targets, clause: str) -> bool:
    """Whether a number stands for a column of the result (42P10 when there is no such column)."""
    if tree.kind(node) != "A_Const" or node.a_const.WhichOneof("val") != "ival":
        return False
    place = node.a_const.ival.ival
    if not 1 <= place <= len(targets.items) and not targets.is_open:
        raise Refused("42P10", f"{clause} position {place} is not in select list")
    return True

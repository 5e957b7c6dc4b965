"""ON CONFLICT: the unique index that decides (plancat.c, infer_arbiter_indexes)."""

from __future__ import annotations

from harness.simulator.analyze import names
from harness.simulator.analyze.model import Node, Work
from harness.simulator.analyze.scope import Item, Scope
from harness.simulator.catalog.objects import Column, Constraint, Index, Relation, RelationKind
from harness.simulator.errors import Refused
from harness.simulator.session import Session
from harness.sql import tree

_TABLES = (RelationKind.TABLE, RelationKind.PARTITIONED)


def infer_column(work: Work, item: Item, name: str, scope: Scope) -> None:
    """Analyze a column of ON CONFLICT (...), which is a name like any other (42703)."""
    variable, conflict = scope.variable(name)
    field = names.field_of(work, item, name)
    if field is None:
        raise Refused("42703", f'column "{name}" does not exist', name)
    if variable is not None and conflict == "error":
        raise Refused("42702", f'column reference "{name}" is ambiguous', name)
    work.use(field.ref)


def require_arbiter(work: Work, relation: Relation, node: Node) -> None:
    """Refuse an ON CONFLICT that no unique index or constraint fits (42P10, 42704)."""
    if not node.HasField("infer") or relation.is_assumed or relation.kind not in _TABLES:
        return
    found = arbiters(work.session, relation, node)
    if found or found is None:
        return
    said = "there is no unique or exclusion constraint matching the ON CONFLICT specification"
    work.refuse("42P10", said, relation.name)


def arbiters(session: Session, relation: Relation, node: Node) -> list[Index] | None:
    """Return the unique indexes that an ON CONFLICT clause means; None where that cannot be told.

    A named constraint has to be there (42704).
    """
    infer = node.infer
    if infer.conname:
        return _named(session, relation, infer.conname)
    columns, expressions = _keys(relation, infer.index_elems)
    fitting = []
    is_unsure = False
    for index in session.store.all(Index, "indexes", relation.oid):
        if not index.is_unique or not index.is_valid:
            continue
        if {part.column for part in index.parts if part.column} != columns:
            continue
        wanted = [part.expression for part in index.parts if not part.column]
        fits = _same_expressions(wanted, expressions)
        if fits and index.predicate is not None:
            fits = infer.HasField("where_clause") and _implies(infer.where_clause, index.predicate)
        if fits:
            fitting.append(index)
        is_unsure = is_unsure or fits is None
    return None if is_unsure and not fitting else fitting


def _named(session: Session, relation: Relation, name: str) -> list[Index] | None:
    constraint = session.store.one(Constraint, "constraint", relation.oid, name)
    if constraint is None:
        if session.may_assume:
            session.assumed.append(f"constraint {name}")
            session.doubt.add(name)
            return None
        said = f'constraint "{name}" for table "{relation.name}" does not exist'
        raise Refused("42704", said, name)
    index = session.store.get(constraint.index)
    return [index] if isinstance(index, Index) else None


def _keys(relation: Relation, elements: Node) -> tuple[set[int], list[Node]]:
    columns: set[int] = set()
    expressions = []
    for each in elements:
        element = each.index_elem
        column = relation.column(element.name) if element.name else _plain_column(relation, element.expr)
        if column is not None:
            columns.add(column.number)
        else:
            expressions.append(element.expr)
    return columns, expressions


def _plain_column(relation: Relation, node: Node) -> Column | None:
    if tree.kind(node) != "ColumnRef":
        return None
    last = node.column_ref.fields[-1]
    return relation.column(last.string.sval)


def _same_expressions(wanted: list[Node], given: list[Node]) -> bool | None:
    """Whether two lists mean the same expressions; None where they are written otherwise, of the same names."""
    ours, theirs = ({written(each) for each in side} for side in (wanted, given))
    if ours == theirs:
        return True
    return None if _all_names(wanted) == _all_names(given) else False


def _implies(where: Node, predicate: Node) -> bool | None:
    """Whether a condition makes an index's predicate true; None unless it says the same, or names other columns."""
    parts = {written(part) for part in _conjuncts(where)}
    missing = [part for part in _conjuncts(predicate) if written(part) not in parts]
    if not missing:
        return True
    return None if all(_names(part) <= _names(where) for part in missing) else False


def _all_names(nodes: list[Node]) -> set[str]:
    return {name for node in nodes for name in _names(node)}


def _names(node: Node) -> set[str]:
    """Return the names of columns and functions in an expression."""
    if node.DESCRIPTOR.name == "ColumnRef":
        return {node.fields[-1].string.sval}
    found = {node.funcname[-1].string.sval} if node.DESCRIPTOR.name == "FuncCall" else set()
    for field, value in node.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                found |= _names(each)
    return found


def _conjuncts(node: Node) -> list[Node]:
    content = tree.inner(node) if node.DESCRIPTOR.name == "Node" else node
    if content.DESCRIPTOR.name == "BoolExpr" and tree.enum(content, "boolop") == "AND_EXPR":
        return [part for each in content.args for part in _conjuncts(each)]
    return [content]


def written(node: Node) -> str:
    """Return an expression as text that tells it from others, wherever it stands; tables before columns are cut."""
    if node.DESCRIPTOR.name == "Node":
        node = tree.inner(node)
    if node is None:
        return ""
    if node.DESCRIPTOR.name == "ColumnRef":
        return f"column {node.fields[-1].string.sval}"
    if node.DESCRIPTOR.name == "CollateClause":
        return written(node.arg)
    parts = [node.DESCRIPTOR.name]
    for field, value in node.ListFields():
        if field.name.endswith("location"):
            continue
        values = value if field.is_repeated else (value,)
        parts += [written(each) if field.message_type is not None else str(each) for each in values]
    return f"({' '.join(parts)})"

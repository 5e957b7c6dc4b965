"""SELECT, VALUES and set operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute import grouping, logic, ordering, windows
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import as_bool, evaluate, spread
from harness.simulator.execute.sources import cross
from harness.simulator.execute.streams import MOST_ROWS, Shape, Stream, doubted, result_of
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_DEEPEST = 60
_ROUNDS = 1000
"""So often a recursive CTE goes on."""


def run_query(session: Session, node: Any, env: Env) -> Result:
    """Return what a SELECT, a VALUES or a statement with RETURNING gives."""
    if node.DESCRIPTOR.name == "Node":
        node = tree.inner(node)
    if node.DESCRIPTOR.name != "SelectStmt":
        from harness.simulator.execute.statement import run_unchecked  # noqa: PLC0415 - it stands on this module

        return run_unchecked(session, node, env)
    if session.depth > _DEEPEST:
        raise Unsure("it is nested too deeply")
    session.depth += 1
    try:
        return _select(session, node, with_tables(session, node, env))
    finally:
        session.depth -= 1


def with_tables(session: Session, node: Any, env: Env) -> Env:
    """Return an environment in which the statement's CTEs are in sight."""
    if not node.HasField("with_clause"):
        return env
    for item in node.with_clause.ctes:
        cte = item.common_table_expr
        is_recursive = node.with_clause.recursive and _mentions(cte.ctequery, cte.ctename)
        found = _recursive(session, cte, env) if is_recursive else run_query(session, cte.ctequery, env)
        env = Env(parent=env, tables={cte.ctename: _named(found, cte)})
    return env


def _named(result: Result, cte: Any) -> Result:
    names = tree.strings(cte.aliascolnames)
    return replace(result, columns=(*names, *result.columns[len(names) :]))


def _mentions(node: Any, name: str) -> bool:
    """Whether a query reads from a table of this name."""
    if node.DESCRIPTOR.name == "RangeVar":
        return bool(node.relname == name)
    for field, value in node.ListFields():
        if field.message_type is not None:
            each = value if field.is_repeated else (value,)
            if any(_mentions(one, name) for one in each):
                return True
    return False


def _recursive(session: Session, cte: Any, env: Env) -> Result:
    """Work a recursive CTE out, round by round."""
    query = cte.ctequery.select_stmt
    first = _named(run_query(session, query.larg, env), cte)
    rows, new = list(first.rows), first
    if not query.all:
        rows = _without(rows, [])
    for _ in range(_ROUNDS):
        if not new.is_exact or len(rows) > MOST_ROWS:
            return doubted(Result(first.columns, rows))
        if not new.rows:
            return Result(first.columns, rows)
        inner = Env(parent=env, tables={cte.ctename: replace(new, columns=first.columns)})
        new = run_query(session, query.rarg, inner)
        if not query.all:
            new = replace(new, rows=_without(new.rows, rows))
        rows += new.rows
    return doubted(Result(first.columns, rows))


def _without(rows: Any, others: Any) -> list[tuple[Value, ...]]:
    seen = {tuple(map(logic.key_of, row)) for row in others}
    found = []
    for row in rows:
        key = tuple(map(logic.key_of, row))
        if key not in seen:
            seen.add(key)
            found.append(row)
    return found


def _select(session: Session, node: Any, env: Env) -> Result:
    if tree.enum(node, "op") != "SETOP_NONE":
        return ordering.ordered_result(session, node, _set_operation(session, node, env), env)
    if node.values_lists:
        rows = [tuple(spread_values(session, item.list.items, env)) for item in node.values_lists]
        names = tuple(f"column{n}" for n in range(1, len(rows[0]) + 1))
        return ordering.ordered_result(session, node, Result(names, rows), env)
    stream = cross(session, node.from_clause, env, node.where_clause)
    session.work += len(stream.envs)
    if node.HasField("where_clause"):
        stream = stream.where(lambda each: as_bool(evaluate(session, node.where_clause, each)))
    if grouping.is_grouped(session, node):
        stream = grouping.grouped(session, node, stream, env)
    stream = windows.computed(session, node, stream)
    columns = tuple(_columns(session, node, stream.shape, env))
    produced = list(_produce(session, node, stream, len(columns)))
    return ordering.arrange(session, node, columns, produced, is_complete=stream.is_complete)


def _produce(session: Session, node: Any, stream: Stream, width: int) -> Iterator[ordering.Produced]:
    """Yield each row with the environment that it was made in."""
    for env, doubtful in stream.items():
        try:
            found = project(session, node.target_list, env, stream.shape)
        except Refused:
            if not doubtful:
                raise
            found = [UNKNOWN] * width
        for row, is_surplus in _rows(found):
            yield ordering.Produced(row, env, doubtful or is_surplus)


def project(session: Session, targets: Any, env: Env, shape: Shape) -> list[Value]:
    """Return the values of a target list; a set that a function returns stands as its Result."""
    found: list[Value] = []
    for item in targets:
        target = item.res_target.val
        starred = _star(target, shape)
        if starred is None:
            fields = spread(session, target, env)
            found += [evaluate(session, target, env)] if fields is None else fields.values()
            continue
        for alias, names in starred:
            row = env.rows.get(alias, {})
            found += [row.get(name, UNKNOWN) for name in names]
    return found


def spread_values(session: Session, nodes: Any, env: Env) -> Iterator[Value]:
    """Yield the values of a list of expressions, in which records may be spread out."""
    for node in nodes:
        fields = spread(session, node, env)
        if fields is None:
            yield evaluate(session, node, env)
        else:
            yield from fields.values()


def _star(target: Any, shape: Shape) -> Shape | None:
    """Return what `*` or `alias.*` stands for; None for any other target."""
    if tree.kind(target) != "ColumnRef" or tree.kind(target.column_ref.fields[-1]) != "A_Star":
        return None
    names = [field.string.sval for field in target.column_ref.fields[:-1]]
    return ([each for each in shape if each[0] == names[-1]] or None) if names else shape


def _rows(found: list[Value]) -> Iterator[tuple[tuple[Value, ...], bool]]:
    """Yield the rows that a target list gives, several where a function in it returns a set."""
    sets = [value for value in found if isinstance(value, Result)]
    if not sets:
        yield tuple(found), False
        return
    is_complete = all(each.is_exact for each in sets)
    for place in range(max(len(each.rows) for each in sets)):
        yield tuple(_nth(value, place) for value in found), not is_complete


def _nth(value: Value, place: int) -> Value:
    if not isinstance(value, Result):
        return value
    if place >= len(value.rows):
        return None
    row = value.rows[place]
    return row[0] if len(row) == 1 else dict(zip(value.columns, row, strict=False))


def _columns(session: Session, node: Any, shape: Shape, env: Env) -> Iterator[str]:
    for item in node.target_list:
        target = item.res_target
        starred = _star(target.val, shape)
        fields = spread(session, target.val, env) if starred is None and _is_spread(target.val) else None
        if fields is not None:
            yield from fields
        elif starred is None:
            yield target.name or name_of(target.val)
        else:
            yield from (name for _, names in starred for name in names)


def _is_spread(target: Any) -> bool:
    """Whether a variable is spread out, whose fields are the same for each row."""
    return bool(tree.kind(target) == "ColumnRef")


def name_of(node: Any) -> str:
    """Return the name that Postgres chooses for a column (FigureColname)."""
    return _figured(node) or "?column?"


def _figured(node: Any) -> str:  # noqa: PLR0911 - one line for each kind
    inner = tree.inner(node) if node.DESCRIPTOR.name == "Node" else node
    if inner is None:
        return ""
    match inner.DESCRIPTOR.name:
        case "ColumnRef":
            return str(inner.fields[-1].string.sval)
        case "FuncCall":
            return str(inner.funcname[-1].string.sval)
        case "TypeCast":
            return _figured(inner.arg) or str(inner.type_name.names[-1].string.sval)
        case "CollateClause":
            return _figured(inner.arg)
        case "CaseExpr":
            return _figured(inner.defresult) or "case"
        case "SubLink":
            return _figured_sub_select(inner)
        case "SQLValueFunction":
            return tree.enum(inner, "op").removeprefix("SVFOP_").removesuffix("_N").lower()
        case "MinMaxExpr":
            return tree.enum(inner, "op").removeprefix("IS_").lower()
        case name:
            return {"CoalesceExpr": "coalesce", "A_ArrayExpr": "array", "RowExpr": "row"}.get(name, "")


def _figured_sub_select(node: Any) -> str:
    kind = tree.enum(node, "sub_link_type")
    if kind == "EXPR_SUBLINK" and node.subselect.select_stmt.target_list:
        target = node.subselect.select_stmt.target_list[0].res_target
        return str(target.name) or _figured(target.val)
    return {"EXISTS_SUBLINK": "exists", "ARRAY_SUBLINK": "array"}.get(kind, "")


def _set_operation(session: Session, node: Any, env: Env) -> Result:
    left, right = run_query(session, node.larg, env), run_query(session, node.rarg, env)
    kind = tree.enum(node, "op")
    if kind == "SETOP_UNION":
        rows = [(row, place in side.doubtful) for side in (left, right) for place, row in enumerate(side.rows)]
        found = result_of(left.columns, rows, is_complete=left.is_complete and right.is_complete)
        return found if node.all else ordering.distinct(found)
    if not (left.is_exact and right.is_exact) or node.all:
        return doubted(left)
    keys = {tuple(map(logic.key_of, row)) for row in right.rows}
    wanted = kind == "SETOP_INTERSECT"
    rows = [row for row in left.rows if (tuple(map(logic.key_of, row)) in keys) is wanted]
    known = all(logic.is_known(value) for side in (left, right) for row in side.rows for value in row)
    found = ordering.distinct(Result(left.columns, rows))
    return found if known else doubted(left)

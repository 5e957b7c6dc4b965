"""FROM: tables, views, sub-selects, functions, and their joins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Relation, RelationKind, Sequence
from harness.simulator.errors import Unsure
from harness.simulator.execute import filters, logic
from harness.simulator.execute.env import EMPTY, Env, Result
from harness.simulator.execute.evaluate import as_bool, evaluate
from harness.simulator.execute.filters import Inside, Wanted
from harness.simulator.execute.joins import Meeting, value_of
from harness.simulator.execute.streams import MOST_ROWS, Shape, Stream, doubted, of_result
from harness.simulator.session import SYSTEM_SCHEMAS
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Source = Callable[["Session", Any, Env, Wanted], Stream]
_SOURCES: dict[str, _Source] = {}
_DEEPEST = 30
_MOST_PAIRS = 100_000
"""So many pairs of rows are looked at in one join."""
_ALL: Wanted = MappingProxyType({})


def _reads(name: str) -> Callable[[_Source], _Source]:
    def register(source: _Source) -> _Source:
        _SOURCES[name] = source
        return source

    return register


def source(session: Session, node: Any, env: Env, wanted: Wanted = _ALL) -> Stream:
    """Return the rows of one item of FROM; those that `wanted` rules out may be missing."""
    if node.DESCRIPTOR.name == "Node":
        node = tree.inner(node)
    handler = _SOURCES.get(node.DESCRIPTOR.name)
    if handler is None:
        return Stream([("", ())], is_complete=False)
    return handler(session, node, env, wanted)


def cross(session: Session, nodes: Any, env: Env, where: Any = None) -> Stream:
    """Return the rows of FROM: the items in all combinations; one row without names when there are none.

    Rows that `where`, the query's own WHERE, leaves out anyway may be missing.
    """
    inside = None if where is None else _inside(nodes)
    wanted = _ALL if inside is None or not inside.has_views else filters.wanted(session, where, env, inside)
    found = Stream([])
    found.add(Env(parent=env))
    for node in nodes:
        mine = wanted
        if inside is not None and inside.has_views and found.shape:
            mine = filters.both(wanted, filters.of_join(where, found))
        found = _combine(session, found, node, env, mine, where)
    return found


def _inside(nodes: Any) -> Inside:
    """Return what names FROM brings."""
    views, aliases, is_closed = list[Any](), set[str](), True
    for item in _items(nodes):
        kind = item.DESCRIPTOR.name
        view = system_view(item.schemaname, item.relname) if kind == "RangeVar" else None
        if view is not None:
            views.append(view)
        is_closed = is_closed and view is not None and not (item.HasField("alias") and item.alias.colnames)
        alias = _alias(item)[0] if kind != "RangeTableSample" else ""
        aliases.add(alias or (item.relname if kind == "RangeVar" else ""))
    columns = frozenset(name for view in views for name in view.names)
    return Inside(columns if is_closed else None, frozenset(aliases) if "" not in aliases else None, bool(views))


def _items(nodes: Any) -> Iterator[Any]:
    """Yield the items of FROM, those that are joined one by one."""
    for node in nodes:
        item = tree.inner(node)
        if item.DESCRIPTOR.name == "JoinExpr":
            yield from _items([item.larg, item.rarg])
            if not item.HasField("alias"):
                continue
        yield item


def _combine(session: Session, left: Stream, node: Any, env: Env, wanted: Wanted, where: Any) -> Stream:
    """Combine rows with an item of FROM, which sees them where it is LATERAL.

    Combinations that WHERE leaves out may be missing.
    """
    if _is_lateral(node) and left.shape:
        return _combine_lateral(session, left, node, env, wanted)
    right = source(session, node, env, wanted)
    if not left.shape:
        return right
    joined = Stream([*left.shape, *right.shape], is_complete=left.is_complete and right.is_complete)
    meeting = Meeting(left, right, where)
    budget = _MOST_PAIRS
    for one, one_doubtful in left.items():
        for place in meeting.of(one):
            joined.add(_both(one, right.envs[place], env), doubtful=one_doubtful or right.doubtful[place])
            budget -= 1
        if budget < 0 or len(joined.envs) >= MOST_ROWS:
            joined.is_complete = False
            break
    return joined


def _combine_lateral(session: Session, left: Stream, node: Any, env: Env, wanted: Wanted) -> Stream:
    shape: Shape = []
    joined = Stream([], is_complete=left.is_complete)
    for one, one_doubtful in left.items():
        right = source(session, node, one, wanted)
        shape = right.shape
        joined.is_complete &= right.is_complete
        for other, other_doubtful in right.items():
            joined.add(_both(one, other, env), doubtful=one_doubtful or other_doubtful)
    joined.shape = [*left.shape, *(shape or source(session, node, _nulls(left, env), wanted).shape)]
    return joined


def _both(one: Env, other: Env, env: Env) -> Env:
    return Env(rows={**one.rows, **other.rows}, parent=env)


def _is_lateral(node: Any) -> bool:
    kind = tree.kind(node)
    if kind == "JoinExpr":
        return _is_lateral(node.join_expr.larg) or _is_lateral(node.join_expr.rarg)
    return kind == "RangeFunction" or (kind == "RangeSubselect" and bool(node.range_subselect.lateral))


def _alias(node: Any, default: str = "") -> tuple[str, tuple[str, ...]]:
    """Return an item's alias and the names that it gives to columns."""
    if not node.HasField("alias"):
        return default, ()
    return node.alias.aliasname, tuple(tree.strings(node.alias.colnames))


@_reads("RangeVar")
def _relation(session: Session, node: Any, env: Env, wanted: Wanted) -> Stream:
    alias, columns = _alias(node, node.relname)
    if not node.schemaname:
        for each in env.chain():
            if node.relname in each.tables:
                return of_result(each.tables[node.relname], alias, env, columns)
    view = system_view(node.schemaname, node.relname)
    if view is not None:
        mine = {name: among for (table, name), among in wanted.items() if table in ("", alias)}
        mine = {name: among for name, among in mine.items() if name in view.names and not columns}
        return of_result(view.result(session, mine), alias, env, columns)
    return of_result(contents(session, session.ranged(node), only=not node.inh), alias, env, columns)


def system_view(schema: str, name: str) -> Any:
    """Return a relation of Postgres's own catalogs; None when the name is not that of one."""
    if schema not in SYSTEM_SCHEMAS and (schema or not name.startswith("pg_")):
        return None
    from harness.simulator import system  # noqa: PLC0415 - it stands on this room

    return system.view(schema or "pg_catalog", name)


def contents(session: Session, relation: Relation, *, only: bool = False) -> Result:
    """Return all rows of a table (`only` its own, not its heirs'), a view or a sequence."""
    columns = tuple(column.name for column in relation.columns)
    if relation.kind in (RelationKind.VIEW, RelationKind.MATERIALIZED):
        return _view(session, relation, columns)
    if isinstance(relation, Sequence):
        standing = session.store.sequences.get(relation.oid)
        if standing is None:
            return Result(("last_value", "log_cnt", "is_called"), [(UNKNOWN,) * 3])
        return Result(("last_value", "log_cnt", "is_called"), [(standing.last, UNKNOWN, standing.is_called)])
    rows, is_complete = [], True
    for each in (relation, *(() if only else heirs(session, relation))):
        numbers = [_number(each, name) for name in columns]
        found = session.store.rows(each.oid)
        rows += [tuple(row.values.get(number) for number in numbers) for row in found]
        is_complete &= each.has_all_rows and not each.is_assumed and each.kind is not RelationKind.FOREIGN
    return Result(columns, rows, is_complete=is_complete and not _is_fed_by_parent(session, relation))


def _number(relation: Relation, name: str) -> int:
    column = relation.column(name)
    return column.number if column else 0


def heirs(session: Session, relation: Relation) -> list[Relation]:
    """Return the tables that inherit from a table, and those from them."""
    found = session.store.all(Relation, "children", relation.oid)
    return [each for child in found for each in (child, *heirs(session, child))]


def _is_fed_by_parent(session: Session, relation: Relation) -> bool:
    """Whether rows that a partitioned table was given may be in this partition: they are kept at the parent."""
    for oid in relation.parents:
        parent = session.store.get(oid)
        if not isinstance(parent, Relation) or parent.kind is not RelationKind.PARTITIONED:
            continue
        if session.store.rows(oid) or not parent.has_all_rows or _is_fed_by_parent(session, parent):
            return True
    return False


def _view(session: Session, relation: Relation, columns: tuple[str, ...]) -> Result:
    from harness.simulator.execute.query import run_query  # noqa: PLC0415 - it stands on this module

    if relation.query is None:
        return Result(columns, is_complete=False)
    if session.depth > _DEEPEST:
        raise Unsure(f"view {relation.name} is nested too deeply")
    session.depth += 1
    session.stored += 1
    try:
        found = run_query(session, relation.query, EMPTY)
    finally:
        session.depth -= 1
        session.stored -= 1
    found = Result(columns or found.columns, found.rows, found.doubtful, found.is_complete)
    return doubted(found) if relation.kind is RelationKind.MATERIALIZED else found


@_reads("RangeSubselect")
def _sub_select(session: Session, node: Any, env: Env, _wanted: Wanted) -> Stream:
    from harness.simulator.execute.query import run_query  # noqa: PLC0415 - it stands on this module

    alias, columns = _alias(node)
    return of_result(run_query(session, node.subquery, env), alias, env, columns)


@_reads("RangeFunction")
def _function(session: Session, node: Any, env: Env, _wanted: Wanted) -> Stream:
    from harness.simulator.execute.calls import as_table  # noqa: PLC0415 - it stands on this module

    calls = [item.list.items[0] for item in node.functions]
    name = calls[0].func_call.funcname[-1].string.sval if tree.kind(calls[0]) == "FuncCall" else ""
    alias, columns = _alias(node, name)
    defined = [item.column_def.colname for item in node.coldeflist]
    found = as_table(session, calls[0], env, alias, defined)
    if len(calls) > 1:
        found = Result(found.columns, (), is_complete=False)
    if node.ordinality:
        rows = [(*row, place) for place, row in enumerate(found.rows, start=1)]
        found = Result((*found.columns, "ordinality"), rows, found.doubtful, found.is_complete)
    return of_result(found, alias, env, columns)


@_reads("RangeTableSample")
def _sample(session: Session, node: Any, env: Env, wanted: Wanted) -> Stream:
    found = source(session, node.relation, env, wanted)
    found.doubtful = [True] * len(found.envs)
    return found


@_reads("JoinExpr")
def _join(session: Session, node: Any, env: Env, wanted: Wanted) -> Stream:
    kind = tree.enum(node, "jointype")
    left = source(session, node.larg, env, wanted)
    lateral = _is_lateral(node.rarg)
    if kind in ("JOIN_INNER", "JOIN_LEFT"):
        wanted = filters.both(wanted, filters.of_join(node.quals, left))
    right = source(session, node.rarg, left.envs[0] if lateral and left.envs else env, wanted)
    using = tuple(tree.strings(node.using_clause))
    if node.is_natural:
        using = tuple(name for name in _names(left) if name in _names(right))
    joined = Stream(_merged(left, right, using), is_complete=left.is_complete and right.is_complete)
    join = _Join(session, node, using, env, wanted, lateral=lateral)
    met_right = join.run(left, right, joined)
    if kind in ("JOIN_RIGHT", "JOIN_FULL"):
        _add_unmet(joined, left, right, met_right, env)
    return _renamed(joined, node.alias.aliasname, env) if node.HasField("alias") else joined


class _Join:
    """The rows of a join that have a row of the left side in them."""

    def __init__(
        self, session: Session, node: Any, using: tuple[str, ...], env: Env, wanted: Wanted, *, lateral: bool
    ) -> None:
        self._session, self._node, self._using, self._env, self._wanted = session, node, using, env, wanted
        self._lateral = lateral
        self._keeps_left = tree.enum(node, "jointype") in ("JOIN_LEFT", "JOIN_FULL")
        self._quals = node.quals if node.HasField("quals") else None

    def run(self, left: Stream, right: Stream, joined: Stream) -> list[bool]:
        """Add the rows; return of each row of the right side whether it has met one for sure."""
        met_right = [False] * len(right.envs)
        meeting = Meeting(left, right, self._quals, self._using)
        budget = _MOST_PAIRS
        for one, doubtful in left.items():
            if self._lateral:
                right = source(self._session, self._node.rarg, one, self._wanted)
                meeting, met_right = Meeting(left, right, self._quals, self._using), [False] * len(right.envs)
            places = meeting.of(one)
            met = self._meet(one, places, right, joined, met_right, doubtful=doubtful)
            if met is not True and self._keeps_left:
                lacks = _both(one, _nulls(right, self._env), self._env)
                joined.add(lacks, doubtful=doubtful or met is UNKNOWN or not right.is_complete)
            budget -= len(places) if isinstance(places, Sized) else 0
            if budget < 0 or len(joined.envs) >= MOST_ROWS:
                joined.is_complete = False
                break
        return met_right

    def _meet(
        self,
        one: Env,
        places: Iterable[int],
        right: Stream,
        joined: Stream,
        met_right: list[bool],
        *,
        doubtful: bool,
    ) -> Value:
        """Add a row's pairs with the right side; whether there are any."""
        met: Value = False
        for place in places:
            both = _both(one, right.envs[place], self._env)
            fits = _fits(self._session, self._node, self._using, one, right.envs[place], both)
            if fits is not True and fits is not UNKNOWN:
                continue
            unsure = doubtful or right.doubtful[place] or fits is UNKNOWN
            joined.add(both, doubtful=unsure)
            met = True if not unsure or met is True else UNKNOWN
            met_right[place] = met_right[place] or not unsure
        return met


def _add_unmet(joined: Stream, left: Stream, right: Stream, met: list[bool], env: Env) -> None:
    for place, (other, doubtful) in enumerate(right.items()):
        if not met[place]:
            unsure = doubtful or not left.is_exact or not joined.is_exact
            joined.add(_both(_nulls(left, env), other, env), doubtful=unsure)


def _names(stream: Stream) -> list[str]:
    return [name for _, names in stream.shape for name in names]


def _merged(left: Stream, right: Stream, using: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the shape of a join: the columns of USING come once."""
    rest = [(alias, tuple(name for name in names if name not in using)) for alias, names in right.shape]
    return [*left.shape, *rest]


def _fits(session: Session, node: Any, using: tuple[str, ...], one: Env, other: Env, both: Env) -> Value:
    if using:
        return logic.and_(logic.equal(value_of(one, ("", name)), value_of(other, ("", name))) for name in using)
    return as_bool(evaluate(session, node.quals, both)) if node.HasField("quals") else True


def _nulls(stream: Stream, env: Env) -> Env:
    return Env(rows={alias: dict.fromkeys(names) for alias, names in stream.shape}, parent=env)


def _renamed(stream: Stream, alias: str, env: Env) -> Stream:
    """Return a join under one alias of its own."""
    names = tuple(_names(stream))
    found = Stream([(alias, names)], is_complete=stream.is_complete)
    for each, doubtful in stream.items():
        fields = {name: value_of(each, ("", name)) for name in names}
        found.add(Env(rows={alias: fields}, parent=env), doubtful=doubtful)
    return found

"""What a WHERE wants of columns, so that a large relation of Postgres's own need not be gone through whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.simulator.execute.env import EMPTY, Env
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.values import UNKNOWN, Fresh, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.execute.streams import Stream
    from harness.simulator.session import Session

Wanted = Mapping[tuple[str, str], frozenset[Value]]
"""The values of columns, by alias (or an empty text) and name, outside of which no row passes."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The names that a FROM brings: other names have one value for all of its rows."""

    columns: frozenset[str] | None
    """All columns; None where not all are known."""
    aliases: frozenset[str] | None
    has_views: bool
    """Relations of Postgres's own stand in it."""


_NOTHING = Inside(None, None, has_views=False)


def wanted(session: Session, where: Any, env: Env = EMPTY, own: Inside = _NOTHING) -> Wanted:
    """Return what the parts of a WHERE that are joined by AND say with constants."""
    found: dict[tuple[str, str], frozenset[Value]] = {}
    for part in conjuncts(where):
        pair = _equality(session, part, env, own)
        if pair is not None:
            found[pair[0]] = found.get(pair[0], pair[1]) & pair[1]
    return found


def of_join(condition: Any, left: Stream) -> Wanted:
    """Return what a join's condition wants of the right side, whose columns are to equal some of the left's.

    Columns have to be written with their tables' aliases.
    """
    aliases = {alias for alias, _ in left.shape}
    found: dict[tuple[str, str], frozenset[Value]] = {}
    for part in conjuncts(condition):
        names = [qualified(each) for each in (part.lexpr, part.rexpr)]
        if tree.enum(part, "kind") != "AEXPR_OP" or part.name[-1].string.sval != "=" or None in names:
            continue
        mine, other = sorted(filter(None, names), key=lambda name: name[0] in aliases)
        values = [env.rows.get(other[0], {}).get(other[1], UNKNOWN) for env in left.envs]
        is_known = all(isinstance(value, str | int | Fresh | None) for value in values)
        if mine[0] not in aliases and other[0] in aliases and is_known:
            found[mine] = frozenset(value for value in values if isinstance(value, str | int))
    return found


def qualified(node: Any) -> tuple[str, str] | None:
    """Return the alias and the name of a column."""
    if tree.kind(node) != "ColumnRef":
        return None
    names = [field.string.sval for field in node.column_ref.fields if field.HasField("string")]
    return (names[0], names[1]) if len(names) == 2 else None


def both(one: Wanted, other: Wanted) -> Wanted:
    """Return what two say together."""
    return {**one, **{key: among & one.get(key, among) for key, among in other.items()}}


def conjuncts(node: Any) -> Iterator[Any]:
    """Yield the comparisons that a condition joins by AND."""
    if node.DESCRIPTOR.name == "Node":
        node = tree.inner(node)
    if node is None:
        return
    if node.DESCRIPTOR.name == "BoolExpr" and tree.enum(node, "boolop") == "AND_EXPR":
        for each in node.args:
            yield from conjuncts(each)
    elif node.DESCRIPTOR.name == "A_Expr":
        yield node


def _equality(
    session: Session, node: Any, env: Env, own: Inside
) -> tuple[tuple[str, str], frozenset[Value]] | None:
    """Return a column and the values that it is to be among: `c = 'x'` or `c IN ('x', 'y')`."""
    if tree.enum(node, "kind") not in ("AEXPR_OP", "AEXPR_IN") or node.name[-1].string.sval != "=":
        return None
    left, right = node.lexpr, node.rexpr
    if tree.kind(right) == "ColumnRef" and not _is_constant(right, own):
        left, right = right, left
    if tree.kind(left) != "ColumnRef" or not _is_constant(right, own):
        return None
    names = [field.string.sval for field in left.column_ref.fields if field.HasField("string")]
    value = evaluate(session, right, env)
    values = value if isinstance(value, list) else [value]
    if not names or len(names) > 2 or not all(isinstance(each, str | int) for each in values):
        return None
    return (names[0] if len(names) == 2 else "", names[-1]), frozenset(values)


_STABLE = frozenset(
    {"lower", "upper", "current_schema", "quote_ident", "btrim", "replace", "concat", "to_regclass"}
)
_TYPES = frozenset({"text", "name", "varchar", "regclass", "regtype", "regnamespace"})


def _is_constant(node: Any, own: Inside) -> bool:
    """Whether an expression has one value for all rows; Postgres, too, works that out before it looks at any."""
    content = tree.inner(node)
    name = "" if content is None else content.DESCRIPTOR.name
    if name == "ColumnRef":
        names = [field.string.sval for field in content.fields if field.HasField("string")]
        known = own.columns if len(names) == 1 else own.aliases
        return known is not None and 0 < len(names) < 3 and names[0] not in known
    parts = _parts(name, content)
    return parts is not None and all(_is_constant(each, own) for each in parts)


def _parts(name: str, node: Any) -> list[Any] | None:
    """Return what an expression is made of, if it is constant where these parts are; None otherwise."""
    if name == "A_Const":
        return []
    if name == "List":
        return list(node.items)
    if name == "TypeCast" and node.type_name.names[-1].string.sval in _TYPES:
        return [node.arg]
    if name == "FuncCall" and node.funcname[-1].string.sval in _STABLE:
        return list(node.args)
    is_text = name == "A_Expr" and node.name[-1].string.sval == "||"
    return [node.lexpr, node.rexpr] if is_text else None

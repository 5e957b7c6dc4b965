"""CREATE SEQUENCE and ALTER SEQUENCE (init_params and process_owned_by in commands/sequence.c)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.objects import (
    Bond,
    Ref,
    Relation,
    RelationKind,
    Schema,
    Sequence,
    TypeName,
)
from harness.simulator.catalog.store import Standing
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.making import depends, inside, options
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

BITS: Final = {"int2": 16, "int4": 32, "int8": 64}
_OWNERS: Final = (
    RelationKind.TABLE,
    RelationKind.PARTITIONED,
    RelationKind.FOREIGN,
    RelationKind.VIEW,
)


@plays("CreateSeqStmt")
def create_sequence(session: Session, node: Any) -> None:
    """Make a sequence (42P07)."""
    target = node.sequence
    schema = session.creation_schema(target.schemaname, temporary=target.relpersistence == "t")
    if session.store.one(Relation, "relation", schema.oid, target.relname):
        if node.if_not_exists:
            return
        raise Refused("42P07", f'relation "{target.relname}" already exists', target.relname)
    given = options(node.options)
    empty = Sequence(oid=session.store.new_oid(), name=target.relname, schema=schema.oid, depends=inside(schema))
    made = _with_options(session, empty, given, is_new=True)
    session.store.put(made)
    session.store.sequences[made.oid] = Standing(made.start)
    _own(session, made, given)


@plays("AlterSeqStmt")
def alter_sequence(session: Session, node: Any) -> None:
    """Change a sequence, where it stands, or whose it is (42P01, 42809)."""
    target = node.sequence
    if node.missing_ok and session.find_relation(target.relname, target.schemaname) is None:
        return
    found = session.ranged(target)
    if not isinstance(found, Sequence):
        if found.is_assumed:
            return
        raise Refused("42809", f'"{found.name}" is not a sequence', found.name)
    given = options(node.options)
    _own(session, change(session, found, given), given)


def change(session: Session, sequence: Sequence, given: dict[str, Any]) -> Sequence:
    """Give a sequence other options, and let it go on from elsewhere where they say RESTART."""
    changed = session.store.put(_with_options(session, sequence, given, is_new=False))
    if "restart" in given:
        restart = given["restart"]
        session.store.sequences[changed.oid] = Standing(changed.start if restart is None else _number(restart))
    return changed


def _with_options(session: Session, before: Sequence, given: dict[str, Any], *, is_new: bool) -> Sequence:
    """Return a sequence with what a statement says of it."""
    type_ = _type(session, before, given)
    increment = _number(given["increment"]) if given.get("increment") else before.increment
    if increment == 0:
        raise Refused("22023", "INCREMENT must not be zero")
    lowest, highest = _limits(type_, increment)
    fresh = is_new or type_ != before.type
    minimum = _limit(given, "minvalue", lowest, None if fresh else before.minimum)
    maximum = _limit(given, "maxvalue", highest, None if fresh else before.maximum)
    if minimum >= maximum:
        raise Refused("22023", f"MINVALUE ({minimum}) must be less than MAXVALUE ({maximum})")
    default = (minimum if increment > 0 else maximum) if is_new else before.start
    start = _number(given["start"]) if given.get("start") else default
    _check_start(start, minimum, maximum)
    return replace(
        before,
        type=type_,
        increment=increment,
        minimum=minimum,
        maximum=maximum,
        start=start,
        cycles=given["cycle"].boolval if "cycle" in given else before.cycles,
    )


def _check_start(start: int, minimum: int, maximum: int) -> None:
    if start < minimum:
        raise Refused("22023", f"START value ({start}) cannot be less than MINVALUE ({minimum})")
    if start > maximum:
        raise Refused("22023", f"START value ({start}) cannot be greater than MAXVALUE ({maximum})")


def _type(session: Session, before: Sequence, given: dict[str, Any]) -> TypeName:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    if "as" not in given:
        return before.type
    type_ = analyze.type_name(session, given["as"])
    if type_.name not in BITS:
        raise Refused("22023", "sequence type must be smallint, integer, or bigint")
    return type_


def _limits(type_: TypeName, increment: int) -> tuple[int, int]:
    """Return the least and the greatest value that a sequence has of itself."""
    half = 2 ** (BITS[type_.name] - 1)
    return (1, half - 1) if increment > 0 else (-half, -1)


def _limit(given: dict[str, Any], name: str, own: int, before: int | None) -> int:
    if name in given:
        return own if given[name] is None else _number(given[name])
    return own if before is None else before


def _number(node: Any) -> int:
    return int(node.fval) if tree.kind(node) == "Float" else int(node.ival)


def _own(session: Session, sequence: Sequence, given: dict[str, Any]) -> None:
    """Make a sequence a column's, so that it goes with it, or nobody's (OWNED BY)."""
    if "owned_by" not in given:
        return
    names = tree.strings(given["owned_by"].items)
    schema = session.store.of(sequence.schema, Schema)
    free = replace(sequence, depends=inside(schema))
    if len(names) == 1:
        if names[0] != "none":
            raise Refused("42601", "invalid OWNED BY option")
        session.store.put(free)
        return
    relation = session.relation(names[-2], names[-3] if len(names) > 2 else "")
    if relation.kind not in _OWNERS:
        said = f'sequence cannot be owned by relation "{relation.name}"'
        raise Refused("42809", said, relation.name)
    if relation.schema != sequence.schema and not relation.is_assumed:
        raise Refused("55000", "sequence must be in same schema as table it is linked to", relation.name)
    column = session.column(relation, names[-1])
    owner = Ref(relation.oid, column.number)
    session.store.put(replace(free, depends=free.depends | depends(owner, bond=Bond.AUTO)))

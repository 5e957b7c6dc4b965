"""CREATE TYPE and ALTER TYPE: enums, composite types, ranges, shells; attributes are ALTER TABLE's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.address import own_type
from harness.simulator.catalog.objects import (
    Argument,
    Bond,
    Column,
    Function,
    Ref,
    Relation,
    RelationKind,
    Schema,
    Type,
    TypeKind,
    TypeName,
)
from harness.simulator.errors import Refused
from harness.simulator.execute.stored import rename_label
from harness.simulator.play import plays
from harness.simulator.play.making import (
    check_type_is_free,
    depends,
    inside,
    new_name,
    options,
    typed,
)
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.simulator.session import Session


@plays("CreateEnumStmt")
def create_enum(session: Session, node: Any) -> None:
    """Make an enum with its labels."""
    schema, name = new_name(session, node.type_name)
    check_type_is_free(session, schema, name)
    put_type(session, schema, name, TypeKind.ENUM, labels=tuple(tree.strings(node.vals)))


@plays("AlterEnumStmt")
def alter_enum(session: Session, node: Any) -> None:
    """Add a label, or rename one."""
    enum = own_type(session, tree.strings(node.type_name))
    if isinstance(enum, Relation) or enum.kind not in (TypeKind.ENUM, TypeKind.BASE):
        raise Refused("42809", f"{enum.name} is not an enum", enum.name)
    if node.old_val:
        _rename_label(session, enum, node.old_val, node.new_val)
    else:
        _add_label(session, enum, node)


def _add_label(session: Session, enum: Type, node: Any) -> None:
    if node.new_val in enum.labels:
        if node.skip_if_new_val_exists:
            return
        raise Refused("42710", f'enum label "{node.new_val}" already exists', enum.name, node.new_val)
    at = len(enum.labels)
    if node.new_val_neighbor:
        at = _place_of(enum, node.new_val_neighbor) + node.new_val_is_after
    labels = (*enum.labels[:at], node.new_val, *enum.labels[at:])
    session.store.put(replace(enum, labels=labels))


def _rename_label(session: Session, enum: Type, old: str, new: str) -> None:
    at = _place_of(enum, old)
    if new in enum.labels:
        raise Refused("42710", f'enum label "{new}" already exists', enum.name, new)
    labels = (*enum.labels[:at], new, *enum.labels[at + 1 :])
    before = ((was, new if now == old else now) for was, now in enum.renamed if was not in (old, new))
    renamed = session.store.put(replace(enum, labels=labels, renamed=(*before, (old, new))))
    rename_label(session, renamed, old)


def _place_of(enum: Type, label: str) -> int:
    """Return where a label stands (22023); one that was there before the ladder may stand anywhere."""
    if label in enum.labels:
        return enum.labels.index(label)
    if enum.kind == TypeKind.BASE:
        return len(enum.labels)
    raise Refused("22023", f'"{label}" is not an existing enum label', enum.name, label)


@plays("CompositeTypeStmt")
def create_composite(session: Session, node: Any) -> None:
    """Make a type with attributes: a relation without rows."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    name = node.typevar.relname
    schema = session.creation_schema(node.typevar.schemaname)
    check_type_is_free(session, schema, name)
    columns: list[Column] = []
    for number, item in enumerate((item.column_def for item in node.coldeflist), start=1):
        if any(column.name == item.colname for column in columns):
            raise Refused("42701", f'column "{item.colname}" specified more than once', item.colname)
        columns.append(Column(number, item.colname, analyze.type_name(session, item.type_name)))
    if session.store.one(Relation, "relation", schema.oid, name):
        raise Refused("42P07", f'relation "{name}" already exists', name)
    types = [dependency for column in columns for dependency in typed(column.type, column.number)]
    session.store.put(
        Relation(
            oid=session.store.new_oid(),
            name=name,
            schema=schema.oid,
            kind=RelationKind.COMPOSITE,
            columns=tuple(columns),
            next_column=len(columns) + 1,
            depends=inside(schema) | set(types),
        )
    )


@plays("CreateRangeStmt")
def create_range(session: Session, node: Any) -> None:
    """Make a range type, with its multirange and the functions that construct both."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    schema, name = new_name(session, node.type_name)
    check_type_is_free(session, schema, name)
    given = options(node.params)
    if "subtype" not in given:
        raise Refused("42601", 'type attribute "subtype" is required')
    subtype = analyze.type_name(session, given["subtype"])
    range_ = put_type(session, schema, name, TypeKind.RANGE, base=subtype)
    many = tree.strings(given["multirange_type_name"].names) if "multirange_type_name" in given else []
    many_name = many[-1] if many else _multirange_name(name)
    check_type_is_free(session, schema, many_name)
    made = TypeName(name, range_.oid)
    multirange = put_type(session, schema, many_name, TypeKind.BASE, part_of=range_)
    of_many = TypeName(many_name, multirange.oid)
    text = TypeName("text")
    _put_constructor(session, range_, made, (subtype, subtype))
    _put_constructor(session, range_, made, (subtype, subtype, text))
    _put_constructor(session, multirange, of_many, ())
    _put_constructor(session, multirange, of_many, (made,))
    _put_constructor(session, multirange, of_many, (TypeName(name, range_.oid, (), is_array=True),))


def _multirange_name(name: str) -> str:
    """Return the name that Postgres chooses (makeMultirangeTypeName)."""
    return name.replace("range", "multirange", 1) if "range" in name else f"{name}_multirange"


def _put_constructor(session: Session, type_: Type, returns: TypeName, inputs: Sequence[TypeName]) -> None:
    session.store.put(
        Function(
            oid=session.store.new_oid(),
            name=type_.name,
            schema=type_.schema,
            arguments=tuple(Argument("", each) for each in inputs),
            returns=returns,
            language="internal",
            depends=depends(Ref(type_.oid), bond=Bond.INTERNAL),
        )
    )


def define_type(session: Session, node: Any) -> None:
    """Make a shell, or the base type that one waits for (a DefineStmt)."""
    schema, name = new_name(session, node.defnames)
    shell = session.store.one(Type, "type", schema.oid, name)
    is_shell = shell is not None and shell.kind == TypeKind.SHELL
    if not is_shell or not node.definition:
        check_type_is_free(session, schema, name)
    if not node.definition:
        put_type(session, schema, name, TypeKind.SHELL)
    elif shell is None:
        if not session.may_assume:
            raise Refused("42710", f'type "{name}" does not exist', name)
        put_type(session, schema, name, TypeKind.BASE)
    else:
        session.store.put(replace(shell, kind=TypeKind.BASE))


def put_type(
    session: Session,
    schema: Schema,
    name: str,
    kind: TypeKind,
    *,
    labels: tuple[str, ...] = (),
    base: TypeName | None = None,
    part_of: Type | None = None,
) -> Type:
    """Add a type to a schema."""
    made = Type(
        oid=session.store.new_oid(),
        name=name,
        schema=schema.oid,
        kind=kind,
        labels=labels,
        depends=inside(schema),
    )
    if base is not None:
        made = replace(made, base=base, depends=made.depends | typed(base))
    if part_of is not None:
        made = replace(made, depends=made.depends | depends(Ref(part_of.oid), bond=Bond.INTERNAL))
    return session.store.put(made)


@plays("AlterTypeStmt")
def alter_type(session: Session, node: Any) -> None:
    """Set the properties of a base type."""
    found = own_type(session, tree.strings(node.type_name))
    if isinstance(found, Relation) or found.kind != TypeKind.BASE:
        raise Refused("42809", f"{found.name} is not a base type", found.name)

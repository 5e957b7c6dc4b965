"""Puts columns, with their defaults and sequences, onto tables; see `constraints` and `indexes` for the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog import casts
from harness.simulator.catalog.columns import set_column, type_depends
from harness.simulator.catalog.constraints import add_constraint
from harness.simulator.catalog.indexes import add_index
from harness.simulator.catalog.names import choose_name
from harness.simulator.catalog.objects import (
    NO_TYPE,
    Bond,
    Column,
    Default,
    Dependency,
    Ref,
    Relation,
    Schema,
    Sequence,
    TypeName,
)
from harness.simulator.catalog.rewrite import walk
from harness.simulator.catalog.store import Standing
from harness.simulator.errors import Refused
from harness.sql import parse, tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

__all__ = [
    "Definition",
    "add_column",
    "add_constraint",
    "add_index",
    "define",
    "set_column",
    "set_default",
]

_LIMITS = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}


@dataclass(frozen=True, slots=True)
class Definition:
    """A column as a statement writes it; `column` has no number yet, `constraints` are still to be added."""

    column: Column
    default: Any = None
    """Its DEFAULT, or what it is GENERATED from."""
    is_serial: bool = False
    identity_options: Any = ()
    constraints: tuple[Any, ...] = ()
    is_inherited: bool = False
    """Its default is a parent's, and so is the sequence of an identity."""
    uses: frozenset[Ref] | None = None
    """What a default that is another table's uses: it was looked up there, and is not again."""


def define(session: Session, node: Any) -> Definition:
    """Read a ColumnDef (42704 for its type, 42601 for constraints that contradict each other)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    names = tree.strings(node.type_name.names)
    is_serial = len(names) == 1 and names[0] in analyze.SERIALS and not node.type_name.pct_type
    if not names:
        type_ = NO_TYPE
    elif is_serial:
        type_ = analyze.SERIALS[names[0]]
    else:
        type_ = analyze.type_name(session, node.type_name)
    collation = ".".join(tree.strings(node.coll_clause.collname)) if node.HasField("coll_clause") else ""
    column = Column(0, node.colname, type_, not_null=is_serial or node.is_not_null, collation=collation)
    return _constrained(node, Definition(column, is_serial=is_serial))


def _constrained(node: Any, definition: Definition) -> Definition:
    column, others = definition.column, []
    _refuse_contradiction(node)
    for item in node.constraints:
        constraint = item.constraint
        match tree.enum(constraint, "contype"):
            case "CONSTR_NOTNULL":
                column = replace(column, not_null=True)
                if constraint.conname:
                    others.append(constraint)
            case "CONSTR_DEFAULT":
                _refuse_second(node, definition, "default values")
                definition = replace(definition, default=constraint.raw_expr)
            case "CONSTR_GENERATED":
                _refuse_second(node, definition, "generation clauses")
                column = replace(column, is_generated=True)
                definition = replace(definition, default=constraint.raw_expr)
            case "CONSTR_IDENTITY":
                refuse_identity(column)
                column = replace(column, identity=constraint.generated_when, not_null=True)
                definition = replace(definition, identity_options=constraint.options)
            case "CONSTR_PRIMARY":
                column = replace(column, not_null=True)
                others.append(constraint)
            case "CONSTR_CHECK" | "CONSTR_UNIQUE" | "CONSTR_EXCLUSION" | "CONSTR_FOREIGN":
                others.append(constraint)
            case kind if kind.startswith("CONSTR_ATTR") and others:
                others[-1] = _with_attribute(others[-1], kind)
    return replace(definition, column=column, constraints=tuple(others))


_NOT_NULL = frozenset(("CONSTR_NOTNULL", "CONSTR_IDENTITY"))


def _refuse_contradiction(node: Any) -> None:
    """Refuse NULL beside NOT NULL, a default beside an identity (42601)."""
    kinds = {tree.enum(item.constraint, "contype") for item in node.constraints}
    said = ""
    if "CONSTR_NULL" in kinds and kinds & _NOT_NULL:
        said = f'conflicting NULL/NOT NULL declarations for column "{node.colname}"'
    elif {"CONSTR_DEFAULT", "CONSTR_IDENTITY"} <= kinds:
        said = f'both default and identity specified for column "{node.colname}"'
    if said:
        raise Refused("42601", said, node.colname)


def refuse_identity(column: Column) -> None:
    """Refuse an identity column that is no integer (22023)."""
    if column.type.name not in (*_LIMITS, "?") or column.type.is_array or column.type.oid:
        raise Refused("22023", "identity column type must be smallint, integer, or bigint", column.name)


def _refuse_second(node: Any, definition: Definition, what: str) -> None:
    if definition.default is not None or definition.is_serial:
        said = f'multiple {what} specified for column "{node.colname}"'
        raise Refused("42601", said, node.colname)


def _with_attribute(constraint: Any, kind: str) -> Any:
    """Return a constraint with the DEFERRABLE or the like that stands behind it."""
    copy = type(constraint)()
    copy.CopyFrom(constraint)
    copy.deferrable |= kind in ("CONSTR_ATTR_DEFERRABLE", "CONSTR_ATTR_DEFERRED")
    copy.initdeferred |= kind == "CONSTR_ATTR_DEFERRED"
    return copy


def add_column(session: Session, table: int, definition: Definition) -> Column:
    """Put a column onto a relation, with its sequence and its default; its constraints are the caller's."""
    relation = session.store.of(table, Relation)
    column = replace(definition.column, number=relation.next_column)
    session.store.put(
        replace(
            relation,
            columns=(*relation.columns, column),
            next_column=column.number + 1,
            depends=relation.depends | type_depends(column),
        )
    )
    furnish(session, table, column, definition)
    return column


def furnish(session: Session, table: int, column: Column, definition: Definition) -> None:
    """Give a column that is there the sequence and the default of its definition."""
    if definition.is_serial:
        own_sequence(session, table, column)
    elif column.identity and not definition.is_inherited:
        own_sequence(session, table, column, definition.identity_options)
    if definition.default is not None and definition.uses is not None and not column.is_generated:
        store_default(session, table, column.number, definition.default, set(definition.uses))
    elif definition.default is not None:
        set_default(session, table, column.number, definition.default)


def set_default(session: Session, table: int, number: int, expression: Any) -> None:
    """Give a column a default, or what it is generated from; refused as the expression or its type are."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    relation = session.store.of(table, Relation)
    column = relation.numbered(number)
    is_generated = column is not None and column.is_generated
    if not is_generated:
        _refuse_columns(expression)
    scope = analyze.Scope.of_relation(relation) if is_generated else analyze.Scope()
    typed = analyze.expression(session, expression, scope)
    if column is not None:
        _refuse_type(session, column, typed.type)
        _refuse_literal(session, column, expression)
    if is_generated:
        _refuse_chain(relation, typed.depends)
    remove_default(session, table, number)
    if column is not None and _is_null(session, column, expression):
        return
    refs = {*typed.depends, *_sequences(session, expression)} - {Ref(table), Ref(table, number)}
    store_default(session, table, number, expression, refs, Bond.INTERNAL if is_generated else Bond.AUTO)


def _is_null(session: Session, column: Column, expression: Any) -> bool:
    """Whether a default is a bare NULL, which Postgres does not keep; a cast to a length or a domain it does."""
    content = tree.inner(expression) if expression.DESCRIPTOR.name == "Node" else expression
    is_cast = bool(column.type.modifiers) or casts.base_of(session, column.type) != column.type
    return bool(content.DESCRIPTOR.name == "A_Const" and content.isnull and not is_cast)


def _refuse_columns(expression: Any) -> None:
    if any(node.DESCRIPTOR.name == "ColumnRef" for node in walk(expression)):
        raise Refused("0A000", "cannot use column reference in DEFAULT expression")


def _refuse_chain(relation: Relation, used: frozenset[Ref]) -> None:
    for ref in used:
        column = relation.numbered(ref.column) if ref.oid == relation.oid else None
        if column is not None and column.is_generated:
            said = f'cannot use generated column "{column.name}" in column generation expression'
            raise Refused("42P17", said, column.name)


def _refuse_literal(session: Session, column: Column, expression: Any) -> None:
    """Refuse a text that is no value of the column's type (22P02); lengths and domains are not looked at yet."""
    content = tree.inner(expression) if expression.DESCRIPTOR.name == "Node" else expression
    if content.DESCRIPTOR.name == "A_Const" and content.HasField("sval"):
        from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

        bare = replace(casts.base_of(session, column.type), modifiers=())
        execute.coerce(session, content.sval.sval, bare)


def _refuse_type(session: Session, column: Column, given: TypeName) -> None:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    if casts.is_impossible(session, given, column.type, "assignment"):
        is_, was = analyze.format_type(session, column.type), analyze.format_type(session, given)
        what = "generation" if column.is_generated else "default"
        said = f'column "{column.name}" is of type {is_} but {what} expression is of type {was}'
        raise Refused("42804", said, column.name)


def store_default(
    session: Session, table: int, number: int, expression: Any, refs: set[Ref], bond: Bond = Bond.AUTO
) -> None:
    """Put a default in place, which depends on what it uses."""
    depends = {Dependency(Ref(table, number), bond), *map(Dependency, refs)}
    oid = session.store.new_oid()
    session.store.put(
        Default(oid=oid, name="", table=table, column=number, expression=expression, depends=frozenset(depends))
    )


def uses_of(default: Default | None) -> frozenset[Ref] | None:
    """Return what a default uses, its own column aside."""
    if default is None:
        return None
    return frozenset(each.on for each in default.depends if each.on.oid != default.table)


def remove_default(session: Session, table: int, number: int) -> None:
    """Take a column's default away, if it has one."""
    found = session.store.one(Default, "default", table, number)
    if found is not None:
        session.store.remove(found.oid)


def own_sequence(session: Session, table: int, column: Column, options: Any = None) -> Sequence:
    """Make the sequence of a serial column, with its default; with options, that of an identity column."""
    relation = session.store.of(table, Relation)
    given = {item.def_elem.defname: tree.inner(item.def_elem.arg) for item in options or ()}
    schema, name = relation.schema, ""
    if "sequence_name" in given:
        written, name = tree.qualified(given["sequence_name"].items)
        schema = session.creation_schema(written).oid if written else schema
    name = name or choose_name(session, schema, relation.name, column.name, label="seq")
    type_ = column.type if column.type.name in _LIMITS else TypeName("int8")
    bond = Bond.AUTO if options is None else Bond.INTERNAL
    increment = number_of(given.get("increment"), 1)
    made = Sequence(
        oid=session.store.new_oid(),
        name=name,
        schema=schema,
        type=type_,
        start=number_of(given.get("start"), number_of(given.get("minvalue"), 1) if increment > 0 else -1),
        increment=increment,
        minimum=number_of(given.get("minvalue"), 1 if increment > 0 else -_LIMITS[type_.name] - 1),
        maximum=number_of(given.get("maxvalue"), _LIMITS[type_.name] if increment > 0 else -1),
        depends=frozenset({Dependency(Ref(table, column.number), bond), Dependency(Ref(schema))}),
    )
    session.store.put(made)
    session.store.sequences[made.oid] = Standing(made.start)
    if options is None:
        store_default(session, table, column.number, nextval(session, made), {Ref(made.oid)})
    return made


def number_of(node: Any, default: int) -> int:
    """Return an option's number."""
    match tree.kind(node) if node is not None else "":
        case "Integer":
            return int(node.ival)
        case "Float":
            return int(node.fval)
    return default


def nextval(session: Session, sequence: Sequence) -> Any:
    """Return the call that a serial column has as its default."""
    schema = session.store.of(sequence.schema, Schema)
    name = f'"{_doubled(schema.name)}"."{_doubled(sequence.name)}"'.replace("'", "''")
    return parse.nodes(f"SELECT nextval('{name}'::regclass)")[0].target_list[0].res_target.val


def _doubled(name: str) -> str:
    return name.replace('"', '""')


def _sequences(session: Session, expression: Any) -> set[Ref]:
    """Return the sequences that an expression names as text: nextval('s') depends on s."""
    found = set()
    for name in _nextvals(expression):
        *schema, last = (part.strip('"') for part in name.split("."))
        relation = session.find_relation(last, schema[-1] if schema else "")
        if isinstance(relation, Sequence):
            found.add(Ref(relation.oid))
    return found


def _nextvals(node: Any) -> list[str]:
    call = tree.inner(node) if node.DESCRIPTOR.name == "Node" else node
    if call is None:
        return []
    if call.DESCRIPTOR.name == "FuncCall" and call.funcname[-1].string.sval == "nextval" and call.args:
        argument = tree.inner(call.args[0])
        while argument is not None and argument.DESCRIPTOR.name == "TypeCast":
            if argument.type_name.names[-1].string.sval != "regclass":
                return []
            argument = tree.inner(argument.arg)
        is_text = argument is not None and argument.DESCRIPTOR.name == "A_Const" and argument.HasField("sval")
        return [argument.sval.sval] if is_text else []
    return []

"""What a name in an expression means: a column, a row, a field, a variable (parse_expr.c, parse_relation.c)."""

from __future__ import annotations

from harness.simulator.analyze.model import Node, Work
from harness.simulator.analyze.scope import SYSTEM_COLUMNS, Field, Item, Scope
from harness.simulator.analyze.walk import analyzes
from harness.simulator.catalog.objects import NO_TYPE, Column, Ref, Relation, TypeName
from harness.simulator.errors import Refused

_NOWHERE = Field("", NO_TYPE)


@analyzes("ColumnRef")
def column_ref(work: Work, node: Node, scope: Scope) -> TypeName:
    """Return the type of a name, qualified or not (42703, 42P01, 42702)."""
    if node.fields[-1].WhichOneof("node") == "a_star":
        return _row(work, [field.string.sval for field in node.fields[:-1]], scope)
    names = [field.string.sval for field in node.fields]
    if len(names) == 1:
        return _bare(work, names[0], scope)
    return _qualified(work, names, scope)


def find_item(work: Work, names: list[str], scope: Scope) -> Item | None:
    """Return the item of FROM that a name, after its schema perhaps, stands for (42702 for two of them)."""
    *schema, name = names
    for level in scope.levels():
        found = [
            entry.item
            for entry in level.entries
            if entry.by_name and entry.item.name == name and _fits(work, entry.item, schema)
        ]
        if len(found) > 1:
            raise Refused("42P09", f'table reference "{name}" is ambiguous', name)
        if found:
            return found[0]
    return None


def field_of(work: Work, item: Item, name: str) -> Field | None:
    """Return an item's column (42702 for two of them), or None; one is assumed where more may be there."""
    found = [field for field in item.fields if field.name == name]
    if len(found) > 1:
        raise _ambiguous(name)
    if found:
        return found[0]
    if name in SYSTEM_COLUMNS and item.has_system_columns:
        return Field(name, SYSTEM_COLUMNS[name])
    if item.is_open or work.session.may_assume:
        return _assumed(work, item, name)
    return None


def missing_item(name: str) -> Refused:
    """Return what Postgres says of a name that is none of FROM's."""
    return Refused("42P01", f'missing FROM-clause entry for table "{name}"', name)


def type_of_field(work: Work, type_: TypeName, name: str) -> TypeName:
    """Return the type of a composite value's field (42703); NO_TYPE where the type is not known."""
    relation = work.session.store.get(type_.oid) if type_.oid and not type_.is_array else None
    if not isinstance(relation, Relation):
        return NO_TYPE
    column = _column(work, relation, name)
    if column is None:
        raise Refused("42703", f'column "{name}" not found in data type {relation.name}', name)
    work.use(Ref(relation.oid, column.number))
    return column.type


def _bare(work: Work, name: str, scope: Scope) -> TypeName:
    variable, conflict = scope.variable(name)
    if variable is not None and conflict == "use_variable":
        return variable
    found = _column_anywhere(work, name, scope)
    if found is not None and found is not _NOWHERE and variable is not None and conflict == "error":
        raise _ambiguous(name)
    if found is not None and (variable is None or found is not _NOWHERE):
        work.use(found.ref)
        return found.type
    if variable is not None:
        return variable
    item = find_item(work, [name], scope)
    if item is not None:
        return item.fields[0].type if item.is_scalar and item.fields else item.type
    found = _assumed_anywhere(work, name, scope)
    if found is None:
        raise Refused("42703", f'column "{name}" does not exist', name)
    work.use(found.ref)
    return found.type


def _column_anywhere(work: Work, name: str, scope: Scope) -> Field | None:
    """Return the column of a bare name; `_NOWHERE` when it may be one of an item whose columns are not known."""
    for level in scope.levels():
        found = [
            field for entry in level.entries if entry.by_column for field in entry.item.fields if field.name == name
        ]
        if len(found) > 1:
            raise _ambiguous(name)
        if found:
            return found[0]
        system = [entry for entry in level.entries if entry.by_column and entry.item.has_system_columns]
        if name in SYSTEM_COLUMNS and system:
            return Field(name, SYSTEM_COLUMNS[name])
        unknown = [entry.item for entry in level.entries if entry.by_column and entry.item.is_open]
        if unknown:
            return _assumed(work, unknown[0], name) if len(unknown) == 1 else _NOWHERE
    return None


def _assumed_anywhere(work: Work, name: str, scope: Scope) -> Field | None:
    """Take a name that is nowhere to be a column of the only table there is."""
    if not work.session.may_assume:
        return None
    visible = [entry.item for level in scope.levels() for entry in level.entries if entry.by_column]
    if len(visible) == 1:
        return _assumed(work, visible[0], name)
    if not visible:
        return None
    work.session.assumed.append(f"column {name}")
    work.session.doubt.add(name)
    return _NOWHERE


def _assumed(work: Work, item: Item, name: str) -> Field | None:
    """Return a column that is taken to be there."""
    if item.relation is None:
        return _NOWHERE if item.is_open else None
    column = _column(work, item.relation, name)
    return None if column is None else Field(name, column.type, Ref(item.relation.oid, column.number))


def _column(work: Work, relation: Relation, name: str) -> Column | None:
    try:
        return work.session.column(relation, name)
    except Refused:
        return None


def _qualified(work: Work, names: list[str], scope: Scope) -> TypeName:
    *table, name = names[-3:]
    variable = _variable_field(work, names, scope)
    if variable is not None:
        return variable
    item = find_item(work, table, scope)
    if item is None:
        labelled, _ = scope.variable(name)
        if labelled is not None:  # block.variable, function.parameter
            return labelled
        raise missing_item(table[-1])
    field = field_of(work, item, name)
    if field is None:
        field = _function_of_row(work, item, name)
    if field is None:
        raise Refused("42703", f"column {'.'.join((*table, name))} does not exist", name)
    work.use(field.ref)
    return field.type


def _function_of_row(work: Work, item: Item, name: str) -> Field | None:
    """Return the field that a function of a row makes: t.f is f(t)."""
    functions = work.session.functions(name)
    for function in functions:
        if len(function.signature) == 1 and function.signature[0].oid == item.type.oid != 0:
            work.use(Ref(function.oid))
            return Field(name, function.returns)
    return None


def _variable_field(work: Work, names: list[str], scope: Scope) -> TypeName | None:
    """Return the type of a record variable's field, such as NEW.id."""
    variable, conflict = scope.variable(names[0])
    if variable is None or (find_item(work, names[:1], scope) is not None and conflict != "use_variable"):
        return None
    relation = work.session.store.get(variable.oid) if variable.oid else None
    if not isinstance(relation, Relation):
        return NO_TYPE
    column = _column(work, relation, names[1])
    if column is None:
        raise Refused("42703", f'record "{names[0]}" has no field "{names[1]}"', names[1])
    return column.type


def _row(work: Work, names: list[str], scope: Scope) -> TypeName:
    """Return the type of t.* where a single value stands: the row."""
    item = find_item(work, names, scope) if names else None
    if item is None:
        return NO_TYPE
    return item.type


def _fits(work: Work, item: Item, schema: list[str]) -> bool:
    if not schema:
        return True
    if not item.has_own_name:
        return False
    if item.relation is None:
        return item.schema == schema[-1]
    found = work.session.find_schema(schema[-1])
    return found is not None and found.oid == item.relation.schema


def _ambiguous(name: str) -> Refused:
    return Refused("42702", f'column reference "{name}" is ambiguous', name)

"""Expressions (parse_expr.c): one function a kind of node, each giving the type and noting what is named."""

from __future__ import annotations

from harness.simulator.analyze import names, operators, types
from harness.simulator.analyze.coercion import cast, common_type, require_boolean
from harness.simulator.analyze.model import BOOLEAN, INTEGER, TEXT, UNTYPED, Node, Work
from harness.simulator.analyze.scope import RECORD, Scope
from harness.simulator.analyze.walk import all_within, analyzes, typed
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.simulator.errors import Refused
from harness.sql import tree

_INT4 = 2**31
_INT8 = 2**63
_VALUE_FUNCTIONS = {
    "SVFOP_CURRENT_DATE": TypeName("date"),
    "SVFOP_CURRENT_TIME": TypeName("timetz"),
    "SVFOP_CURRENT_TIME_N": TypeName("timetz"),
    "SVFOP_CURRENT_TIMESTAMP": TypeName("timestamptz"),
    "SVFOP_CURRENT_TIMESTAMP_N": TypeName("timestamptz"),
    "SVFOP_LOCALTIME": TypeName("time"),
    "SVFOP_LOCALTIME_N": TypeName("time"),
    "SVFOP_LOCALTIMESTAMP": TypeName("timestamp"),
    "SVFOP_LOCALTIMESTAMP_N": TypeName("timestamp"),
}


@analyzes("A_Const")
def _constant(work: Work, node: Node, _scope: Scope) -> TypeName:
    match node.WhichOneof("val"):
        case "ival":
            return INTEGER
        case "fval":
            return number_type(node.fval.fval)
        case "boolval":
            return BOOLEAN
        case "bsval":
            return TypeName("bit")
    return work.settled.get(node.location, UNTYPED)


def number_type(text: str) -> TypeName:
    """Return the type of a number that does not fit an integer: int8 or numeric."""
    digits = text.replace("_", "")
    try:
        value = int(digits, 0)
    except ValueError:
        return TypeName("numeric")
    if abs(value) >= _INT8:
        return TypeName("numeric")
    return TypeName("int8") if abs(value) >= _INT4 else INTEGER


@analyzes("ParamRef")
def _parameter(_work: Work, node: Node, scope: Scope) -> TypeName:
    found, _ = scope.variable(f"${node.number}")
    return NO_TYPE if found is None else found


@analyzes("BoolExpr")
def _boolean(work: Work, node: Node, scope: Scope) -> TypeName:
    word = {1: "AND", 2: "OR", 3: "NOT"}.get(node.boolop, "AND")
    for argument in node.args:
        require_boolean(work, argument, typed(work, argument, scope), word)
    return BOOLEAN


@analyzes("TypeCast")
def _cast(work: Work, node: Node, scope: Scope) -> TypeName:
    target = types.type_name(work.session, node.type_name)
    work.use_type(target)
    argument = tree.inner(node.arg)
    if target.is_array and tree.kind(node.arg) == "A_ArrayExpr":
        for each in argument.elements:
            cast(work, each, typed(work, each, scope), types.element(target))
        return target
    source = typed(work, argument, scope)
    cast(work, argument, source, target)
    return target


@analyzes("CaseExpr")
def _case(work: Work, node: Node, scope: Scope) -> TypeName:
    subject = typed(work, node.arg, scope) if node.HasField("arg") else None
    results: list[tuple[Node, TypeName]] = []
    for item in node.args:
        when = item.case_when
        condition = typed(work, when.expr, scope)
        if subject is None:
            require_boolean(work, when.expr, condition, "CASE/WHEN")
        else:
            operators.binary(work, "=", (node.arg, subject), (when.expr, condition))
        results.append((when.result, typed(work, when.result, scope)))
    if node.HasField("defresult"):
        results.insert(0, (node.defresult, typed(work, node.defresult, scope)))
    return common_type(work, results, "CASE")


@analyzes("CoalesceExpr")
def _coalesce(work: Work, node: Node, scope: Scope) -> TypeName:
    return common_type(work, [(each, typed(work, each, scope)) for each in node.args], "COALESCE")


@analyzes("MinMaxExpr")
def _greatest(work: Work, node: Node, scope: Scope) -> TypeName:
    word = "GREATEST" if tree.enum(node, "op") == "IS_GREATEST" else "LEAST"
    return common_type(work, [(each, typed(work, each, scope)) for each in node.args], word)


@analyzes("A_ArrayExpr")
def _array(work: Work, node: Node, scope: Scope) -> TypeName:
    if not node.elements:
        raise Refused("42P18", "cannot determine type of empty array")
    found = common_type(work, [(each, typed(work, each, scope)) for each in node.elements], "ARRAY")
    return types.array_of(found)


@analyzes("RowExpr")
def _row(work: Work, node: Node, scope: Scope) -> TypeName:
    for each in node.args:
        typed(work, each, scope)
    return RECORD


@analyzes("NullTest")
def _test(work: Work, node: Node, scope: Scope) -> TypeName:
    """`IS NULL` takes anything."""
    typed(work, node.arg, scope)
    return BOOLEAN


@analyzes("BooleanTest")
def _boolean_test(work: Work, node: Node, scope: Scope) -> TypeName:
    require_boolean(work, node.arg, typed(work, node.arg, scope), "IS")
    return BOOLEAN


@analyzes("CollateClause")
def _collate(work: Work, node: Node, scope: Scope) -> TypeName:
    found = typed(work, node.arg, scope)
    return TEXT if found == UNTYPED else found


@analyzes("NamedArgExpr")
def _named(work: Work, node: Node, scope: Scope) -> TypeName:
    return typed(work, node.arg, scope)


@analyzes("SQLValueFunction")
def _value_function(_work: Work, node: Node, _scope: Scope) -> TypeName:
    return _VALUE_FUNCTIONS.get(tree.enum(node, "op"), TypeName("name"))


@analyzes("A_Indirection")
def _indirection(work: Work, node: Node, scope: Scope) -> TypeName:
    found = typed(work, node.arg, scope)
    subscripts = []
    for step in node.indirection:
        match step.WhichOneof("node"):
            case "a_indices":
                subscripts.append(step.a_indices)
                for index in (step.a_indices.lidx, step.a_indices.uidx):
                    typed(work, index, scope)
                continue
            case "string":
                found = _subscripted(work, found, subscripts)
                subscripts = []
                found = names.type_of_field(work, types.base_of(work.session, found), step.string.sval)
            case "a_star":
                return found
    return _subscripted(work, found, subscripts)


def _subscripted(work: Work, type_: TypeName, subscripts: list[Node]) -> TypeName:
    if not subscripts:
        return type_
    type_ = types.base_of(work.session, type_)
    if not type_.is_array:
        return type_ if type_.name == "jsonb" and not type_.oid else NO_TYPE
    return type_ if any(each.is_slice for each in subscripts) else types.element(type_)


@analyzes("GroupingFunc")
def _grouping(work: Work, node: Node, scope: Scope) -> TypeName:
    for each in node.args:
        typed(work, each, scope)
    return INTEGER


@analyzes("SetToDefault")
def _default(_work: Work, _node: Node, _scope: Scope) -> TypeName:
    return UNTYPED


@analyzes(
    "JsonObjectConstructor",
    "JsonArrayConstructor",
    "JsonArrayQueryConstructor",
    "JsonObjectAgg",
    "JsonArrayAgg",
    "JsonParseExpr",
    "JsonScalarExpr",
    "JsonSerializeExpr",
)
def _json(work: Work, node: Node, scope: Scope) -> TypeName:
    all_within(work, node, scope)
    constructor = node.constructor if "constructor" in node.DESCRIPTOR.fields_by_name else node
    if constructor.HasField("output"):
        return types.type_name(work.session, constructor.output.type_name)
    return TEXT if node.DESCRIPTOR.name == "JsonSerializeExpr" else TypeName("json")


@analyzes("JsonIsPredicate", "CurrentOfExpr")
def _predicate(work: Work, node: Node, scope: Scope) -> TypeName:
    all_within(work, node, scope)
    return BOOLEAN

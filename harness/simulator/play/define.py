"""CREATE AGGREGATE, OPERATOR, COLLATION, TEXT SEARCH ..., CAST, CONVERSION, and operator classes and families."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.address import find_other, names_of
from harness.simulator.catalog.assumed import is_taken
from harness.simulator.catalog.objects import NO_TYPE, Function, Other, Ref, Schema
from harness.simulator.catalog.routines import operator_name, plain, routine, type_key
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.function import arguments_of, put_function
from harness.simulator.play.making import depends, inside, new_name, normal, options, settings, typed
from harness.simulator.play.other import put_other
from harness.simulator.play.type_ import define_type
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.simulator.catalog.objects import TypeName
    from harness.simulator.session import Session

_SEARCHES: Final = {
    "OBJECT_TSCONFIGURATION": ("text search configuration", "pg_ts_config_cfgname_index"),
    "OBJECT_TSDICTIONARY": ("text search dictionary", "pg_ts_dict_dictname_index"),
    "OBJECT_TSPARSER": ("text search parser", "pg_ts_parser_prsname_index"),
    "OBJECT_TSTEMPLATE": ("text search template", "pg_ts_template_tmplname_index"),
}
"""They have no check of their own: the index on their names refuses a second one."""
_SEARCH_OPTIONS: Final = {
    "copy": "OBJECT_TSCONFIGURATION",
    "parser": "OBJECT_TSPARSER",
    "template": "OBJECT_TSTEMPLATE",
}
_BUILT_IN_PREFIX: Final = "pg_catalog"


@plays("DefineStmt")
def define(session: Session, node: Any) -> None:
    """Make what CREATE ... (name = value, ...) makes."""
    maker = _MAKERS.get(tree.enum(node, "kind"))
    if maker is None:
        _create_search(session, node)
    else:
        maker(session, node)


def _create_aggregate(session: Session, node: Any) -> None:
    """Make an aggregate, or replace it (42723)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    schema, name = new_name(session, node.defnames)
    given = {key.lower(): each for key, each in options(node.definition).items()}
    parameters = tree.inner(node.args[0]).items if node.args and node.args[0].HasField("list") else []
    arguments, used = arguments_of(session, parameters)
    state = given.get("stype") or given.get("stype1")
    returns = analyze.type_name(session, state) if tree.kind(state) == "TypeName" else NO_TYPE
    finish = _function_named(session, given.get("finalfunc"), [returns])
    inputs = [returns, *(argument.type for argument in arguments)]
    made = Function(
        oid=0,
        name=name,
        schema=schema.oid,
        kind="a",
        arguments=arguments,
        returns=finish.returns if finish else returns if "finalfunc" not in given else NO_TYPE,
        language="internal",
        settings=settings(node.definition),
        depends=inside(schema) | used | typed(returns) | normal(_functions_used(session, given, inputs)),
    )
    put_function(session, made, can_replace=node.replace)


def _function_named(session: Session, node: Any, types: Sequence[TypeName] = ()) -> Function | None:
    """Return the ladder's own function that an option names: that of these types, or the only one of the name."""
    names = names_of(node) if node is not None else []
    found = session.functions(names[-1], names[-2] if len(names) > 1 else "") if names else []
    given = tuple(plain(type_) for type_ in types)
    exact = next((function for function in found if function.signature == given), None)
    return exact or (found[0] if len(found) == 1 else None)


def _functions_used(session: Session, given: dict[str, Any], types: Sequence[TypeName]) -> list[Ref]:
    keys = ("sfunc", "finalfunc", "combinefunc", "msfunc", "minvfunc", "procedure", "function", "restrict", "join")
    found = (_function_named(session, given.get(key), types) for key in keys)
    return [Ref(function.oid) for function in found if function is not None]


def _create_operator(session: Session, node: Any) -> None:
    """Make an operator (42723)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    schema, symbol = new_name(session, node.defnames)
    given = options(node.definition)
    types = [analyze.type_name(session, given[key]) for key in ("leftarg", "rightarg") if key in given]
    sides = ["leftarg" in given, "rightarg" in given]
    function = _function_named(session, given.get("function") or given.get("procedure"), types)
    name = operator_name(session, symbol, types, has_left=sides[0])
    if session.store.one(Other, "other", "operator", schema.oid, name):
        raise Refused("42723", f"operator {symbol} already exists", symbol)
    used = frozenset(dependency for type_ in types for dependency in typed(type_))
    said = (
        ("symbol", symbol),
        ("left", types[0] if sides[0] else None),
        ("right", types[-1]),
        ("result", function.returns if function else None),
    )
    needs = inside(schema) | used | normal(_functions_used(session, given, types))
    put_other(session, "operator", name, scope=schema.oid, said=said, needs=needs)


def _create_collation(session: Session, node: Any) -> None:
    """Make a collation (42710)."""
    schema, name = new_name(session, node.defnames)
    source = options(node.definition).get("from")
    if source is not None:
        _require_collation(session, names_of(source))
    if session.store.one(Other, "other", "collation", schema.oid, name):
        if node.if_not_exists:
            return
        raise Refused("42710", f'collation "{name}" already exists', name)
    needs = inside(schema)
    put_other(session, "collation", name, scope=schema.oid, said=settings(node.definition), needs=needs)


def _require_collation(session: Session, names: list[str]) -> None:
    """Refuse a collation of the ladder's own that is gone; which a database has of its own is not listed here."""
    if len(names) > 1 and names[-2] != _BUILT_IN_PREFIX:
        session.schema(names[-2])


def _create_search(session: Session, node: Any) -> None:
    """Make a part of text search (23505)."""
    kind, index = _SEARCHES[tree.enum(node, "kind")]
    schema, name = new_name(session, node.defnames)
    needs = inside(schema)
    for option, target in _SEARCH_OPTIONS.items():
        given = options(node.definition).get(option)
        found = find_other(session, _SEARCHES[target][0], names_of(given)) if given is not None else None
        needs |= depends(Ref(found.oid)) if found else frozenset()
    if session.store.one(Other, "other", kind, schema.oid, name):
        raise Refused("23505", f'duplicate key value violates unique constraint "{index}"', name)
    put_other(session, kind, name, scope=schema.oid, said=settings(node.definition), needs=needs)


_MAKERS: Final[dict[str, Callable[[Any, Any], None]]] = {
    "OBJECT_AGGREGATE": _create_aggregate,
    "OBJECT_OPERATOR": _create_operator,
    "OBJECT_TYPE": define_type,
    "OBJECT_COLLATION": _create_collation,
}


@plays("AlterTSConfigurationStmt")
def alter_configuration(session: Session, node: Any) -> None:
    """Change which dictionaries a text search configuration uses (23505, 42704)."""
    names = tree.strings(node.cfgname)
    found = find_other(session, "text search configuration", names)
    if found is None:
        if not is_taken(session, "text search configuration", names[-1]):
            said = f'text search configuration "{".".join(names)}" does not exist'
            raise Refused("42704", said, names[-1])
        return
    kind = tree.enum(node, "kind")
    mapped = dict(found.settings)
    is_copy = "copy" in mapped
    for token in tree.strings(node.tokentype):
        key = f"map {token}"
        is_mapped = key in mapped or (is_copy and f"no {token}" not in mapped)
        if kind == "ALTER_TSCONFIG_ADD_MAPPING" and key in mapped:
            said = 'duplicate key value violates unique constraint "pg_ts_config_map_index"'
            raise Refused("23505", said, names[-1])
        if kind == "ALTER_TSCONFIG_DROP_MAPPING" and not is_mapped and not node.missing_ok:
            raise Refused("42704", f'mapping for token type "{token}" does not exist', names[-1], token)
        if kind == "ALTER_TSCONFIG_DROP_MAPPING":
            mapped.pop(key, None)
            mapped[f"no {token}"] = True
        elif kind.startswith(("ALTER_TSCONFIG_ADD", "ALTER_TSCONFIG_ALTER")):
            mapped[key] = tuple(".".join(names_of(tree.inner(item))) for item in node.dicts)
    used = (find_other(session, "text search dictionary", names_of(tree.inner(item))) for item in node.dicts)
    needs = depends(*(Ref(dictionary.oid) for dictionary in used if dictionary is not None))
    session.store.put(replace(found, settings=tuple(mapped.items()), depends=found.depends | needs))


@plays("AlterTSDictionaryStmt")
def alter_dictionary(session: Session, node: Any) -> None:
    """Change a dictionary's options."""
    found = find_other(session, "text search dictionary", tree.strings(node.dictname))
    if found is not None:
        changed = dict(found.settings) | dict(settings(node.options))
        session.store.put(replace(found, settings=tuple(changed.items())))


@plays("CreateCastStmt")
def create_cast(session: Session, node: Any) -> None:
    """Make a cast (42710, 42883)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    types = [analyze.type_name(session, each) for each in (node.sourcetype, node.targettype)]
    function = routine(session, "OBJECT_FUNCTION", node.func) if node.HasField("func") else None
    source, target = (analyze.format_type(session, type_) for type_ in types)
    name = " AS ".join(type_key(session, type_) for type_ in types)
    if session.store.one(Other, "other", "cast", 0, name):
        raise Refused("42710", f"cast from type {source} to type {target} already exists", source, target)
    needs = typed(types[0]) | typed(types[1])
    if function is not None:
        needs |= depends(Ref(function.oid))
    context = tree.enum(node, "context").removeprefix("COERCION_").lower()
    said = (("source", types[0]), ("target", types[1]), ("context", context))
    put_other(session, "cast", name, said=said, needs=needs)


@plays("CreateConversionStmt")
def create_conversion(session: Session, node: Any) -> None:
    """Make a conversion between encodings (42710)."""
    schema, name = new_name(session, node.conversion_name)
    if session.store.one(Other, "other", "conversion", schema.oid, name):
        raise Refused("42710", f'conversion "{name}" already exists', name)
    put_other(session, "conversion", name, scope=schema.oid, needs=inside(schema))


@plays("CreateOpClassStmt")
def create_operator_class(session: Session, node: Any) -> None:
    """Make an operator class (42710), with a family of its name where it names none."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    schema, name = new_name(session, node.opclassname)
    type_ = analyze.type_name(session, node.datatype)
    _put_for_method(session, "operator class", schema, name, node.amname, typed(type_))
    if not node.opfamilyname and not session.store.one(
        Other, "other", "operator family", schema.oid, f"{name} {node.amname}"
    ):
        _put_for_method(session, "operator family", schema, name, node.amname)


@plays("CreateOpFamilyStmt")
def create_operator_family(session: Session, node: Any) -> None:
    """Make an operator family (42710)."""
    schema, name = new_name(session, node.opfamilyname)
    _put_for_method(session, "operator family", schema, name, node.amname)


def _put_for_method(
    session: Session, kind: str, schema: Schema, name: str, method: str, needs: frozenset[Any] = frozenset()
) -> None:
    """Add what has its name for an access method."""
    full = f"{name} {method}"
    if session.store.one(Other, "other", kind, schema.oid, full):
        raise Refused("42710", f'{kind} "{name}" for access method "{method}" already exists', name)
    put_other(session, kind, full, scope=schema.oid, needs=inside(schema) | needs)


@plays("AlterOpFamilyStmt", "AlterOperatorStmt", "AlterCollationStmt")
def alter_quietly(session: Session, node: Any) -> None:
    """Change what decides nothing here."""

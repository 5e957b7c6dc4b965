"""CREATE FUNCTION, CREATE PROCEDURE, ALTER FUNCTION."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.assumed import is_taken
from harness.simulator.catalog.objects import (
    NO_TYPE,
    Argument,
    Dependency,
    Extension,
    Function,
    Other,
    TypeName,
)
from harness.simulator.catalog.routines import routine
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.function_body import check_body
from harness.simulator.play.making import inside, new_name, normal, options, text_of, typed
from harness.simulator.play.settings import value_text, within
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.simulator.session import Session

VOID: Final = TypeName("void")
RECORD: Final = TypeName("record")
_MODES: Final = {
    "FUNC_PARAM_IN": "i",
    "FUNC_PARAM_DEFAULT": "i",
    "FUNC_PARAM_OUT": "o",
    "FUNC_PARAM_INOUT": "b",
    "FUNC_PARAM_VARIADIC": "v",
    "FUNC_PARAM_TABLE": "t",
}
_LANGUAGES: Final = frozenset(("sql", "plpgsql", "c", "internal"))
_ANYTHING_ELSE = ("as", "language")


@plays("CreateFunctionStmt")
def create_function(session: Session, node: Any) -> None:
    """Make a function or procedure, or replace the one with the same argument types."""
    schema, name = new_name(session, node.funcname)
    given = options(node.options)
    language = _language(session, given, has_tree=node.HasField("sql_body"))
    arguments, used = arguments_of(session, node.parameters)
    returns, returns_set = _returns(session, node, arguments)
    source = given.get("as")
    made = Function(
        oid=0,
        name=name,
        schema=schema.oid,
        kind=_kind(node, given),
        arguments=arguments,
        returns=returns,
        returns_set=returns_set,
        language=language,
        body=source.items[0].string.sval if source is not None else "",
        tree=tree.inner(node.sql_body) if node.HasField("sql_body") else None,
        settings=tuple(_settings(node.options).items()),
        depends=inside(schema) | used | _types_used(arguments, returns),
    )
    put_function(session, made, can_replace=node.replace)


def _settings(items: Any) -> dict[str, object]:
    """Return what else is said of a function; of its SET clauses, the values by `set name`."""
    found: dict[str, object] = {}
    for name, node in ((item.def_elem.defname, tree.inner(item.def_elem.arg)) for item in items):
        if name == "set":
            values = [value_text(argument) for argument in node.args]
            found[f"set {node.name}"] = tuple(values) if values else None
        elif name not in _ANYTHING_ELSE:
            found[name] = text_of(node)
    return found


def put_function(session: Session, made: Function, *, can_replace: bool) -> None:
    """Add a function, or put it in place of the one with its signature (42723, 42P13), once its body is checked."""
    if made.tree is not None:
        with within(session, made):
            check_body(session, made)
    before = _before(session, made)
    if before is not None:
        if not can_replace:
            said = f'function "{made.name}" already exists with same argument types'
            raise Refused("42723", said, made.name)
        _check_replaces(before, made)
    made = replace(made, oid=before.oid if before else session.store.new_oid())
    session.store.put(made)
    with within(session, made):
        used = check_body(session, made)
    if used:
        session.store.put(replace(made, depends=made.depends | normal(used)))


def _before(session: Session, made: Function) -> Function | None:
    """Return the function that has the same schema, name and argument types; not where a type is in doubt."""
    if NO_TYPE in made.signature and session.may_assume:
        return None
    functions = session.store.all(Function, "function", made.schema, made.name)
    return next((function for function in functions if function.signature == made.signature), None)


def _kind(node: Any, given: dict[str, Any]) -> str:
    if node.is_procedure:
        return "p"
    return "w" if "window" in given else "f"


def _language(session: Session, given: dict[str, Any], *, has_tree: bool) -> str:
    """Return the language of a function (42P13, 42704)."""
    if "language" not in given:
        if not has_tree:
            raise Refused("42P13", "no language specified")
        return "sql"
    name = text_of(given["language"]).lower()
    require_language(session, name)
    return name


def require_language(session: Session, name: str) -> None:
    """Refuse a language that is not there (42704)."""
    if name in _LANGUAGES or session.store.one(Other, "other", "language", 0, name):
        return
    if session.store.one(Extension, "extension", name) or is_taken(session, "language", name):
        return
    raise Refused("42704", f'language "{name}" does not exist', name)


def arguments_of(session: Session, items: Any) -> tuple[tuple[Argument, ...], frozenset[Dependency]]:
    """Return the arguments of a list of FunctionParameters, and what their defaults depend on (42P13, 42704)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    arguments: list[Argument] = []
    used: frozenset[Dependency] = frozenset()
    for node in (item.function_parameter for item in items):
        mode = _MODES[tree.enum(node, "mode")]
        type_ = analyze.type_name(session, node.arg_type)
        default = tree.inner(node.defexpr) if node.HasField("defexpr") else None
        _check_argument(arguments, node.name, mode, has_default=default is not None)
        if default is not None:
            used |= normal(analyze.expression(session, default, analyze.Scope()).depends)
        arguments.append(Argument(node.name, type_, mode, default))
    return tuple(arguments), used


def _check_argument(before: list[Argument], name: str, mode: str, *, has_default: bool) -> None:
    """Refuse an argument that cannot follow those before it (interpret_function_parameter_list)."""
    if mode in "ibv" and any(argument.mode == "v" for argument in before):
        raise Refused("42P13", "VARIADIC parameter must be the last input parameter")
    if name and any(each.name == name and not _may_share(each.mode, mode) for each in before):
        raise Refused("42P13", f'parameter name "{name}" used more than once', name)
    if mode in "ibv" and not has_default and any(each.default is not None for each in before):
        raise Refused("42P13", "input parameters after one with a default value must also have defaults")


def _may_share(one: str, other: str) -> bool:
    """Whether two parameters may have one name: what only goes in, and what only comes out."""
    return (one in "iv" and other in "ot") or (one in "ot" and other in "iv")


def _returns(session: Session, node: Any, arguments: Iterable[Argument]) -> tuple[TypeName, bool]:
    """Return the type that a function gives, and whether it gives a set (42P13)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    outputs = [argument.type for argument in arguments if argument.mode in "obt"]
    implied = outputs[0] if len(outputs) == 1 and not node.is_procedure else RECORD
    if node.is_procedure:
        return (RECORD if outputs else VOID), False
    if not node.HasField("return_type"):
        if not outputs:
            raise Refused("42P13", "function result type must be specified")
        return implied, False
    given = analyze.type_name(session, node.return_type)
    plain = (given.name, given.oid, given.is_array)
    if outputs and NO_TYPE not in (given, implied) and plain != (implied.name, implied.oid, implied.is_array):
        shown = analyze.format_type(session, implied)
        raise Refused("42P13", f"function result type must be {shown} because of OUT parameters")
    return given, bool(node.return_type.setof)


def _types_used(arguments: Iterable[Argument], returns: TypeName) -> frozenset[Dependency]:
    types = (*(argument.type for argument in arguments), returns)
    return frozenset(dependency for type_ in types for dependency in typed(type_))


def _check_replaces(before: Function, made: Function) -> None:
    """Refuse what CREATE OR REPLACE cannot change (ProcedureCreate in pg_proc.c)."""
    if before.kind != made.kind:
        raise Refused("42809", "cannot change routine kind", made.name)
    if _returns_differ(before, made):
        what = (
            "whether a procedure has output parameters" if made.kind == "p" else "return type of existing function"
        )
        raise Refused("42P13", f"cannot change {what}", made.name)
    inputs = [[each for each in function.arguments if each.mode in "ibv"] for function in (before, made)]
    for old, new in zip(*inputs, strict=True):
        if old.name and old.name != new.name:
            raise Refused("42P13", f'cannot change name of input parameter "{old.name}"', made.name)
    with_default = [sum(each.default is not None for each in arguments) for arguments in inputs]
    if with_default[1] < with_default[0]:
        raise Refused("42P13", "cannot remove parameter defaults from existing function", made.name)


def _returns_differ(before: Function, made: Function) -> bool:
    if before.returns_set != made.returns_set or _differ(before.returns, made.returns):
        return True
    outputs = [[each for each in function.arguments if each.mode in "obt"] for function in (before, made)]
    if before.returns != RECORD:
        return False
    if len(outputs[0]) != len(outputs[1]):
        return True
    return any(old.name != new.name or _differ(old.type, new.type) for old, new in zip(*outputs, strict=True))


def _differ(one: TypeName, other: TypeName) -> bool:
    """Whether two types are known, and not the same but for modifiers."""
    if NO_TYPE.name in (one.name, other.name):
        return False
    if one.oid or other.oid:
        return (one.oid, one.is_array) != (other.oid, other.is_array)
    return (one.name, one.is_array) != (other.name, other.is_array)


@plays("AlterFunctionStmt")
def alter_function(session: Session, node: Any) -> None:
    """Change how a function runs: its volatility, its settings (42883)."""
    found = routine(session, tree.enum(node, "objtype"), node.func)
    if found is not None and found.kind == "a":
        raise Refused("42809", f'"{found.name}" is an aggregate function', found.name)
    if found is not None:
        changed = dict(found.settings) | _settings(node.actions)
        session.store.put(replace(found, settings=tuple(changed.items())))

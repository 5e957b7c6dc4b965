"""Functions, procedures and aggregates by name and argument types (LookupFuncWithArgs in parse_func.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.assumed import is_taken
from harness.simulator.catalog.objects import NO_TYPE, Function, Relation, Type, TypeName
from harness.simulator.errors import Refused
from harness.simulator.session import SYSTEM_SCHEMAS
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.simulator.session import Session

_NOUNS: Final = {
    "OBJECT_FUNCTION": ("a", "function"),
    "OBJECT_PROCEDURE": ("a", "procedure"),
    "OBJECT_ROUTINE": ("a", "routine"),
    "OBJECT_AGGREGATE": ("an", "aggregate"),
}


def routine(session: Session, objtype: str, node: Any) -> Function | None:
    """Return the routine that an ObjectWithArgs names (42883, 42725, 42809, 42704).

    None for one that was there before the ladder, or may have come with an extension.
    """
    schema, name = tree.qualified(node.objname)
    found = session.functions(name, schema)
    if schema and not found and schema not in SYSTEM_SCHEMAS:
        session.schema(schema)
    article, noun = _NOUNS[objtype]
    if node.args_unspecified:
        found = _of_kind(objtype, _visible(found))
        if len(found) > 1:
            raise Refused("42725", f'{noun} name "{name}" is not unique', name)
        if not found:
            _require_taken(session, f'could not find {article} {noun} named "{name}"', name)
        return found[0] if found else None
    given = tuple(argument_types(session, node.objargs))
    exact = next((function for function in found if function.signature == given), None)
    if exact is None and objtype in ("OBJECT_PROCEDURE", "OBJECT_ROUTINE"):
        exact = next((each for each in found if each.kind == "p" and _all_types(each) == given), None)
    if exact is None and any(_may_be(function, given) for function in found):
        return None
    if exact is None:
        _require_taken(session, f"{noun} {described(session, node)} does not exist", name)
        return None
    _check_kind(session, objtype, exact, node)
    return exact


def _visible(functions: list[Function]) -> list[Function]:
    """Return functions without those that one of an earlier schema hides, which has the same arguments."""
    seen: dict[tuple[TypeName, ...], Function] = {}
    for function in functions:
        seen.setdefault(function.signature, function)
    return list(seen.values())


def operator_name(session: Session, symbol: str, types: list[TypeName], *, has_left: bool) -> str:
    """Return the name under which an operator is kept: `int4 === int4`."""
    names = [type_key(session, type_) for type_ in types]
    return " ".join((*names[:1], symbol, *names[1:])) if has_left else f"{symbol} {names[-1] if names else ''}"


def type_key(session: Session, type_: TypeName) -> str:
    """Return a type's name as part of a key: one of the ladder's own always has its schema."""
    found = session.store.get(type_.oid)
    schema = session.store.get(found.schema) if isinstance(found, (Type, Relation)) else None
    name = type_.name if found is None or schema is None else f"{schema.name}.{found.name}"
    return f"{name}[]" if type_.is_array else name


def argument_types(session: Session, items: Any) -> Iterable[TypeName]:
    """Yield the types of a list of arguments as a signature has them (42704)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    for item in items:
        yield plain(analyze.type_name(session, tree.inner(item)))


def plain(type_: TypeName) -> TypeName:
    """Return a type as a signature has it: without modifiers, and without the name of the ladder's own."""
    return TypeName("" if type_.oid else type_.name, type_.oid, (), type_.is_array)


def described(session: Session, node: Any) -> str:
    """Return an ObjectWithArgs as Postgres writes it: `app.f(integer, text)`."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    types = (analyze.type_name(session, tree.inner(item)) for item in node.objargs)
    shown = ", ".join(analyze.format_type(session, type_) for type_ in types)
    return f"{'.'.join(tree.strings(node.objname))}({shown})"


def _all_types(function: Function) -> tuple[TypeName, ...]:
    """Return the types of a procedure's arguments, the output ones too."""
    return tuple(plain(argument.type) for argument in function.arguments)


def _may_be(function: Function, given: tuple[TypeName, ...]) -> bool:
    """Whether a function may be the one that is meant, where a type is not known."""
    pairs = list(zip(function.signature, given, strict=False))
    fits = all(one == other or NO_TYPE in (one, other) for one, other in pairs)
    return fits and len(function.signature) == len(given) and any(NO_TYPE in pair for pair in pairs)


def _of_kind(objtype: str, functions: list[Function]) -> list[Function]:
    match objtype:
        case "OBJECT_PROCEDURE":
            return [function for function in functions if function.kind == "p"]
        case "OBJECT_AGGREGATE":
            return [function for function in functions if function.kind == "a"]
        case "OBJECT_FUNCTION":
            return [function for function in functions if function.kind != "p"]
    return functions


def _check_kind(session: Session, objtype: str, function: Function, node: Any) -> None:
    if function in _of_kind(objtype, [function]):
        return
    if objtype == "OBJECT_AGGREGATE":
        said = f"function {described(session, node)} is not an aggregate"
    else:
        said = f"{described(session, node)} is not a {_NOUNS[objtype][1]}"
    raise Refused("42809", said, function.name)


def _require_taken(session: Session, message: str, name: str) -> None:
    if not is_taken(session, "function", name):
        raise Refused("42883", message, name)

"""Calls of functions (parse_func.c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.simulator.analyze import builtin, candidates, kinds, literals, overload, polymorphic, types
from harness.simulator.analyze.builtin import Candidate, Columns
from harness.simulator.analyze.coercion import can_cast, require_boolean
from harness.simulator.analyze.model import UNTYPED, Node, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.analyze.walk import analyzes, typed
from harness.simulator.catalog.objects import NO_TYPE, Function, Ref, TypeName
from harness.simulator.session import Session
from harness.sql import tree


@dataclass(frozen=True, slots=True)
class Called:
    """What a call gives; `columns` where it is a row of them that has no type of its own."""

    type: TypeName
    columns: Columns = ()


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a function is called with, by position and then by name."""

    nodes: tuple[Node, ...]
    types: tuple[TypeName, ...]
    names: tuple[str, ...] = ()
    is_variadic: bool = False
    """VARIADIC stands before the last one: it is the array itself."""


@analyzes("FuncCall")
def function_call(work: Work, node: Node, scope: Scope) -> TypeName:
    """Return the type that a function gives (42883, 42725)."""
    return typed_call(work, node, scope).type


def typed_call(work: Work, node: Node, scope: Scope) -> Called:
    """Return what a function gives; in FROM, anything may stand that is written like a call."""
    if node.DESCRIPTOR.name != "FuncCall":
        return Called(typed(work, node, scope))
    arguments = _arguments(work, node, scope)
    if node.HasField("agg_filter"):
        require_boolean(work, node.agg_filter, typed(work, node.agg_filter, scope), "FILTER")
    if node.HasField("over"):
        window(work, node.over, scope)
    schema, name = tree.qualified(node.funcname)
    return resolve(work, name, schema, arguments)


def window(work: Work, node: Node, scope: Scope) -> None:
    """Analyze what stands in a window's parentheses."""
    for each in node.partition_clause:
        typed(work, each, scope)
    for each in node.order_clause:
        typed(work, each.sort_by.node, scope)
    for each in (node.start_offset, node.end_offset):
        typed(work, each, scope)


def _arguments(work: Work, node: Node, scope: Scope) -> Arguments:
    nodes = list(node.args)
    order = [each.sort_by.node for each in node.agg_order]
    names = [content.name for each in nodes if tree.kind(content := tree.inner(each)) == "NamedArgExpr"]
    found = [typed(work, each, scope) for each in (*nodes, *order)]
    if node.agg_within_group:
        nodes += order
    return Arguments(tuple(nodes), tuple(found[: len(nodes)]), tuple(names), node.func_variadic)


def resolve(work: Work, name: str, schema: str, arguments: Arguments) -> Called:
    """Return what the function gives that a call means."""
    given = tuple(each if each == UNTYPED else types.bare(each) for each in arguments.types)
    every = candidates.named(work.session, name, schema)
    matching = candidates.matching(every, arguments.names, given, is_variadic=arguments.is_variadic)
    chosen = _choose(work, name, schema, matching, given, arguments)
    if isinstance(chosen, Called):
        return chosen
    if chosen is None:
        return _unknown(every, matching)
    if chosen.oid:
        work.use(Ref(chosen.oid))
        _refuse_procedure(work, chosen.oid, name, given)
    for place, (node, type_) in enumerate(zip(arguments.nodes, given, strict=True)):
        if type_ == UNTYPED:
            literals.check(work, node, chosen.arguments[place])
    return _result(work, chosen, given)


def _refuse_procedure(work: Work, oid: int, name: str, given: Sequence[TypeName]) -> None:
    """Refuse a procedure in an expression (42809)."""
    function = work.session.store.get(oid)
    if isinstance(function, Function) and function.kind == "p":
        shown = ", ".join(types.format_type(work.session, each) for each in given)
        work.refuse("42809", f"{name}({shown}) is a procedure", name)


def _choose(
    work: Work, name: str, schema: str, matching: Sequence[Candidate], given: Sequence[TypeName], call: Arguments
) -> Candidate | Called | None:
    """Return the best function, or the type that the call is a cast to; None where it cannot be told."""
    session = work.session
    exact = [each for each in matching if each.arguments == given]
    if exact:
        return _unless_ambiguous(work, name, schema, exact[0], given, call)
    if len(given) == 1 and not call.names:
        cast = _as_cast(work, name, schema, given[0])
        if cast is not None:
            return Called(cast)
    left = overload.fitting(session, matching, given)
    are_known = all(map(types.is_known, given))
    if len(left) > 1 and are_known:
        left = overload.choose(session, left, given)
    if len(left) == 1:
        return _unless_ambiguous(work, name, schema, left[0], given, call)
    is_sure = not left or (are_known and all(overload.fits(session, each, given) for each in left))
    if is_sure and not _may_exist(session, name, schema, given):
        _refuse(work, name, schema, left, given, call)
    return None


def _unless_ambiguous(
    work: Work, name: str, schema: str, chosen: Candidate, given: Sequence[TypeName], call: Arguments
) -> Candidate:
    if chosen.is_ambiguous:
        _refuse(work, name, schema, [chosen], given, call)
    return chosen


def _may_exist(session: Session, name: str, schema: str, given: Sequence[TypeName]) -> bool:
    """Whether there may be a function, or a cast to one's arguments, of which nothing is known."""
    if builtin.may_be_of_an_extension(session):
        return True
    if not candidates.named(session, name, schema):
        return False
    is_foreign = any(kinds.is_foreign(session, each) for each in given if each != UNTYPED)
    return is_foreign or kinds.has_own(session, "cast")


def _refuse(
    work: Work, name: str, schema: str, left: Sequence[Candidate], given: Sequence[TypeName], call: Arguments
) -> None:
    """Refuse a call that fits nothing (42883), or several things equally (42725)."""
    session = work.session
    shown = [types.format_type(session, each) for each in given]
    for place, named in enumerate(call.names, len(given) - len(call.names)):
        shown[place] = f"{named} => {shown[place]}"
    full = f"{schema}.{name}" if schema else name
    about = [name, *types.own_names(session, given)]
    if left:
        work.refuse("42725", f"function {full}({', '.join(shown)}) is not unique", *about)
    else:
        work.refuse("42883", f"function {full}({', '.join(shown)}) does not exist", *about)


def _as_cast(work: Work, name: str, schema: str, given: TypeName) -> TypeName | None:
    """Return the type of that name, where a call with one argument is a cast to it (func_get_detail)."""
    session = work.session
    target = types.named(session, name, schema)
    if target is None or not types.is_known(target):
        return None
    if given == UNTYPED:
        return target
    is_row = kinds.kind_of(session, given) is kinds.Kind.ROW or given.name == "record"
    if is_row and kinds.category(session, target) == "S":
        return None
    return target if can_cast(session, given, target, "explicit") else None


def _unknown(every: Sequence[Candidate], matching: Sequence[Candidate]) -> Called:
    """Return what can be said of a call when it is not known which function it means."""
    results = {(each.result, each.columns) for each in matching or every}
    if len(results) != 1:
        return Called(NO_TYPE)
    result, columns = results.pop()
    return Called(NO_TYPE if kinds.is_polymorphic(result) else result, columns)


def _result(work: Work, chosen: Candidate, given: Sequence[TypeName]) -> Called:
    session = work.session
    result = polymorphic.resolve(session, chosen.arguments, given, chosen.result)
    columns = tuple(
        (name, polymorphic.resolve(session, chosen.arguments, given, type_) or NO_TYPE)
        for name, type_ in chosen.columns
    )
    return Called(NO_TYPE if result is None else result, columns)

"""The functions that a name may mean, as they look to a call (namespace.c, FuncnameGetCandidates)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.simulator.analyze import builtin, kinds, types
from harness.simulator.analyze.builtin import Candidate
from harness.simulator.catalog.objects import Function, TypeName
from harness.simulator.session import Session

_RECORD = TypeName("record")


def named(session: Session, name: str, schema: str = "") -> list[Candidate]:
    """Return Postgres's own functions of a name, then the ladder's, those of earlier schemas first."""
    found = list(builtin.functions(name)) if schema in ("", "pg_catalog") else []
    if schema != "pg_catalog":
        found += map(of_function, session.functions(name, schema))
    return found


def of_function(function: Function) -> Candidate:
    """Return one of the ladder's own functions as a candidate."""
    inputs = [each for each in function.arguments if each.mode in "ibv"]
    outputs = [each for each in function.arguments if each.mode in "obt"]
    is_table = any(each.mode == "t" for each in outputs)
    is_row = len(outputs) > 1
    columns = tuple(
        (each.name or (f"column{place}" if is_row else ""), each.type) for place, each in enumerate(outputs, 1)
    )
    result = function.returns
    if is_row:
        result = _RECORD
    elif columns:
        result = columns[0][1]
    return Candidate(
        function.signature,
        result,
        function.returns_set or is_table,
        any(each.mode == "v" for each in inputs),
        sum(each.default is not None for each in inputs),
        function.kind,
        tuple(each.name for each in inputs),
        columns,
        function.oid,
        function.schema,
    )


def matching(
    candidates: Iterable[Candidate], names: Sequence[str], given: Sequence[TypeName], *, is_variadic: bool
) -> list[Candidate]:
    """Return the candidates that take so many arguments, each with the arguments in the order of the call.

    Of two with the same arguments, that of the earlier schema hides the other.
    """
    found: dict[tuple[TypeName, ...], Candidate] = {}
    for each in candidates:
        called = _called(each, names, len(given), is_variadic=is_variadic)
        if called is not None:
            other = found.get(called.arguments)
            found[called.arguments] = called if other is None else _preferred(other, called)
    return list(found.values())


def _preferred(one: Candidate, other: Candidate) -> Candidate:
    """Return which of two with the same arguments is called; `one` comes first in the search path."""
    if one.schema != other.schema or not one.oid:  # Postgres's own are those of several versions
        return one
    if one.is_variadic != other.is_variadic:
        return other if one.is_variadic else one
    return replace(one, is_ambiguous=True)


def _called(candidate: Candidate, names: Sequence[str], count: int, *, is_variadic: bool) -> Candidate | None:
    """Return a candidate as a call with so many arguments sees it; None where it does not take them."""
    declared = len(candidate.arguments)
    if names:
        return None if candidate.is_variadic and not is_variadic else _by_name(candidate, names, count)
    if candidate.is_variadic and not is_variadic:
        if count >= declared - candidate.defaults and count < declared:
            return replace(candidate, arguments=candidate.arguments[:count])
        return _expanded(candidate, count)
    if declared - candidate.defaults <= count <= declared:
        return replace(candidate, arguments=candidate.arguments[:count], is_variadic=False)
    return None


def _expanded(candidate: Candidate, count: int) -> Candidate | None:
    """Return a VARIADIC function with as many last arguments as it is called with."""
    *first, last = candidate.arguments
    more = count - len(first)
    if more < 1:
        return None
    element = last if last == kinds.ANY else _element(last)
    return replace(candidate, arguments=(*first, *[element] * more))


def _element(last: TypeName) -> TypeName:
    elements = {"anyarray": "anyelement", "anycompatiblearray": "anycompatible"}
    return TypeName(elements[last.name]) if last.name in elements else types.bare(types.element(last))


def _by_name(candidate: Candidate, names: Sequence[str], count: int) -> Candidate | None:
    """Return a candidate whose arguments are given by name, after those by position (MatchNamedCall)."""
    first = count - len(names)
    if not set(names) <= set(candidate.names[first:]) or count > len(candidate.arguments):
        return None
    places = [*range(first), *(candidate.names.index(name, first) for name in names)]
    missing = set(range(len(candidate.arguments))) - set(places)
    if any(place < len(candidate.arguments) - candidate.defaults for place in missing):
        return None
    return replace(candidate, arguments=tuple(candidate.arguments[place] for place in places))

"""Postgres's own types, casts, operators, functions and tables: its catalogs, read once when first needed.

The files are written by `generate`. Entries are kept as text until they are asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Extension, TypeName

if TYPE_CHECKING:
    from harness.simulator.session import Session

Columns = tuple[tuple[str, TypeName], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function or operator that a name may mean; types are without modifiers.

    `names` are those of its input arguments; `columns` its OUT arguments or those of its TABLE. `oid` and `schema`
    are 0 for Postgres's own.
    """

    arguments: tuple[TypeName, ...]
    result: TypeName
    returns_set: bool = False
    is_variadic: bool = False
    defaults: int = 0
    kind: str = "f"
    names: tuple[str, ...] = ()
    columns: Columns = ()
    oid: int = 0
    schema: int = 0
    is_ambiguous: bool = False
    """Another one of its schema looks the same to the call, by its defaults: neither can be meant."""


def type_name(name: str) -> TypeName | None:
    """Return a built-in type by its name in pg_type; `_int4` is an array."""
    types = _data()["types"]
    if name in types:
        return _type(name)
    if name.startswith("_") and name[1:] in types:
        return _type(name)
    return None


def type_names() -> tuple[str, ...]:
    """Return the names of all built-in types but arrays."""
    return tuple(_data()["types"])


def domain(name: str) -> TypeName | None:
    """Return what a domain of information_schema is made of."""
    found = _data()["domains"].get(name)
    return None if found is None else _type(found)


def category(name: str) -> str:
    """Return typcategory of a built-in type."""
    return str(_data()["types"].get(name, "X"))[0]


def is_preferred(name: str) -> bool:
    """Whether a built-in type is the one that its category prefers."""
    return str(_data()["types"].get(name, "")).endswith("!")


def range_of(name: str) -> tuple[TypeName, TypeName] | None:
    """Return the subtype and the multirange of a built-in range type."""
    found = _data()["ranges"].get(name)
    return None if found is None else (_type(found[0]), _type(found[1]))


def multirange_of(name: str) -> tuple[TypeName, TypeName] | None:
    """Return the subtype and the range of a built-in multirange type."""
    pairs = _data()["ranges"].items()
    return next((((_type(sub)), _type(range_)) for range_, (sub, multi) in pairs if multi == name), None)


@cache
def casts(source: str) -> dict[str, str]:
    """Return what a built-in type can be cast to, and in which context: i implicit, a assignment, e explicit."""
    entries = (entry.partition("|") for entry in _data()["casts"].get(source, ()))
    return {target: context for target, _, context in entries}


@cache
def operators(name: str, *, is_prefix: bool) -> tuple[Candidate, ...]:
    """Return the built-in operators of a name."""
    entries = (entry.partition("|") for entry in _data()["operators"].get(name, ()))
    split = ((arguments.split(" "), result) for arguments, _, result in entries)
    return tuple(
        Candidate(tuple(_type(each) for each in arguments if each != "-"), _type(result))
        for arguments, result in split
        if (arguments[0] == "-") == is_prefix
    )


@cache
def operators_by_types(name: str, *, is_prefix: bool) -> dict[tuple[TypeName, ...], Candidate]:
    """Return the built-in operators of a name by what they take."""
    return {each.arguments: each for each in operators(name, is_prefix=is_prefix)}


@cache
def functions(name: str) -> tuple[Candidate, ...]:
    """Return the built-in functions of a name."""
    return tuple(_function(entry) for entry in _data()["functions"].get(name, ()))


@cache
def columns(schema: str, name: str) -> Columns | None:
    """Return the columns of a table or view of pg_catalog or information_schema; None when there is none."""
    entries = _system()["columns"].get(f"{schema}.{name}")
    return None if entries is None else tuple(_column(entry, "|") for entry in entries)


@cache
def relations(schema: str) -> tuple[str, ...]:
    """Return the names of all tables and views of pg_catalog or information_schema."""
    names = (name.split(".", 1) for name in _system()["columns"])
    return tuple(name for place, name in names if place == schema)


def function_names() -> tuple[str, ...]:
    """Return the names of all built-in functions."""
    return tuple(_data()["functions"])


def may_be_of_an_extension(session: Session) -> bool:
    """Whether an extension is there of which is not known what it brings."""
    return any(extension.is_open for extension in session.store.all(Extension, "extensions"))


def _function(entry: str) -> Candidate:
    arguments, result, *said = entry.split("|")
    flags: dict[str, str] = {}
    for each in said[0].split(";") if said else ():
        key, _, value = each.partition("=")
        flags[key] = value
    return Candidate(
        tuple(map(_type, arguments.split())),
        _type(result),
        "set" in flags,
        "variadic" in flags,
        int(flags.get("defaults", 0)),
        flags.get("kind", "f"),
        tuple(flags["names"].split(",")) if "names" in flags else (),
        tuple(_column(each, " ") for each in flags["columns"].split(",")) if "columns" in flags else (),
    )


def _column(entry: str, separator: str) -> tuple[str, TypeName]:
    name, _, type_ = entry.partition(separator)
    return name, _type(type_)


@cache
def _type(name: str) -> TypeName:
    return TypeName(name[1:], is_array=True) if name.startswith("_") else TypeName(name)


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / "builtin.json").read_text())
    return loaded


@cache
def _system() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / "system.json").read_text())
    return loaded

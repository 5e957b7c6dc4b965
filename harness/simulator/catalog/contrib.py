"""What the extensions that come with Postgres bring along, read once from contrib.json when first needed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import (
    Argument,
    Bond,
    Column,
    Dependency,
    Extension,
    Function,
    Ref,
    Relation,
    RelationKind,
    Schema,
    Type,
    TypeKind,
    TypeName,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.simulator.session import Session


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator by the names of its types (pg_type.typname, arrays with an underscore); `left` may be empty."""

    name: str
    left: str
    right: str
    result: str


@cache
def _contents() -> dict[str, Any]:
    contents: dict[str, Any] = json.loads(Path(__file__).with_name("contrib.json").read_text())
    return contents


def is_known(extension: str) -> bool:
    """Whether it is known what an extension brings."""
    return extension in _contents()


def names() -> list[str]:
    """Return the extensions whose content is known."""
    return [name for name in _contents() if name]


def requires(extension: str) -> list[str]:
    """Return the names of the extensions that one needs."""
    return list(_contents().get(extension, {}).get("requires", ()))


def operators(extension: str) -> Iterator[Operator]:
    """Yield an extension's operators."""
    for name, left, right, result in _contents().get(extension, {}).get("operators", ()):
        yield Operator(name, left or "", right, result)


def casts(extension: str) -> Iterator[tuple[str, str, str]]:
    """Yield an extension's casts: the names of both types, and the context (pg_cast.castcontext)."""
    yield from map(tuple, _contents().get(extension, {}).get("casts", ()))


def operator_classes(extension: str) -> Iterator[tuple[str, str, str]]:
    """Yield an extension's operator classes: access method, name and type."""
    yield from map(tuple, _contents().get(extension, {}).get("operator classes", ()))


def wrappers(extension: str) -> list[str]:
    """Return the foreign-data wrappers that an extension brings."""
    return list(_contents().get(extension, {}).get("wrappers", ()))


def install(session: Session, extension: Extension) -> None:
    """Put an extension's types, functions and relations into its schema; they are parts of it."""
    content = _contents().get(extension.name, {})
    _Installer(session, extension).run(content)


class _Installer:
    """Makes one extension's objects."""

    def __init__(self, session: Session, extension: Extension) -> None:
        self._session = session
        self._store = session.store
        self._schema = session.store.of(extension.schema, Schema)
        self._depends = frozenset({Dependency(Ref(extension.oid), Bond.INTERNAL)})

    def run(self, content: dict[str, Any]) -> None:
        for name, kind in content.get("types", ()):
            self._store.put(
                Type(
                    oid=self._store.new_oid(),
                    name=name,
                    schema=self._schema.oid,
                    kind=TypeKind(kind),
                    depends=self._depends,
                )
            )
        for relation in content.get("relations", ()):
            self._put_relation(*relation)
        for function in content.get("functions", ()):
            self._put_function(*function)

    def _put_relation(self, name: str, kind: str, columns: list[str], types: list[str]) -> None:
        pairs = enumerate(zip(columns, types, strict=True), start=1)
        self._store.put(
            Relation(
                oid=self._store.new_oid(),
                name=name,
                schema=self._schema.oid,
                kind=RelationKind(kind),
                columns=tuple(Column(number, column, self._type(type_)) for number, (column, type_) in pairs),
                next_column=len(columns) + 1,
                has_all_rows=False,
                depends=self._depends,
            )
        )

    def _put_function(
        self,
        name: str,
        kind: str,
        types: list[str],
        modes: list[str] | None,
        names: list[str] | None,
        defaults: int,
        returns: str,
        returns_set: bool,
    ) -> None:
        modes = modes or ["i"] * len(types)
        triples = zip(names or [""] * len(types), types, modes, strict=True)
        arguments = [Argument(each, self._type(type_), mode) for each, type_, mode in triples]
        inputs = [number for number, mode in enumerate(modes) if mode in "ibv"]
        for number in inputs[len(inputs) - defaults :]:
            arguments[number] = replace(arguments[number], default=DEFAULT)
        self._store.put(
            Function(
                oid=self._store.new_oid(),
                name=name,
                schema=self._schema.oid,
                kind=kind,
                arguments=tuple(arguments),
                returns=self._type(returns),
                returns_set=returns_set,
                language="c",
                depends=self._depends,
            )
        )

    def _type(self, name: str) -> TypeName:
        """Return a type of the extension, of its schema, or of the database's own."""
        bare = name.removeprefix("_")
        own = self._store.one(Type, "type", self._schema.oid, bare) or self._store.one(
            Relation, "type", self._schema.oid, bare
        )
        if own is None:
            own = self._session.find_type(bare) if bare in _EXTENSION_TYPES else None
        oid = own.oid if own is not None else 0
        return TypeName(bare, oid, (), is_array=name.startswith("_"))


DEFAULT = object()
"""Stands for a default whose expression nobody reads."""
_EXTENSION_TYPES = ("cube", "hstore", "ltree")
"""Types of extensions that other extensions take."""

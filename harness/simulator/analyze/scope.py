"""What names mean at a place in a query: Postgres's ParseState (parse_relation.c), as far as names go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.simulator.catalog.objects import NO_TYPE, Column, Ref, Relation, RelationKind, TypeName

OID = TypeName("oid")
RECORD = TypeName("record")
SYSTEM_COLUMNS = {
    "tableoid": OID,
    "ctid": TypeName("tid"),
    "xmin": TypeName("xid"),
    "cmin": TypeName("cid"),
    "xmax": TypeName("xid"),
    "cmax": TypeName("cid"),
}
_STORED = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.MATERIALIZED, RelationKind.FOREIGN))


@dataclass(frozen=True, slots=True)
class Field:
    """A column that can be named; `ref` is the column of a relation that it is, if it is one."""

    name: str
    type: TypeName = NO_TYPE
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Something that stands in FROM (a range table entry); `is_open` where it may have more columns than are known.

    `type` is its row's.
    """

    name: str
    fields: tuple[Field, ...]
    type: TypeName = RECORD
    relation: Relation | None = None
    is_open: bool = False
    has_own_name: bool = False
    """A table without an alias: its schema may stand before it."""
    schema: str = ""
    """The schema of a table or view of Postgres's own."""
    is_scalar: bool = False
    """A function that gives no row: its name as a value is the value."""

    @property
    def has_system_columns(self) -> bool:
        """Whether ctid and its kin can be named."""
        return self.relation is not None and self.relation.kind in _STORED


@dataclass(frozen=True, slots=True)
class Entry:
    """How an item is seen: by its name, by the bare names of its columns, or both."""

    item: Item
    by_name: bool = True
    by_column: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """One level of a query; names that it does not have are looked up in the `parent`."""

    entries: tuple[Entry, ...] = ()
    parent: Scope | None = None
    queries: Mapping[str, Item] = field(default_factory=dict)
    """The queries of WITH."""
    variables: Mapping[str, TypeName] = field(default_factory=dict)
    """Of plpgsql, and the parameters of a function in SQL by name and as `$1`."""
    conflict: str = ""
    """What a name means that is a variable and a column: `error`, `use_column` or `use_variable`."""

    @staticmethod
    def of_relation(relation: Relation, *aliases: str) -> Scope:
        """Return a level that has a table's columns; with two aliases (`old`, `new`) it has them twice."""
        return Scope(tuple(Entry(of_relation(relation, alias)) for alias in aliases or ("",)))

    @staticmethod
    def with_variables(
        variables: Mapping[str, TypeName], parent: Scope | None = None, *, conflict: str = "error"
    ) -> Scope:
        """Return a level with variables; `conflict` as in plpgsql, `use_column` for functions in SQL."""
        return Scope(parent=parent, variables=variables, conflict=conflict)

    def within(self, entries: tuple[Entry, ...]) -> Scope:
        """Return the same level with these items in FROM."""
        return Scope(entries, self.parent, self.queries, self.variables, self.conflict)

    def levels(self) -> Iterator[Scope]:
        """Yield this level and those around it, the innermost first."""
        level: Scope | None = self
        while level is not None:
            yield level
            level = level.parent

    def query(self, name: str) -> Item | None:
        """Return the query of WITH that has this name."""
        return next((level.queries[name] for level in self.levels() if name in level.queries), None)

    def variable(self, name: str) -> tuple[TypeName | None, str]:
        """Return the type of a variable, if it is one, and what is done where a column has its name."""
        for level in self.levels():
            if name in level.variables:
                return level.variables[name], level.conflict
        return None, ""


_FIELDS: dict[int, tuple[tuple[Column, ...], tuple[Field, ...]]] = {}
"""The fields of a relation's columns, by its oid: as long as it has these columns, they are the same."""


def of_relation(relation: Relation, alias: str = "") -> Item:
    """Return a table, view or the like as an item of FROM."""
    known = _FIELDS.get(relation.oid)
    if known is None or known[0] is not relation.columns:
        refs = (Ref(relation.oid, column.number) for column in relation.columns)
        fields = tuple(Field(each.name, each.type, ref) for each, ref in zip(relation.columns, refs, strict=True))
        known = _FIELDS[relation.oid] = (relation.columns, fields)
    row = TypeName(relation.name, relation.oid)
    is_open = relation.is_assumed
    return Item(alias or relation.name, known[1], row, relation, is_open=is_open, has_own_name=not alias)

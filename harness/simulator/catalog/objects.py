"""The objects of a database, each a frozen value under an oid, after Postgres's own catalogs.

What depends on what is written down as Postgres does in pg_depend
(postgresql.org/docs/current/catalog-pg-depend.html), so that DROP, its CASCADE, and ALTER COLUMN TYPE need no
knowledge of kinds. `keys` are the names under which the store finds an object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from harness.simulator.catalog.base import NO_TYPE, Bond, Dependency, Key, Object, Ref, TypeName
from harness.simulator.values import Value

__all__ = [
    "NO_TYPE", "PUBLISHED", "ROW_TYPES", "Argument", "Attached", "Bond", "Column", "Constraint",
    "ConstraintKind", "Default", "Dependency", "Extension", "Fact", "Function", "Index", "IndexKey", "Key",
    "Object", "Other", "Ref", "Relation", "RelationKind", "Role", "Row", "Schema", "Sequence", "Trigger",
    "Type", "TypeKind", "TypeName",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema(Object):
    """A schema; `pg_catalog`, `information_schema`, `public` and `pg_temp` are there from the start."""

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("schema", self.name),)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, a view or a composite type; `number` stays when it is renamed (attnum)."""

    number: int
    name: str
    type: TypeName
    not_null: bool = False
    identity: str = ""
    """`a` GENERATED ALWAYS, `d` BY DEFAULT, or empty."""
    is_generated: bool = False
    is_inherited: bool = False
    is_local: bool = True
    """It is the table's own, and stays when the parent loses it; it may be inherited as well."""
    collation: str = ""


class RelationKind(StrEnum):
    """relkind of pg_class."""

    TABLE = "r"
    PARTITIONED = "p"
    VIEW = "v"
    MATERIALIZED = "m"
    INDEX = "i"
    SEQUENCE = "S"
    COMPOSITE = "c"
    FOREIGN = "f"


ROW_TYPES = frozenset(RelationKind) - {RelationKind.INDEX, RelationKind.SEQUENCE}
"""Relations that have a type of their name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(Object):
    """A row of pg_class: tables, views, indexes, sequences and composite types share their names."""

    schema: int
    kind: RelationKind = RelationKind.TABLE
    columns: tuple[Column, ...] = ()
    next_column: int = 1
    """The number that the next column gets: numbers of dropped columns are not used again."""
    query: Any = None
    """A view's SELECT, as a parse tree."""
    parents: tuple[int, ...] = ()
    """Tables that it inherits from, or is a partition of."""
    settings: tuple[tuple[str, object], ...] = ()
    """What else defines it and has no part in any decision: row level security, storage, owner, bounds."""
    is_assumed: bool = False
    """It was not made by the ladder: there may be more columns, constraints and indexes than are known."""
    has_all_rows: bool = True
    """The store's rows are all the rows there are."""

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        relation = ("relation", self.schema, self.name)
        row_type = (("type", self.schema, self.name),) if self.kind in ROW_TYPES else ()
        return (relation, *row_type, *(("children", parent) for parent in self.parents))

    def column(self, name: str) -> Column | None:
        """Return the column of this name."""
        return next((column for column in self.columns if column.name == name), None)

    def numbered(self, number: int) -> Column | None:
        """Return the column of this number."""
        return next((column for column in self.columns if column.number == number), None)


@dataclass(frozen=True, slots=True)
class IndexKey:
    """A key of an index or an exclusion constraint: a column, or an expression."""

    column: int = 0
    expression: Any = None
    options: str = ""
    """Operator class, collation, order; or an exclusion's operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Relation):
    """An index; it depends on its table's columns, or INTERNALly on its constraint."""

    kind: RelationKind = RelationKind.INDEX
    table: int
    method: str = "btree"
    parts: tuple[IndexKey, ...] = ()
    included: tuple[int, ...] = ()
    predicate: Any = None
    is_unique: bool = False
    is_primary: bool = False
    nulls_not_distinct: bool = False
    is_valid: bool = True

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("relation", self.schema, self.name), ("indexes", self.table))


_OF_SEQUENCES = (
    Column(1, "last_value", TypeName("int8"), not_null=True),
    Column(2, "log_cnt", TypeName("int8"), not_null=True),
    Column(3, "is_called", TypeName("bool"), not_null=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Relation):
    """A sequence; where it stands is in the store's `sequences`, which no rollback moves back."""

    kind: RelationKind = RelationKind.SEQUENCE
    columns: tuple[Column, ...] = _OF_SEQUENCES
    type: TypeName = TypeName("int8")
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 2**63 - 1
    cycles: bool = False

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("relation", self.schema, self.name),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Default(Object):
    """A column's DEFAULT, or what it is GENERATED from (pg_attrdef); `name` is empty.

    It depends AUTOmatically on its column and NORMALly on what the expression uses.
    """

    table: int
    column: int
    expression: Any

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("default", self.table, self.column), ("defaults", self.table))


class ConstraintKind(StrEnum):
    """contype of pg_constraint."""

    PRIMARY = "p"
    UNIQUE = "u"
    FOREIGN = "f"
    CHECK = "c"
    EXCLUSION = "x"
    NOT_NULL = "n"
    """Of a domain; a column's own is in `Column.not_null` (in pg_constraint since Postgres 18)."""
    TRIGGER = "t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint(Object):
    """A constraint of a table or a domain (`owner`); names are unique within the owner."""

    owner: int
    schema: int
    kind: ConstraintKind
    columns: tuple[int, ...] = ()
    index: int = 0
    """The index behind a primary key, unique or exclusion constraint; of a foreign key, the referenced one's."""
    references: int = 0
    referenced: tuple[int, ...] = ()
    on_delete: str = "a"
    """confdeltype: a no action, r restrict, c cascade, n set null, d set default."""
    on_update: str = "a"
    expression: Any = None
    """Of a CHECK."""
    is_deferrable: bool = False
    is_deferred: bool = False
    is_validated: bool = True
    is_inherited: bool = False
    no_inherit: bool = False

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        mine: tuple[Key, ...] = (
            ("constraint", self.owner, self.name),
            ("constraints", self.owner),
            ("constraint name", self.schema, self.name),
        )
        return (*mine, ("referencing", self.references)) if self.references else mine


class TypeKind(StrEnum):
    """typtype of pg_type; composite types are relations."""

    BASE = "b"
    DOMAIN = "d"
    ENUM = "e"
    RANGE = "r"
    SHELL = "p"


@dataclass(frozen=True, slots=True, kw_only=True)
class Type(Object):
    """A type of the ladder's own (or of an extension's) that is no relation's."""

    schema: int
    kind: TypeKind
    labels: tuple[str, ...] = ()
    """An enum's."""
    renamed: tuple[tuple[str, str], ...] = ()
    """What an enum's labels were called before, and are now: in expressions that the catalog keeps."""
    base: TypeName = NO_TYPE
    """A domain's, or a range's subtype."""
    not_null: bool = False
    default: Any = None

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("type", self.schema, self.name),)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a function; `mode` is i, o, b (INOUT), v (VARIADIC) or t (a column of TABLE)."""

    name: str
    type: TypeName
    mode: str = "i"
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Object):
    """A function, procedure or aggregate; `signature` is what makes it one of its name."""

    schema: int
    kind: str = "f"
    """prokind: f function, p procedure, a aggregate, w window."""
    arguments: tuple[Argument, ...] = ()
    returns: TypeName = NO_TYPE
    returns_set: bool = False
    language: str = "sql"
    body: str = ""
    """Its source text; empty for one in C, or whose SQL body is a parse tree (`tree`)."""
    tree: Any = None
    settings: tuple[tuple[str, object], ...] = ()
    """Volatility, strictness, SECURITY DEFINER, SET clauses, ...: what defines it and decides nothing."""

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("function", self.schema, self.name),)

    @property
    def signature(self) -> tuple[TypeName, ...]:
        """The types of its input arguments, by which overloads are told apart (modifiers do not count)."""
        inputs = (argument.type for argument in self.arguments if argument.mode in "ibv")
        return tuple(TypeName("" if type_.oid else type_.name, type_.oid, (), type_.is_array) for type_ in inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Object):
    """A trigger; its name is unique on its table."""

    table: int
    function: int
    timing: str
    """before, after or instead."""
    events: frozenset[str]
    """insert, update, delete, truncate."""
    columns: tuple[int, ...] = ()
    """Of UPDATE OF."""
    is_row: bool = False
    when: Any = None
    arguments: tuple[str, ...] = ()
    is_enabled: bool = True
    is_constraint: bool = False
    settings: tuple[tuple[str, object], ...] = ()

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("trigger", self.table, self.name), ("triggers", self.table))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached(Object):
    """What has its name on a relation and is no trigger or constraint: a policy, a rule."""

    kind: str
    """policy or rule."""
    table: int
    settings: tuple[tuple[str, object], ...] = ()

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return ((self.kind, self.table, self.name), ("attached", self.table))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Object):
    """An extension, and the schema that its objects are in."""

    schema: int
    is_open: bool = False
    """It is not known what it brings: a type, a function or an operator that is not found may be its."""

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("extension", self.name), ("extensions",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Object):
    """A role; `settings` are its attributes, `member_of` the roles granted to it."""

    settings: tuple[tuple[str, object], ...] = ()
    member_of: frozenset[str] = frozenset()

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("role", self.name),)


PUBLISHED = "member of publication"
"""The kind of what says that a table or schema, its scope, is in the publication that it is named for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other(Object):
    """Anything else that has a name: `kind` says what (publication, cast, aggregate's operator, server, ...).

    `scope` is the schema or table that its name lives in, 0 for the database.
    """

    kind: str
    scope: int = 0
    settings: tuple[tuple[str, object], ...] = ()

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("other", self.kind, self.scope, self.name),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Object):
    """A comment, a privilege, a security label: something said of another object, AUTOmatically gone with it.

    `name` is what kind of fact it is and for whom: `comment`, `grant SELECT to app`.
    """

    about: Ref
    value: object = None

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("fact", self.about.oid, self.about.column, self.name), ("facts", self.about.oid))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Object):
    """A row of a table: values by column number; a number that is missing is NULL."""

    name: str = ""
    table: int
    values: Mapping[int, Value] = field(default_factory=dict)

    def keys(self) -> tuple[Key, ...]:
        """See `Object.keys`."""
        return (("rows", self.table),)

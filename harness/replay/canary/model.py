"""What the canary knows about tables, and what it says about its work, as values."""

from __future__ import annotations

from dataclasses import dataclass

Literal = str | None
"""A value in Postgres's text form; None is NULL."""


def quote(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Literal) -> str:
    """Return a value as SQL writes it."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Filled:
    """A table that holds rows; `added` of them are the canary's, 0 where the table takes no further row."""

    table: str
    added: int


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A table that stays empty, and why, in one sentence."""

    table: str
    reason: str


@dataclass(frozen=True, slots=True)
class Filling:
    """What `fill` has done; each table of the database is in one of the two, named with its schema."""

    filled: tuple[Filled, ...]
    unfilled: tuple[Unfilled, ...]


@dataclass(frozen=True, slots=True)
class Type:
    """A type as far as values of it have to be made."""

    name: str
    """As SQL writes it, with its modifier: `character varying(20)`."""
    kind: str
    """pg_type.typtype, or `a` for an array: b, c, d, e, m, r."""
    category: str = ""
    """pg_type.typcategory."""
    labels: tuple[str, ...] = ()
    """Of an enum."""
    parts: tuple[Type, ...] = ()
    """The base of a domain, the element of an array, the subtype of a range, the columns of a row type."""
    checks: tuple[str, ...] = ()
    """Of a domain: expressions about VALUE."""
    not_null: bool = False
    """Of a domain."""

    @property
    def base(self) -> Type:
        """The type below all domains."""
        return self.parts[0].base if self.kind == "d" else self

    @property
    def all_checks(self) -> tuple[str, ...]:
        """The checks of a domain and of the domains below it; none of another type."""
        return (*self.checks, *self.parts[0].all_checks) if self.kind == "d" else ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: Type
    not_null: bool
    default: str
    identity: bool
    generated: bool

    @property
    def is_servers(self) -> bool:
        """Whether the server makes the value: a generated or identity column, or one with a sequence."""
        return self.generated or self.identity or self.default.startswith("nextval(")


@dataclass(frozen=True, slots=True)
class Rule:
    """A CHECK, or a unique or exclusion key, and the columns it is about; keys have no expression."""

    name: str
    columns: tuple[str, ...]
    expression: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key; `columns` match `parent_columns` one by one."""

    name: str
    columns: tuple[str, ...]
    parent: int
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with all that a new row has to satisfy."""

    oid: int
    schema: str
    name: str
    kind: str
    """pg_class.relkind: r, p (partitioned) or f (foreign)."""
    columns: tuple[Column, ...]
    checks: tuple[Rule, ...] = ()
    keys: tuple[Rule, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    partitions: int = 0

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def quoted(self) -> str:
        """The name with its schema, as SQL writes it."""
        return f"{quote(self.schema)}.{quote(self.name)}"

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(column for column in self.columns if column.name == name)

    def may_lack(self, key: ForeignKey) -> bool:
        """Whether a row may do without the parent of a foreign key: one of its columns may be NULL."""
        return any(not self.column(name).not_null for name in key.columns)

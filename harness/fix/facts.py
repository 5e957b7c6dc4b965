"""Facts about the catalog, and the SQL that asks for them; what a guard in a migration is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.sql.quote import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Callable


class Fact(NamedTuple):
    """Something that exists in a catalog or does not.

    `owner` is the table of a column, constraint, trigger, policy or rule, and the type of a label. A relation is a
    table, view, index, sequence or whatever else stands in pg_class. A function's name has its argument types.
    """

    kind: str
    schema: str
    """Empty where a name is to be looked up on the search path, or the kind has no schemas."""
    owner: str
    name: str
    detail: str = ""
    """A column's type."""

    def __str__(self) -> str:
        where = f"{self.owner}.{self.name}"
        match self.kind:
            case "relation":
                return f"{_RELATIONS.get(self.detail, 'relation')} {self.name}"
            case "column":
                return f"column {where}"
            case "column type":
                return f"column {where} as {self.detail}"
            case "not null" | "default" | "identity":
                return f"{self.kind} of {where}"
            case _:
                return f"{self.kind} {self.name} of {self.owner}" if self.owner else f"{self.kind} {self.name}"


_RELATIONS = {
    "r": "table",
    "p": "table",
    "f": "foreign table",
    "v": "view",
    "m": "materialized view",
    "S": "sequence",
    "i": "index",
    "I": "index",
    "c": "type",
}
"""By pg_class.relkind."""


class Literal(NamedTuple):
    """A fact, or that it is none."""

    fact: Fact
    holds: bool

    def __str__(self) -> str:
        return f"{self.fact} {'exists' if self.holds else 'is gone'}"


def condition(literal_: Literal, home: str = "") -> str:
    """Return the SQL that is true where the literal is; things in the schema `home` go without a schema."""
    fact, holds = literal_
    detail = fact.detail.removeprefix(f"{identifier(home)}.")
    written = fact._replace(schema="", detail=detail) if fact.schema == home else fact
    if written.kind in _LOOKED_UP:
        function = _LOOKED_UP[written.kind]
        return f"{function}({literal(_qualified(written))}) IS {'NOT ' if holds else ''}NULL"
    return f"{'' if holds else 'NOT '}EXISTS (SELECT FROM {_QUERIES[written.kind](written)})"


def _qualified(fact: Fact, name: str = "") -> str:
    """Return a name as to_regclass and its kin read it; a function's comes quoted."""
    quoted = fact.name if fact.kind == "function" else identifier(name or fact.name)
    return f"{identifier(fact.schema)}.{quoted}" if fact.schema else quoted


_LOOKED_UP = {
    "relation": "to_regclass",
    "type": "to_regtype",
    "function": "to_regprocedure",
    "schema": "to_regnamespace",
    "role": "to_regrole",
}


def _of_relation(catalog: str, relation: str, name: str) -> Callable[[Fact], str]:
    def query(fact: Fact) -> str:
        owner = literal(_qualified(fact, fact.owner))
        return f"{catalog} WHERE {relation} = to_regclass({owner}) AND {name} = {literal(fact.name)}"

    return query


def _of_type(catalog: str, type_: str, name: str) -> Callable[[Fact], str]:
    def query(fact: Fact) -> str:
        owner = literal(_qualified(fact, fact.owner))
        return f"{catalog} WHERE {type_} = to_regtype({owner}) AND {name} = {literal(fact.name)}"

    return query


def _global(catalog: str, name: str) -> Callable[[Fact], str]:
    return lambda fact: f"{catalog} WHERE {name} = {literal(fact.name)}"


_column = _of_relation("pg_attribute", "attrelid", "attname")


def _column_type(fact: Fact) -> str:
    """Ask for a type; for one in a schema by oid, since format_type writes it as the search path asks."""
    detail = literal(fact.detail)
    return f"{_column(fact)} AND " + (
        f"atttypid = to_regtype({detail})" if "." in fact.detail else f"format_type(atttypid, atttypmod) = {detail}"
    )


def _partition(fact: Fact) -> str:
    parent, child = literal(_qualified(fact, fact.owner)), literal(_qualified(fact))
    return f"pg_inherits WHERE inhparent = to_regclass({parent}) AND inhrelid = to_regclass({child})"


_QUERIES: dict[str, Callable[[Fact], str]] = {
    "column": _column,
    "column type": _column_type,
    "not null": lambda fact: f"{_column(fact)} AND attnotnull",
    "default": lambda fact: f"{_column(fact)} AND atthasdef",
    "identity": lambda fact: f"{_column(fact)} AND attidentity <> ''",
    "constraint": _of_relation("pg_constraint", "conrelid", "conname"),
    "domain constraint": _of_type("pg_constraint", "contypid", "conname"),
    "trigger": _of_relation("pg_trigger", "tgrelid", "tgname"),
    "policy": _of_relation("pg_policy", "polrelid", "polname"),
    "rule": _of_relation("pg_rewrite", "ev_class", "rulename"),
    "partition": _partition,
    "label": _of_type("pg_enum", "enumtypid", "enumlabel"),
    "extension": _global("pg_extension", "extname"),
    "publication": _global("pg_publication", "pubname"),
    "event trigger": _global("pg_event_trigger", "evtname"),
}

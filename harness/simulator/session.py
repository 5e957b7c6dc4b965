"""A connection to the symbolic database: its search path, its settings, and how names are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import (
    NO_TYPE,
    Column,
    Function,
    Relation,
    RelationKind,
    Role,
    Schema,
    Type,
)
from harness.simulator.doubt import Doubt
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from harness.simulator.catalog.store import Store

DEFAULT_SEARCH_PATH = ("$user", "public")
TEMPORARY = "pg_temp"
SYSTEM_SCHEMAS = ("pg_catalog", "information_schema")
MOST_WORK = 60_000
"""Rows that one statement looks at, about a second's worth."""
OWNER = "postgres"
"""The role that boots: a superuser, as in the stacks that people test with."""


@dataclass(slots=True)
class Session:
    """What one boot's connection knows.

    In the cold boot a ladder is taken at its word: what it needs and has not made was there before (`assumed`). In
    the warm boot, and where a handler stands ready for the error (`catching`), a missing name is an error.
    """

    store: Store
    is_cold: bool
    search_path: tuple[str, ...] = DEFAULT_SEARCH_PATH
    settings: dict[str, str] = field(default_factory=dict)
    role: str = OWNER
    assumed: list[str] = field(default_factory=list)
    doubt: Doubt = field(default_factory=Doubt)
    """What statements that were not understood may have done."""
    catching: int = 0
    depth: int = 0
    """How deep functions, triggers and views call one another."""
    stored: int = 0
    """How deep within expressions that the catalog keeps."""
    work: int = 0
    """How many rows the statement under way has looked at."""
    _path: tuple[object, tuple[Schema, ...]] | None = None
    """The schemas of the search path, and what they were found under."""
    at_end: list[Callable[[], None]] = field(default_factory=list)
    """What is to be done when the transaction ends: settings that were LOCAL to it go back."""
    savepoints: list[tuple[str, int]] = field(default_factory=list)
    """The marks to roll back to: of the BEGIN under way, whose name is empty, and of savepoints."""
    env: Any = None
    """The variables in sight of a statement that stands in a body of PL/pgSQL."""
    prepared: dict[str, Any] = field(default_factory=dict)
    """What PREPARE has prepared: the parse tree by name."""

    @contextmanager
    def handler(self) -> Iterator[None]:
        """Mark a block whose errors are caught by the ladder itself: nothing is assumed within."""
        self.catching += 1
        try:
            yield
        finally:
            self.catching -= 1

    def keep(self) -> Callable[[], None]:
        """Return what puts the settings back as they are now: those that a refused statement made are undone."""
        kept = self.search_path, dict(self.settings), self.role, len(self.at_end)

        def restore() -> None:
            self.search_path, self.settings, self.role, size = kept
            del self.at_end[size:]

        return restore

    def end_transaction(self) -> None:
        """End the transaction that a file is sent in; later wishes are carried out first."""
        while self.at_end:
            self.at_end.pop()()

    @property
    def is_tired(self) -> bool:
        """Whether the statement under way has looked at so many rows that the rest is better left unknown."""
        return self.work > MOST_WORK

    @property
    def may_assume(self) -> bool:
        """Whether a missing name is taken to be there."""
        return self.is_cold and not self.catching

    # schemas

    def find_schema(self, name: str) -> Schema | None:
        """Return a schema."""
        return self.store.one(Schema, "schema", name)

    def schema(self, name: str) -> Schema:
        """Return a schema that has to be there."""
        found = self.find_schema(name)
        if found is None:
            if not self.may_assume:
                raise Refused("3F000", f'schema "{name}" does not exist', name)
            self.assumed.append(f"schema {name}")
            found = self.store.put(Schema(oid=self.store.new_oid(), name=name))
        return found

    def path(self) -> tuple[Schema, ...]:
        """Return the schemas in which unqualified names are looked up, in order; those that are missing are not."""
        state = (self.search_path, self.role, self.store.schemas_changed)
        if self._path is None or self._path[0] != state:
            names = [self.role if name == "$user" else name for name in self.search_path]
            implicit = [name for name in (TEMPORARY, "pg_catalog") if name not in names]
            found = (self.find_schema(name) for name in (*implicit, *names))
            self._path = state, tuple(schema for schema in found if schema is not None)
        return self._path[1]

    def creation_schema(self, name: str = "", *, temporary: bool = False) -> Schema:
        """Return the schema in which a new object is made."""
        if temporary:
            return self.schema(TEMPORARY)
        if name:
            return self.schema(name)
        hidden = (TEMPORARY, *SYSTEM_SCHEMAS)
        found = next((schema for schema in self.path() if schema.name not in hidden), None)
        if found is None:
            raise Refused("3F000", "no schema has been selected to create in")
        return found

    def _schemas(self, name: str) -> Iterator[Schema]:
        """Yield the schemas in which a name that is qualified by `name`, or by nothing, may be."""
        if not name:
            yield from self.path()
        else:
            found = self.find_schema(name)
            if found is not None:
                yield found

    # relations

    def find_relation(self, name: str, schema: str = "") -> Relation | None:
        """Return a table, view, index, sequence or composite type."""
        for each in self._schemas(schema):
            found = self.store.one(Relation, "relation", each.oid, name)
            if found is not None:
                return found
        return None

    def relation(self, name: str, schema: str = "") -> Relation:
        """Return a relation that has to be there (42P01, 3F000)."""
        found = self.find_relation(name, schema)
        if found is not None:
            return found
        if schema:
            self.schema(schema)
        full = f"{schema}.{name}" if schema else name
        if not self.may_assume:
            raise Refused("42P01", f'relation "{full}" does not exist', name)
        self.assumed.append(f"table {full}")
        return self.store.put(
            Relation(
                oid=self.store.new_oid(),
                name=name,
                schema=self.creation_schema(schema).oid,
                is_assumed=True,
                has_all_rows=False,
            )
        )

    def ranged(self, node: Any) -> Relation:
        """Return the relation that a RangeVar names."""
        return self.relation(node.relname, node.schemaname)

    def column(self, relation: Relation, name: str) -> Column:
        """Return a column that has to be there (42703)."""
        relation = self.store.of(relation.oid, Relation)
        found = relation.column(name)
        if found is not None:
            return found
        if not (self.may_assume or relation.is_assumed):
            raise Refused("42703", f'column "{name}" of relation "{relation.name}" does not exist', name)
        if not relation.is_assumed:
            self.assumed.append(f"column {relation.name}.{name}")
        column = Column(relation.next_column, name, NO_TYPE)
        columns = (*relation.columns, column)
        self.store.put(replace(relation, columns=columns, next_column=relation.next_column + 1))
        return column

    # types, functions, roles

    def find_type(self, name: str, schema: str = "") -> Type | Relation | None:
        """Return a type of the ladder's own, or the table whose row it is."""
        for each in self._schemas(schema):
            found = self.store.one(Type, "type", each.oid, name) or self.store.one(Relation, "type", each.oid, name)
            if found is not None:
                return found
        return None

    def functions(self, name: str, schema: str = "") -> list[Function]:
        """Return the ladder's own functions of a name, those of earlier schemas first."""
        found = (self.store.all(Function, "function", each.oid, name) for each in self._schemas(schema))
        return [function for functions in found for function in functions]

    def find_role(self, name: str) -> Role | None:
        """Return a role."""
        return self.store.one(Role, "role", name)

    def require_role(self, name: str) -> Role:
        """Return a role that has to be there (42704)."""
        found = self.find_role(name)
        if found is None:
            if not self.may_assume:
                raise Refused("42704", f'role "{name}" does not exist', name)
            self.assumed.append(f"role {name}")
            found = self.store.put(Role(oid=self.store.new_oid(), name=name))
        return found

    def relation_kind(self, relation: Relation) -> RelationKind:
        """Return a relation's kind as the store has it now."""
        return self.store.of(relation.oid, Relation).kind

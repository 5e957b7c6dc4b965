"""The facts of a ladder's cold boot: after which statement each began to hold, and after which it ceased to.

Facts are read from the system catalogs after every statement, but only from those catalogs to which Postgres counts
writes in the statement's transaction.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from psycopg.pq import TransactionStatus

from harness.fix.facts import Fact, Literal
from harness.replay.catalog import USER_SCHEMAS
from harness.replay.state import observing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Migration, Statement

_QUERIES = {
    "pg_class": """
    SELECT nspname, '', relname, relkind::text FROM pg_class r JOIN spaces n ON n.oid = relnamespace""",
    "pg_attribute": """
    SELECT nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull, atthasdef, attidentity <> ''
    FROM pg_attribute a JOIN pg_class r ON r.oid = attrelid JOIN spaces n ON n.oid = relnamespace
    WHERE attnum > 0 AND NOT attisdropped AND relkind NOT IN ('i', 'I', 'S')""",
    "pg_constraint": """
    SELECT 'constraint', nspname, relname, conname
    FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid JOIN spaces n ON n.oid = relnamespace
    WHERE contype <> 'n'
    UNION ALL SELECT 'domain constraint', nspname, typname, conname
    FROM pg_constraint c JOIN pg_type t ON t.oid = contypid JOIN spaces n ON n.oid = typnamespace
    WHERE contype <> 'n'""",
    "pg_type": """
    SELECT nspname, '', typname FROM pg_type t JOIN spaces n ON n.oid = typnamespace
    WHERE typelem = 0 AND (typrelid = 0 OR (SELECT relkind FROM pg_class WHERE oid = typrelid) = 'c')""",
    "pg_enum": """
    SELECT nspname, typname, enumlabel
    FROM pg_enum e JOIN pg_type t ON t.oid = enumtypid JOIN spaces n ON n.oid = typnamespace""",
    "pg_trigger": """
    SELECT nspname, relname, tgname
    FROM pg_trigger t JOIN pg_class r ON r.oid = tgrelid JOIN spaces n ON n.oid = relnamespace
    WHERE NOT tgisinternal""",
    "pg_policy": """
    SELECT nspname, relname, polname
    FROM pg_policy p JOIN pg_class r ON r.oid = polrelid JOIN spaces n ON n.oid = relnamespace""",
    "pg_rewrite": """
    SELECT nspname, relname, rulename, md5(ev_action::text)
    FROM pg_rewrite w JOIN pg_class r ON r.oid = ev_class JOIN spaces n ON n.oid = relnamespace""",
    "pg_proc": """
    SELECT nspname, '', format('%I(%s)', proname, oidvectortypes(proargtypes)),
           md5(concat_ws(' ', prosrc, prosqlbody, proconfig, prorettype, proargnames, proargdefaults))
    FROM pg_proc p JOIN spaces n ON n.oid = pronamespace""",
    "pg_inherits": """
    SELECT nspname, relname, (SELECT relname FROM pg_class c WHERE c.oid = inhrelid)
    FROM pg_inherits i JOIN pg_class r ON r.oid = inhparent JOIN spaces n ON n.oid = relnamespace""",
    "pg_namespace": "SELECT '', '', nspname FROM spaces",
    "pg_extension": "SELECT '', '', extname FROM pg_extension",
    "pg_authid": "SELECT '', '', rolname FROM pg_authid",
    "pg_publication": "SELECT '', '', pubname FROM pg_publication",
    "pg_event_trigger": "SELECT '', '', evtname FROM pg_event_trigger",
}
"""What to read from each catalog: schema, owner and name, and what else the facts are made of."""
_NAMES_OF_OTHERS = frozenset(("pg_class", "pg_type", "pg_namespace"))
"""Catalogs with names that are part of facts from other catalogs: a rename there is one of all those."""


def _columns(row: Sequence[Any]) -> Iterator[Fact]:
    schema, table, name, type_, is_not_null, has_default, is_identity = row
    yield Fact("column", schema, table, name)
    yield Fact("column type", schema, table, name, type_)
    flags = {"not null": is_not_null, "default": has_default, "identity": is_identity}
    yield from (Fact(kind, schema, table, name) for kind, is_set in flags.items() if is_set)


def _rules(row: Sequence[Any]) -> Iterator[Fact]:
    schema, table, name, definition = row
    if name != "_RETURN":
        yield Fact("rule", schema, table, name)
    yield Fact("definition", schema, table, name, definition)


def _functions(row: Sequence[Any]) -> Iterator[Fact]:
    schema, _, name, definition = row
    yield Fact("function", schema, "", name)
    yield Fact("definition", schema, "", name, definition)


def _named(kind: str) -> Callable[[Sequence[Any]], Iterator[Fact]]:
    return lambda row: iter((Fact(kind, *row),))


_READERS: dict[str, Callable[[Sequence[Any]], Iterator[Fact]]] = {
    "pg_class": _named("relation"),
    "pg_attribute": _columns,
    "pg_constraint": lambda row: iter((Fact(*row),)),
    "pg_type": _named("type"),
    "pg_enum": _named("label"),
    "pg_trigger": _named("trigger"),
    "pg_policy": _named("policy"),
    "pg_rewrite": _rules,
    "pg_proc": _functions,
    "pg_inherits": _named("partition"),
    "pg_namespace": _named("schema"),
    "pg_extension": _named("extension"),
    "pg_authid": _named("role"),
    "pg_publication": _named("publication"),
    "pg_event_trigger": _named("event trigger"),
}
# What was made, or failed, in the same transaction counts as well.
_WRITES = """
SELECT format('%I.%I', nspname, relname), pg_stat_get_xact_tuples_inserted(r.oid)
    + pg_stat_get_xact_tuples_updated(r.oid) + pg_stat_get_xact_tuples_deleted(r.oid)
FROM pg_class r JOIN spaces n ON n.oid = relnamespace WHERE relkind = 'r'
"""
_COUNTS = """
SELECT name, pg_stat_get_xact_tuples_inserted(name::regclass) + pg_stat_get_xact_tuples_updated(name::regclass)
             + pg_stat_get_xact_tuples_deleted(name::regclass) FROM unnest(%s::text[]) name
"""


Key = tuple[str, int]
"""A statement: the name of its file and its number there."""


class Timeline:
    """Facts over the statements of a cold boot, which are the moments, numbered from 0."""

    def __init__(self) -> None:
        self.moments: dict[Key, int] = {}
        """The statements that were carried out, by their file's name and their number in it."""
        self.homes: list[str] = []
        """The schema that names without one belong to, after each statement."""
        self.ends: list[int] = []
        """The last statement of each file that has any."""
        self.shaky: dict[Fact, int] = {}
        """What a second boot of the ladder, as it is, changes on its way, and the first statement that does: for
        others it is no good witness."""
        self.writes: dict[Key, frozenset[str]] = {}
        """The tables to which a statement wrote rows, by their names with schema, quoted as SQL needs it."""
        self._turns: dict[Fact, list[int]] = {}
        """When a fact began to hold, ceased to, began again and so on."""
        self._changes: list[list[Fact]] = []
        self._from_before: set[Fact] = set()
        self._file = ""

    def begin(self, facts: Iterable[Fact]) -> None:
        """Note what holds before the first statement."""
        self._from_before.update(facts)

    def add(self, key: Key, changed: Iterable[Fact], home: str) -> None:
        """Note what turned by the next statement."""
        moment = len(self._changes)
        is_same_file = moment and key[0] == self._file
        self.ends[-1:] = [moment] if is_same_file else [*self.ends[-1:], moment]
        self._file = key[0]
        self.moments[key] = moment
        self._changes.append(sorted(changed))
        self.homes.append(home)
        for fact in self._changes[-1]:
            self._turns.setdefault(fact, []).append(moment)

    @property
    def last(self) -> int:
        """The last statement of all."""
        return len(self._changes) - 1

    def holds(self, literal: Literal, moment: int) -> bool:
        """Whether a literal is true after a statement; -1 is before the first."""
        turns = bisect_right(self._turns.get(literal.fact, []), moment)
        return literal.holds == ((turns % 2 == 1) != (literal.fact in self._from_before))

    def turned(self, moment: int) -> list[Literal]:
        """Return what a statement made true."""
        changes = self._changes[moment] if 0 <= moment <= self.last else []
        return [literal for fact in changes if self.holds(literal := Literal(fact, holds=True), moment)] + [
            literal for fact in changes if self.holds(literal := Literal(fact, holds=False), moment)
        ]

    def is_shaky(self, fact: Fact, moment: int) -> bool:
        """Whether another statement than the one at this moment changes a fact for a while at each boot."""
        return self.shaky.get(fact, moment) != moment

    def learn_from(self, second: Timeline) -> None:
        """Take note of what a second boot changes on its way."""
        keys = {moment: key for key, moment in second.moments.items()}
        self.shaky = {fact: self.moments.get(keys[turns[0]], -1) for fact, turns in second._turns.items()}

    def until(self, literal: Literal, end: int) -> int:
        """Return the number of the first of `ends`, from this one on, where a literal is not true."""
        return next(
            (n for n in range(end, len(self.ends)) if not self.holds(literal, self.ends[n])), len(self.ends)
        )

    def file_of(self, moment: int) -> int:
        """Return the number of the file, among those with statements, that a statement belongs to."""
        return bisect_left(self.ends, moment)


class Recorder:
    """Builds the timeline of a boot; a Watch for `harness.replay.attempt`."""

    def __init__(self, connection: Connection[TupleRow]) -> None:
        self.timeline = Timeline()
        self._connection = connection
        self._counts: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        with observing(connection):
            self._catalogs = {name: self._read(name) for name in _QUERIES}
        self.timeline.begin(fact for facts in self._catalogs.values() for fact in facts)

    def passed(self, migration: Migration, statement: Statement) -> None:
        """Read the catalogs that the statement wrote to."""
        key = (migration.name, statement.number)
        outside = self._connection.info.transaction_status == TransactionStatus.IDLE
        home = str(self._connection.execute("SELECT pg_catalog.current_schema()").fetchall()[0][0] or "")
        with observing(self._connection):
            changed = self._changed(frozenset(_QUERIES) if outside else self._touched())
            self.timeline.writes[key] = self._written()
        self.timeline.add(key, changed, home)

    def failed(self) -> None:
        """Leave the statement out: it changed nothing."""

    def _touched(self) -> frozenset[str]:
        counts: dict[str, int] = dict(self._connection.execute(_COUNTS, [list(_QUERIES)]).fetchall())
        touched = frozenset(name for name, count in counts.items() if count and self._counts.get(name) != count)
        self._counts = counts
        return touched

    def _written(self) -> frozenset[str]:
        query = f"WITH spaces AS ({USER_SCHEMAS}) {_WRITES}"
        rows: dict[str, int] = dict(self._connection.execute(query.encode()).fetchall())
        written = frozenset(name for name, count in rows.items() if count > self._rows.get(name, 0))
        self._rows = rows
        return written

    def _changed(self, catalogs: Collection[str]) -> set[Fact]:
        """Read catalogs again, all of them where a name that may be part of other facts is gone."""
        changed: set[Fact] = set()
        for name in sorted(catalogs, key=lambda name: name not in _NAMES_OF_OTHERS):
            now = self._read(name)
            gone = self._catalogs[name] - now
            if gone and name in _NAMES_OF_OTHERS and len(catalogs) < len(_QUERIES):
                return changed | self._changed(_QUERIES)
            changed |= gone | (now - self._catalogs[name])
            self._catalogs[name] = now
        return changed

    def _read(self, catalog: str) -> frozenset[Fact]:
        query = f"WITH spaces AS ({USER_SCHEMAS}) {_QUERIES[catalog]}"
        rows = self._connection.execute(query.encode()).fetchall()
        return frozenset(fact for row in rows for fact in _READERS[catalog](row))

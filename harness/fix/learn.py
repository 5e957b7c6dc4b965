"""What is to be known of a ladder before it can be fixed: the facts of its cold boot, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.fix import proof
from harness.fix.offers import Table
from harness.fix.timeline import Recorder
from harness.fix.witness import TABLES_AND_VIEWS
from harness.replay import boots
from harness.replay.attempt import attempt
from harness.replay.catalog import USER_SCHEMAS
from harness.replay.state import observing

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.fix.facts import Fact, Literal
    from harness.fix.timeline import Key, Timeline
    from harness.ladder.model import Ladder, Migration
    from harness.replay.server import Server
    from harness.replay.state import State

# Only whole columns make a key that ON CONFLICT can name by them; see infer_arbiter_indexes in plancat.c.
_TABLES = """
SELECT nspname, relname,
       ARRAY(SELECT attname::text FROM pg_attribute
             WHERE attrelid = r.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum),
       ARRAY(SELECT to_json(ARRAY(SELECT attname FROM unnest(indkey) WITH ORDINALITY k(number, place)
                                  JOIN pg_attribute ON attrelid = r.oid AND attnum = number ORDER BY place))
             FROM pg_index WHERE indrelid = r.oid AND indisunique AND indimmediate AND indisvalid
                             AND indpred IS NULL AND indexprs IS NULL
             ORDER BY indisprimary DESC, indnatts, indexrelid),
       ARRAY(SELECT attname::text FROM pg_attribute a LEFT JOIN pg_attrdef d ON adrelid = r.oid AND adnum = attnum
             WHERE attrelid = r.oid AND attnum > 0
               AND (attidentity <> '' OR pg_get_expr(adbin, adrelid) LIKE '%nextval(%')),
       ARRAY(SELECT attname::text FROM pg_attribute
             WHERE attrelid = r.oid AND atttypid = ANY (ARRAY['json', 'xml', 'point', 'polygon']::regtype[]))
FROM pg_class r JOIN spaces n ON n.oid = relnamespace WHERE relkind IN ('r', 'p')
"""


@dataclass(frozen=True)
class Knowledge:
    """What a cold boot of the original taught."""

    timeline: Timeline
    state: State
    """What it came to."""
    varying: proof.Varying
    """What another cold boot makes otherwise."""
    tables: dict[tuple[str, str], Table]
    """By schema and name."""
    revived: dict[Key, Fact]
    """The statements that, run again, make what the end of the ladder does not have, and what that is."""
    writes: dict[Key, frozenset[str]]
    """The tables to which a statement, run again, writes rows."""

    def table(self, name: str) -> Table:
        """Return what is known of a table by its name as SQL writes it; nothing of one that is gone at the end."""
        schema, _, bare = name.replace('"', "").rpartition(".")
        schemas = [schema] if schema else dict.fromkeys(self.timeline.homes)
        found = (self.tables.get((each, bare)) for each in schemas)
        return next((table for table in found if table), Table())


def learn(server: Server, ladder: Ladder, setup: Migration | None) -> Knowledge:
    """Boot a ladder cold, which has to pass, and boot it again statement by statement, cold and warm."""
    with boots.blank(server, ladder, setup) as connection:
        _, piecewise = boots.boot(connection, ladder)
        state = proof.fresh(server, connection)
    with boots.blank(server, ladder, setup) as connection:
        timeline = _record(connection, ladder, piecewise)
        tables = _tables(connection)
        other = proof.fresh(server, connection)
        with boots.warm(server, setup) as again:
            second = _record(again, ladder, piecewise)
    timeline.learn_from(second)
    return Knowledge(timeline, state, proof.varying(state, other), tables, _revived(second), second.writes)


def _record(connection: Connection[TupleRow], ladder: Ladder, piecewise: list[Migration]) -> Timeline:
    recorder = Recorder(connection)
    attempt(connection, ladder.migrations, piecewise=piecewise, watch=recorder)
    return recorder.timeline


def _revived(second: Timeline) -> dict[Key, Fact]:
    """Return the statements that make what the end of the ladder does not have, if it stays or is moved on."""
    found = {}
    for key, moment in second.moments.items():
        for literal in second.turned(moment):
            if literal.holds and _is_made(literal.fact) and _stays(second, literal, moment):
                found[key] = literal.fact
    return found


def _is_made(fact: Fact) -> bool:
    return fact.kind == "type" or (fact.kind == "relation" and fact.detail in TABLES_AND_VIEWS)


def _stays(second: Timeline, literal: Literal, moment: int) -> bool:
    """Whether a thing that was made is there at the end, under whatever name it went on."""
    gone = next((n for n in range(moment + 1, second.last + 1) if not second.holds(literal, n)), None)
    return gone is None or any(
        other.holds and other.fact.kind == literal.fact.kind for other in second.turned(gone)
    )


def _tables(connection: Connection[TupleRow]) -> dict[tuple[str, str], Table]:
    with observing(connection):
        rows = connection.execute(f"WITH spaces AS ({USER_SCHEMAS}) {_TABLES}".encode()).fetchall()
    return {
        (schema, name): Table(tuple(columns), tuple(tuple(key) for key in keys), *map(tuple, others))
        for schema, name, columns, keys, *others in rows
    }

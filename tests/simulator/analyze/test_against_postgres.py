"""Thousands of small statements, analyzed by the simulator and by Postgres 18: types and refusals are the same.

Postgres only prepares them: that is its parse analysis and nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache, partial

import psycopg
import pytest
from psycopg.pq import DiagnosticField, ExecStatus

from harness.replay.postgres import embedded
from harness.simulator.analyze import builtin, types
from harness.simulator.catalog.objects import TypeName
from tests.simulator.analyze.conftest import made, told

SETUP = """
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TYPE pair AS (x int, y text);
CREATE TABLE t (
    i2 int2, i4 int4, i8 int8, num numeric(10, 2), f4 real, f8 float8, tx text, vc varchar(20), nm name,
    b bool, d date, ts timestamp, tz timestamptz, tm time, iv interval, u uuid, j json, jb jsonb, by bytea, o oid,
    rc regclass, ine inet, ia int[], ta text[], va varchar(5)[], md mood, ma mood[], pr pair, r4 int4range,
    tr tstzrange, tsv tsvector, tsq tsquery, mo money, pt point, c "char"
);
"""
_OPERANDS = """
i2 i4 i8 num f4 f8 tx vc nm b d ts tz tm iv u j jb by o rc ine ia ta va md ma pr r4 tr tsv tsq mo pt c t null
'1' '{}' 1 1.5 true array[1]
"""
OPERANDS = _OPERANDS.split()
_TYPES = """
int2 int int8 numeric(10,2) real float8 text varchar(20) name bool date timestamp timestamptz time interval uuid
json jsonb bytea oid regclass inet int[] text[] mood mood[] pair int4range money tsvector t
"""
TYPES = _TYPES.split()
LEXICAL = frozenset(("22P02", "22P03", "22P04", "22007", "22008", "22003", "22023", "42704", "42P01", "42601"))
"""What is wrong with a literal: the values are another room's matter."""
NOT_SAID = LEXICAL | {"0A000", "42803", "42804", "42809"}
"""What may pass: aggregates at wrong places, polymorphic functions of literals alone, values of pseudo-types."""
SELECT = "SELECT {} FROM t"
UPDATE = "UPDATE t SET {} = {}"
SESSION = made(SETUP)
TABLE = SESSION.relation("t")

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Connect to a database with the table."""
    with embedded(18) as server:
        server.create("types")
        with server.connect("types") as connection:
            connection.execute(SETUP)
            yield connection


def operators(chance: random.Random) -> Iterator[str]:
    """Yield expressions of every operator."""
    names = sorted({name for name in OPERATORS if builtin.operators(name, is_prefix=False)})
    for name in names:
        for _ in range(25):
            yield SELECT.format(f"{chance.choice(OPERANDS)} {name} {chance.choice(OPERANDS)}")
    for name in ("-", "+", "~", "@"):
        yield from (SELECT.format(f"{name} {operand}") for operand in OPERANDS)


_OPERATORS = """
+ - * / % ^ = <> < > <= >= || ~ ~* !~ ~~ ~~* & | # << >> @> <@ && -> ->> #> #>> ? ?| @@ -|- *=
"""
OPERATORS = _OPERATORS.split()


def functions(chance: random.Random) -> Iterator[str]:
    """Yield calls, with arguments that fit and with others."""
    for name in FUNCTIONS:
        for candidate in builtin.functions(name):
            for _ in range(3):
                chosen = [_operand(chance, each) for each in candidate.arguments]
                yield SELECT.format(f"{name}({', '.join(chosen)})")
                others = chance.choices(OPERANDS, k=max(1, len(chosen)))
                yield SELECT.format(f"{name}({', '.join(others)})")


_FUNCTIONS = """
abs round ceil mod power sqrt length lower upper substr substring replace left lpad btrim split_part position
strpos regexp_replace regexp_matches to_char to_date to_timestamp to_number date_trunc date_part age now
make_date extract generate_series unnest array_length array_append array_cat array_agg array_to_string
string_to_array cardinality json_build_object jsonb_build_object jsonb_set jsonb_agg to_jsonb row_to_json
jsonb_array_elements json_each count sum avg min max string_agg bool_and concat concat_ws format quote_literal
md5 encode decode gen_random_uuid greatest int4 text date numeric nextval pg_get_constraintdef lower_inc
range_merge enum_range num_nonnulls
"""
FUNCTIONS = _FUNCTIONS.split()


def _operand(chance: random.Random, wanted: TypeName) -> str:
    """Return a column of a type, or anything."""
    fitting = [each.name for each in TABLE.columns if types.bare(each.type) == wanted]
    return chance.choice(fitting) if fitting and chance.random() < 0.7 else chance.choice(OPERANDS)


def casts(chance: random.Random) -> Iterator[str]:
    """Yield what gives several expressions one type, assignments and casts."""
    forms = (
        "SELECT {0}::{1} FROM t",
        "SELECT {0} FROM t UNION ALL SELECT null::{1}",
        "SELECT coalesce({0}, null::{1}) FROM t",
        "SELECT CASE WHEN b THEN {0} ELSE null::{1} END FROM t",
        "SELECT ARRAY[{0}, null::{1}] FROM t",
        "SELECT {0} IN (null::{1}, null) FROM t",
        "SELECT {0} = ANY (null::{1}) FROM t",
        "SELECT nullif({0}, null::{1}) FROM t",
        "SELECT greatest({0}, null::{1}, null) FROM t",
    )
    for operand in OPERANDS:
        for form in forms:
            yield from (form.format(operand, each) for each in chance.sample(TYPES, 4))
        yield from (UPDATE.format(each.name, operand) for each in chance.sample(TABLE.columns, 12))
        yield SELECT.format(f"1 FROM t WHERE {operand} --")


@pytest.mark.parametrize("statements", [operators, functions, casts])
def test_types_and_refusals_are_those_of_postgres(
    statements: Callable[[random.Random], Iterator[str]], connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Nothing is refused that Postgres takes; columns have its names and types, errors its SQLSTATE."""
    chance = random.Random(1)  # noqa: S311 - the same statements each time
    describe = cache(partial(_format, connection))
    differences = []
    for sql in statements(chance):
        wanted, said = _prepared(connection, sql, describe), told(SESSION, sql)
        if said != wanted and not _is_excused(wanted, said):
            differences.append((sql, wanted, said))
    assert differences == []


def _is_excused(wanted: str, said: str) -> bool:
    both_refuse = len(wanted) == len(said) == 5
    return wanted in LEXICAL if both_refuse else wanted in NOT_SAID


def _prepared(
    connection: psycopg.Connection[tuple[object, ...]], sql: str, describe: Callable[[int, int], str]
) -> str:
    """Return Postgres's answer in the words of `told`."""
    prepared = connection.pgconn.prepare(b"", sql.encode())
    if prepared.status == ExecStatus.FATAL_ERROR:
        return (prepared.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    row = connection.pgconn.describe_prepared(b"")
    names = ((row.fname(place) or b"").decode() for place in range(row.nfields))
    return ", ".join(f"{name} {describe(row.ftype(n), row.fmod(n))}" for n, name in enumerate(names))


def _format(connection: psycopg.Connection[tuple[object, ...]], oid: int, modifier: int) -> str:
    found = connection.execute("SELECT format_type(%s::oid, %s)", (oid, modifier)).fetchone()
    assert found is not None
    return str(found[0])

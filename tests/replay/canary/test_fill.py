"""Canary rows: what every kind of table gets, and what is said about a table that gets none."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from harness.replay.canary.fill import fill
from harness.replay.canary.model import Filled, Unfilled
from harness.replay.server import Server

pytestmark = pytest.mark.postgres

Connection = psycopg.Connection[TupleRow]

FULL = {
    "types": """CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TYPE pair AS (a int, b text);
        CREATE TABLE t (a smallint, b numeric(3,2), c varchar(3), d char(2), e mood NOT NULL, f mood[], g int4range,
        h tstzrange, i uuid, j jsonb, k inet, l bytea, m pair, n date, o interval, p bit(4), q tsvector, r point,
        s datemultirange, t "char", u xml, v boolean, w money, x timestamptz, y time)""",
    "check constants": "CREATE TABLE t (a text CHECK (a IN ('red', 'blue')), b int CHECK (b BETWEEN 90 AND 95))",
    "check pattern": r"""CREATE TABLE t (a text NOT NULL CHECK (a ~ '^[A-Z]{3}-\d{4,}$'),
        b text NOT NULL CHECK (b LIKE 'sk\_%'), c text NOT NULL CHECK (c ~ '^(GET|PUT) /[[:alpha:]]+$'))""",
    "check length": """CREATE TABLE t (a text NOT NULL CHECK (char_length(a) = 26),
        b bytea NOT NULL CHECK (length(b) = 32))""",
    "check json": """CREATE TABLE t (a jsonb NOT NULL CHECK (jsonb_typeof(a) = 'array'),
        b jsonb NOT NULL CHECK (b ? 'rules'))""",
    "check pairs": """CREATE TABLE t (kind text CHECK (kind IN ('user', 'group')), user_id int, group_id int,
        CHECK ((kind = 'user') = (user_id IS NOT NULL)), CHECK ((kind = 'group') = (group_id IS NOT NULL)))""",
    "check order": """CREATE TABLE t (a timestamptz NOT NULL, b timestamptz NOT NULL,
        CHECK (a + interval '1 hour' < b))""",
    "check that fails": "CREATE TABLE t (a text NOT NULL CHECK (a::inet << '192.0.0.0/8'))",
    "domains": """CREATE DOMAIN slug AS text CHECK (VALUE ~ '^[a-z0-9-]{4,}$');
        CREATE DOMAIN short_slug AS slug NOT NULL CHECK (length(VALUE) < 9);
        CREATE TABLE t (a short_slug, b slug[])""",
    "parents": """CREATE TABLE t (id serial PRIMARY KEY, b_id bigint NOT NULL);
        CREATE TABLE b (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
        ALTER TABLE t ADD FOREIGN KEY (b_id) REFERENCES b (id)""",
    "parents that agree": """CREATE TABLE a (id int PRIMARY KEY);
        CREATE TABLE b (a_id int NOT NULL REFERENCES a, id int, PRIMARY KEY (a_id, id));
        CREATE TABLE t (a_id int NOT NULL REFERENCES a, b_id int NOT NULL, c_id int,
        FOREIGN KEY (a_id, b_id) REFERENCES b, FOREIGN KEY (a_id, c_id) REFERENCES b)""",
    "pairs of parents": """CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY);
        INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1), (2);
        CREATE TABLE t (a int REFERENCES a, b int REFERENCES b, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 1)""",
    "its own parent": "CREATE TABLE t (id bigserial PRIMARY KEY, root bigint NOT NULL REFERENCES t)",
    "nullable circle": """CREATE TABLE t (id int PRIMARY KEY, b int);
        CREATE TABLE b (id int PRIMARY KEY, t int NOT NULL REFERENCES t);
        ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES b""",
    "circle": """CREATE TABLE t (id serial PRIMARY KEY, b int NOT NULL);
        CREATE TABLE b (id uuid UNIQUE DEFAULT gen_random_uuid(), t int PRIMARY KEY REFERENCES t, n int UNIQUE);
        ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES b (n)""",
    "exclusion": """CREATE TABLE t (during tstzrange NOT NULL, EXCLUDE USING gist (during WITH &&))""",
    "generated": "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED CHECK (b > 10))",
    "partitions": """CREATE TABLE t (at date NOT NULL, name text) PARTITION BY RANGE (at);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')""",
    "taken sequence": "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)",
    "trigger that refuses": """CREATE TABLE t (id int, note text, filter text);
        CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF new.filter IS NOT NULL THEN RAISE 'filter is deprecated'; END IF; RETURN new; END $$;
        CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no()""",
    "trigger that adds the parent": """CREATE TABLE scope (id text PRIMARY KEY);
        CREATE TABLE base (id text PRIMARY KEY, scope text NOT NULL REFERENCES scope, UNIQUE (id, scope));
        CREATE TABLE t (id text PRIMARY KEY, scope text NOT NULL,
        FOREIGN KEY (id, scope) REFERENCES base (id, scope));
        CREATE FUNCTION add() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO base VALUES (new.id, new.scope); RETURN new; END $$;
        CREATE TRIGGER add BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION add()""",
    "quoted names": """CREATE SCHEMA "My app";
        CREATE TABLE "My app"."T" ("Order" text CHECK ("Order" <> ''), "a""b" int);
        CREATE TABLE t (a int)""",
    "no columns": "CREATE TABLE t ()",
}
EMPTY = {
    "partitioned": ("CREATE TABLE t (a int) PARTITION BY LIST (a)", "it has no partition"),
    "impossible": ("CREATE TABLE t (a int NOT NULL CHECK (a < 3 AND a > 3))", "no value was found for a"),
    "swallowed": (
        "CREATE TABLE t (a int); CREATE RULE no AS ON INSERT TO t DO INSTEAD NOTHING",
        "a trigger or a rule lets no row in",
    ),
    "trigger": (
        """CREATE TABLE t (a int); CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'frozen'; END $$; CREATE TRIGGER no BEFORE INSERT ON t EXECUTE FUNCTION no()""",
        "frozen (SQLSTATE P0001)",
    ),
    "child": (
        "CREATE TABLE a (id int PRIMARY KEY CHECK (id <> id)); CREATE TABLE t (a int NOT NULL REFERENCES a)",
        "it needs a row in public.a, which has none",
    ),
}


@pytest.fixture
def connection(server: Server, database: str) -> Iterator[Connection]:
    """Open a connection to an empty database."""
    with server.connect(database) as opened:
        yield opened


@pytest.mark.parametrize("ddl", FULL.values(), ids=FULL)
def test_fills_tables_of_every_kind(connection: Connection, ddl: str) -> None:
    """Each table gets rows, and Postgres itself has taken them."""
    connection.execute(ddl.encode())
    before = _count(connection, "t")

    filling = fill(connection)

    assert filling.unfilled == ()
    added = {filled.table: filled.added for filled in filling.filled}
    assert added["public.t"] == _count(connection, "t") - before == 3


@pytest.mark.parametrize(("ddl", "reason"), EMPTY.values(), ids=EMPTY)
def test_names_a_table_that_cannot_be_filled(connection: Connection, ddl: str, reason: str) -> None:
    """A table without a row is in the list of unfilled ones, with the reason."""
    connection.execute(ddl.encode())

    assert Unfilled("public.t", reason) in fill(connection).unfilled


def test_takes_what_a_table_has_room_for(connection: Connection) -> None:
    """A table for one row gets one; one that is full already counts as filled, with nothing added."""
    connection.execute(
        "CREATE TABLE one (id boolean PRIMARY KEY CHECK (id));"
        "CREATE TABLE full_ (id int PRIMARY KEY CHECK (id = 1));"
        "INSERT INTO full_ VALUES (1)"
    )

    assert fill(connection).filled == (Filled("public.full_", 0), Filled("public.one", 1))


def test_leaves_some_columns_null_and_some_to_their_default(connection: Connection) -> None:
    """The first row has a value everywhere; NULLs and defaults are met in others."""
    connection.execute("CREATE TABLE t (a text, b text, c text DEFAULT 'plain', d text DEFAULT 'plain')")

    fill(connection)

    rows = connection.execute("SELECT a, b, c, d FROM t").fetchall()
    assert rows[0] == tuple(f"canary t.{name} 1" for name in "abcd")
    assert {None, "canary t.a 3"} <= {row[0] for row in rows} | {row[1] for row in rows}
    assert "plain" in {row[2] for row in rows}
    assert "plain" in {row[3] for row in rows}


def test_spreads_rows_over_what_a_check_allows(connection: Connection) -> None:
    """Rows of a table differ in the states that a CHECK knows, and belong to different parents."""
    connection.execute(
        "CREATE TABLE a (id int PRIMARY KEY);"
        "CREATE TABLE t (a int REFERENCES a, s text CHECK (s IN ('new', 'old', 'lost')),"
        "CHECK (a > 0 OR s = 'new'))"
    )

    fill(connection)

    rows = connection.execute("SELECT DISTINCT a, s FROM t").fetchall()
    assert ({len({row[0] for row in rows}), len({row[1] for row in rows})}, len(rows)) == ({3}, 3)


def test_leaves_views_and_extensions_alone(connection: Connection) -> None:
    """Only tables that somebody made by hand get rows."""
    connection.execute("CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS a")
    connection.execute("CREATE EXTENSION bloom; CREATE TABLE owned (a int); ALTER EXTENSION bloom ADD TABLE owned")

    assert [filled.table for filled in fill(connection).filled] == ["public.t"]


def test_same_database_gets_same_rows(connection: Connection) -> None:
    """Nothing in the rows is random."""
    connection.execute("CREATE TABLE t (id uuid PRIMARY KEY, at timestamptz, name text UNIQUE, n numeric)")

    fill(connection)
    first = connection.execute("SELECT * FROM t ORDER BY id").fetchall()
    connection.execute("TRUNCATE t")
    fill(connection)

    assert connection.execute("SELECT * FROM t ORDER BY id").fetchall() == first


def _count(connection: Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])

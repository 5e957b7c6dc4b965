"""The catalog queries see what pg_dump sees, and nothing that it does not."""

from __future__ import annotations

import subprocess

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from harness.replay.binaries import installed
from harness.replay.server import Server
from harness.replay.state import Facts, facts, observing

pytestmark = pytest.mark.postgres

BASE = """
CREATE EXTENSION pg_trgm;
CREATE SCHEMA app;
CREATE TYPE kind AS ENUM ('person', 'robot');
CREATE TYPE pair AS (a int, b int);
CREATE TYPE span AS RANGE (subtype = int8);
CREATE DOMAIN short AS text CHECK (length(VALUE) < 10);
CREATE SEQUENCE numbers;
CREATE TABLE teams (id int PRIMARY KEY, name text);
CREATE TABLE users (id int PRIMARY KEY, team int REFERENCES teams, kind kind, name text DEFAULT 'x');
ALTER TABLE users ADD CHECK (name <> '');
CREATE INDEX users_name ON users (lower(name));
CREATE TABLE parted (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE parted_2020 PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE VIEW names AS SELECT id, name FROM users;
CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM users;
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE AGGREGATE sums (int) (SFUNC = int4pl, STYPE = int);
CREATE TRIGGER touched BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY mine ON users USING (id = 1);
CREATE RULE no_delete AS ON DELETE TO teams DO INSTEAD NOTHING;
COMMENT ON TABLE users IS 'People';
"""

CHANGES = {
    "schema": "CREATE SCHEMA more",
    "new table": "CREATE TABLE more.t ()",
    "table gone": "DROP TABLE more.t",
    "unlogged": "ALTER TABLE users SET UNLOGGED",
    "row level security": "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
    "storage option": "ALTER TABLE users SET (fillfactor = 50)",
    "column": "ALTER TABLE users ADD COLUMN age int",
    "type": "ALTER TABLE users ALTER COLUMN age TYPE bigint",
    "default": "ALTER TABLE users ALTER COLUMN age SET DEFAULT 7",
    "not null": "ALTER TABLE users ALTER COLUMN age SET NOT NULL",
    "generated": "ALTER TABLE users ADD COLUMN loud text GENERATED ALWAYS AS (upper(name)) STORED",
    "identity": "ALTER TABLE users ALTER age DROP DEFAULT, ALTER age ADD GENERATED ALWAYS AS IDENTITY",
    "check": "ALTER TABLE users ADD CONSTRAINT old CHECK (age > 0)",
    "not valid": "ALTER TABLE users ADD CONSTRAINT short CHECK (length(name) < 9) NOT VALID",
    "validated": "ALTER TABLE users VALIDATE CONSTRAINT short",
    "foreign key": "ALTER TABLE users ADD FOREIGN KEY (age) REFERENCES teams ON DELETE CASCADE",
    "unique": "ALTER TABLE users ADD UNIQUE (name)",
    "index": "CREATE INDEX users_kind ON users (kind) WHERE age > 1",
    "index gone": "DROP INDEX users_kind",
    "partition": "CREATE TABLE parted_2021 PARTITION OF parted FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
    "detached": "ALTER TABLE parted DETACH PARTITION parted_2021",
    "view": "CREATE OR REPLACE VIEW names AS SELECT id, name, kind FROM users",
    "view option": "ALTER VIEW names SET (security_barrier = true)",
    "materialized view": "CREATE MATERIALIZED VIEW again AS SELECT 1",
    "renamed column under a view": "ALTER TABLE users RENAME COLUMN name TO called",
    "function": "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 2'",
    "volatility": "ALTER FUNCTION one() IMMUTABLE",
    "aggregate": "CREATE AGGREGATE more_sums (int) (SFUNC = int4pl, STYPE = int, INITCOND = '1')",
    "trigger": "CREATE TRIGGER changed AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
    "trigger off": "ALTER TABLE users DISABLE TRIGGER changed",
    "event trigger": """
        CREATE FUNCTION heard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
        CREATE EVENT TRIGGER heard ON ddl_command_end EXECUTE FUNCTION heard()""",
    "policy": "ALTER POLICY mine ON users USING (id = 2)",
    "rule": "DROP RULE no_delete ON teams",
    "enum": "ALTER TYPE kind ADD VALUE 'team' BEFORE 'robot'",
    "composite type": "ALTER TYPE pair ADD ATTRIBUTE c int",
    "range type": "CREATE TYPE dates AS RANGE (subtype = date)",
    "domain": "ALTER DOMAIN short SET NOT NULL",
    "domain's check": "ALTER DOMAIN short ADD CHECK (VALUE <> 'x')",
    "sequence": "ALTER SEQUENCE numbers INCREMENT BY 5",
    "grant on a table": "GRANT SELECT ON users TO PUBLIC",
    "grant on a column": "GRANT UPDATE (kind) ON users TO PUBLIC",
    "revoke on a function": "REVOKE EXECUTE ON FUNCTION one() FROM PUBLIC",
    "grant on a schema": "GRANT USAGE ON SCHEMA app TO PUBLIC",
    "grant on a type": "REVOKE USAGE ON TYPE kind FROM PUBLIC",
    "default privileges": "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC",
    "comment": "COMMENT ON TABLE users IS 'Others'",
    "comment on a column": "COMMENT ON COLUMN users.kind IS 'What'",
    "comment on a constraint": "COMMENT ON CONSTRAINT users_pkey ON users IS 'Key'",
    "extension": "CREATE EXTENSION citext",
}
SAME = """
INSERT INTO teams VALUES (1, 'a');
CREATE TABLE IF NOT EXISTS users ();
CREATE OR REPLACE VIEW names AS SELECT id, name FROM users;
CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
COMMENT ON TABLE users IS 'People';
ALTER TABLE teams RENAME TO groups; ALTER TABLE groups RENAME TO teams;
ANALYZE;
SELECT nextval('numbers');
"""


def seen(connection: Connection[TupleRow]) -> Facts:
    """Return the facts without identities, as definitions are compared."""
    with observing(connection):
        return {key: fact._replace(identity=None) for key, fact in facts(connection).items()}


def dumped(conninfo: str) -> str:
    """Return pg_dump's word on the schema; the key that it writes is random unless it is given."""
    program = next(binaries.program("pg_dump") for binaries in installed() if binaries.major == 18)
    command = [str(program), "--schema-only", "--restrict-key=x", f"--dbname={conninfo}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_every_change_is_seen(server: Server, database: str) -> None:
    """What pg_dump writes otherwise after a statement, the facts have otherwise, too."""
    with server.connect(database) as connection:
        connection.execute(BASE.encode())
        before, dump = seen(connection), dumped(server.conninfo(database))
        for what, statement in CHANGES.items():
            connection.execute(statement.encode())
            now, dump_now = seen(connection), dumped(server.conninfo(database))
            assert dump_now != dump, f"{what} is no change for the witness"
            assert now != before, what
            before, dump = now, dump_now


def test_nothing_else_is_seen(server: Server, database: str) -> None:
    """Statements that change nothing for pg_dump change no fact."""
    with server.connect(database) as connection:
        connection.execute(BASE.encode())
        before, dump = seen(connection), dumped(server.conninfo(database))
        for statement in filter(str.strip, SAME.split(";\n")):
            connection.execute(statement.encode())
        assert dumped(server.conninfo(database)) == dump
        assert seen(connection) == before


@pytest.mark.parametrize("wanted", [{"view": {"public.names"}, "function": {"public.one()"}}, {"table": {"none"}}])
def test_some_facts_are_those_of_all(server: Server, database: str, wanted: dict[str, set[str]]) -> None:
    """Asking for a few names gives the same facts as picking them out of all."""
    with server.connect(database) as connection:
        connection.execute(BASE.encode())
        with observing(connection):
            picked = {key: fact for key, fact in facts(connection).items() if key[1] in wanted.get(key[0], ())}
            assert facts(connection, wanted) == picked


def test_looking_leaves_the_session_as_it_was(server: Server, database: str) -> None:
    """Settings, the role and an open transaction are the session's again afterwards."""
    query = "SELECT current_setting('search_path'), current_setting('timezone'), current_user::text"
    with server.connect(database) as connection:
        role = f"{server.prefix}looker"
        connection.execute(f"CREATE ROLE {role}".encode())
        try:
            connection.execute(
                f"SET search_path TO nowhere; SET timezone TO 'Asia/Tokyo'; SET ROLE {role}".encode()
            )
            before = connection.execute(query).fetchone()
            for opening in ("SELECT 1", "BEGIN"):
                connection.execute(opening.encode())
                with observing(connection):
                    assert connection.execute(query).fetchone() == ("pg_catalog", "UTC", "postgres")
                assert connection.execute(query).fetchone() == before
        finally:
            connection.execute(f"ROLLBACK; RESET ROLE; DROP ROLE {role}".encode())

"""What kind of statement a parse tree is."""

from __future__ import annotations

import pytest

from harness.sql import parse
from harness.sql.kind import kind_of


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("CREATE TABLE a (x int)", "CREATE TABLE"),
        ("CREATE TABLE IF NOT EXISTS a (x int)", "CREATE TABLE [guarded]"),
        ("CREATE TABLE a AS SELECT 1", "CREATE TABLE AS"),
        ("CREATE MATERIALIZED VIEW a AS SELECT 1", "CREATE MATERIALIZED VIEW"),
        ("CREATE OR REPLACE VIEW a AS SELECT 1", "CREATE VIEW [guarded]"),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON a (x)", "CREATE INDEX"),
        ("CREATE INDEX ON a (x)", "CREATE INDEX (unnamed)"),
        ("ALTER TABLE a ADD x int", "ALTER TABLE AddColumn"),
        ("ALTER TABLE a ADD IF NOT EXISTS x int, DROP IF EXISTS y", "ALTER TABLE AddColumn+DropColumn [guarded]"),
        ("ALTER TABLE IF EXISTS a ADD CHECK (true)", "ALTER TABLE AddConstraint:CHECK"),
        ("ALTER TABLE a ADD CHECK (true), ADD UNIQUE (x)", "ALTER TABLE AddConstraint:CHECK+UNIQUE"),
        ("ALTER TABLE a ADD UNIQUE (x), ALTER x SET NOT NULL", "ALTER TABLE AddConstraint+SetNotNull"),
        ("ALTER TYPE m ADD VALUE 'x'", "ALTER TYPE ADD VALUE"),
        ("ALTER TYPE m ADD VALUE IF NOT EXISTS 'x'", "ALTER TYPE ADD VALUE [guarded]"),
        ("ALTER TYPE m RENAME VALUE 'x' TO 'y'", "ALTER TYPE RENAME VALUE"),
        ("ALTER TABLE a RENAME x TO y", "RENAME COLUMN"),
        ("ALTER TABLE IF EXISTS a RENAME TO b", "RENAME TABLE [guarded]"),
        ("DROP TABLE IF EXISTS a", "DROP TABLE [guarded]"),
        ("INSERT INTO a VALUES (1)", "INSERT"),
        ("INSERT INTO a SELECT 1", "INSERT (select)"),
        ("INSERT INTO a SELECT 1 ON CONFLICT DO NOTHING", "INSERT [guarded]"),
        ("REVOKE ALL ON a FROM b", "REVOKE"),
        ("COMMIT", "COMMIT"),
        ("ALTER EXTENSION e UPDATE", "ALTER EXTENSION"),
        ("DO 'BEGIN END'", "DO"),
    ],
)
def test_kind(sql: str, kind: str) -> None:
    """What it does to what, and whether it says itself what is to happen when that is done already."""
    (node,) = parse.nodes(sql)
    assert kind_of(node) == kind

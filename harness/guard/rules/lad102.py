"""A table is made that exists."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

_STATEMENTS = ("CreateStmt", "CreateTableAsStmt", "CreateForeignTableStmt", "SelectStmt")

RULE = Rule(
    code="LAD102",
    title="a table is made that is there already",
    severity=Severity.ERROR,
    help="Write CREATE TABLE IF NOT EXISTS.",
    why=(
        "The server runs this statement again at every boot, on the database that the first boot left. The "
        "table is there, and Postgres stops with 42P07. With IF NOT EXISTS the statement is skipped as a "
        "whole: columns that are added to it in the file later need an ALTER TABLE ... ADD COLUMN IF NOT "
        "EXISTS."
    ),
    before="CREATE TABLE users (id BIGINT PRIMARY KEY);",
    after="CREATE TABLE IF NOT EXISTS users (id BIGINT PRIMARY KEY);",
    source="postgresql.org/docs/current/sql-createtable.html",
    says=stops(lambda case: case.sqlstate == "42P07" and case.statement in _STATEMENTS),
)

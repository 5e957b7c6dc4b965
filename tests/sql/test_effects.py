"""What statements do."""

from __future__ import annotations

import pytest

from harness.sql.effects import Effect, effects


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("alter table only s.t add constraint c check (a > 0)", Effect("create", "constraint", "c", "t")),
        ("alter table t add column if not exists b int", Effect("create", "column", "b", "t", guarded=True)),
        ("alter table t drop constraint if exists c", Effect("drop", "constraint", "c", "t", guarded=True)),
        ("create index if not exists i on t (a)", Effect("create", "index", "i", "t", True, ("a",))),
        ("create index on t (a, b)", Effect("create", "index", "t_a_b_idx", "t", False, ("a", "b"))),
        ("insert into t values (1)", Effect("insert", "row", "", "t")),
        ("insert into t values (1) on conflict (a) do nothing", Effect("insert", "row", "", "t", True, ("a",))),
        ("with x as (insert into t values (1) returning *) select * from x", Effect("insert", "row", "", "t")),
        ("update t set a = 1", Effect("update", "row", "", "t")),
        ("create type e as enum ('a')", Effect("create", "type", "e")),
        ("create type c as (a int)", Effect("create", "type", "c")),
        ("create domain d as int", Effect("create", "type", "d")),
        ("create or replace function s.f() returns int as 'x'", Effect("create", "function", "f", guarded=True)),
        ("create trigger g before insert on t execute function f()", Effect("create", "trigger", "g", "t")),
        ("create policy p on s.t", Effect("create", "policy", "p", "t")),
        ("create schema if not exists s", Effect("create", "schema", "s", guarded=True)),
        ("create sequence q", Effect("create", "sequence", "q")),
        ("create view v as select 1", Effect("create", "view", "v")),
        ("create role r", Effect("create", "role", "r")),
        ("create extension x", Effect("create", "extension", "x")),
        ("drop trigger g on s.t", Effect("drop", "trigger", "g", "t")),
        ("drop function if exists f(int)", Effect("drop", "function", "f", guarded=True)),
    ],
)  # fmt: skip
def test_each_statement_has_its_effect(statement: str, expected: Effect) -> None:
    """A statement's object, its table and its guard are read off the parse tree."""
    assert effects(statement) == (expected,)


def test_a_table_makes_its_columns_and_constraints() -> None:
    """CREATE TABLE yields what it makes, un-named constraints under the names that Postgres gives them."""
    made = effects(
        "create table t (id int primary key, a int references u (id) unique, constraint c check (a > 0))"
    )
    assert [(e.kind, e.name) for e in made] == [
        ("table", "t"),
        ("column", "id"),
        ("constraint", "t_pkey"),
        ("column", "a"),
        ("constraint", "t_a_fkey"),
        ("constraint", "t_a_key"),
        ("constraint", "c"),
    ]


@pytest.mark.parametrize("statement", ["do $$ begin end $$", "begin", "garbage", "", "select 1"])
def test_the_opaque_has_no_effect(statement: str) -> None:
    """DO, transaction control, queries and what does not parse yield nothing."""
    assert effects(statement) == ()

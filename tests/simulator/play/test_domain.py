"""Domains, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_a_domain_is_there_already(refusals: Refusals) -> None:
    """CREATE DOMAIN has no IF NOT EXISTS."""
    assert refusals("CREATE DOMAIN d AS text NOT NULL DEFAULT 'x' CHECK (VALUE <> '')") == ["42710"]


def test_a_domain_s_constraint_is_added_and_dropped_once(refusals: Refusals) -> None:
    """ADD CONSTRAINT meets its name, DROP CONSTRAINT misses it, IF EXISTS does not mind."""
    assert refusals(
        "CREATE DOMAIN d AS int CONSTRAINT old CHECK (VALUE > 0)",
        "ALTER DOMAIN d ADD CONSTRAINT new CHECK (VALUE > 1); ALTER DOMAIN d DROP CONSTRAINT old",
        "ALTER DOMAIN d DROP CONSTRAINT IF EXISTS old; ALTER DOMAIN d VALIDATE CONSTRAINT new",
    ) == ["42710", "42710", "42704", "", ""]


def test_unnamed_checks_have_chosen_names(refusals: Refusals) -> None:
    """Postgres names a domain's checks after the domain."""
    assert refusals(
        "CREATE DOMAIN d AS int CHECK (VALUE > 0) CHECK (VALUE < 9)", "ALTER DOMAIN d DROP CONSTRAINT d_check1"
    ) == ["42710", "42704"]


def test_a_domain_depends_on_what_its_check_calls(refusals: Refusals) -> None:
    """A function that a check calls is not dropped without CASCADE."""
    assert refusals(
        "CREATE OR REPLACE FUNCTION f(int) RETURNS boolean LANGUAGE sql AS 'SELECT true'; DROP FUNCTION f(int)",
        "CREATE OR REPLACE FUNCTION f(int) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE DOMAIN d AS int CHECK (f(VALUE))",
    ) == ["", "2BP01", "", "42710"]


def test_a_domain_is_made_of_no_table_s_row(refusals: Refusals) -> None:
    """The base of a domain is looked at after its name."""
    second = "DROP DOMAIN d; DROP TYPE b; CREATE TABLE b (x int)"
    assert refusals("CREATE TYPE b AS (x int); CREATE DOMAIN d AS b", second)[:2] == ["42710", "42804"]

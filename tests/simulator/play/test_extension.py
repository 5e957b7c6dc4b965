"""Extensions, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_an_extension_is_there_already(refusals: Refusals) -> None:
    """IF NOT EXISTS does not mind; plpgsql is there from the start."""
    assert refusals(
        "CREATE EXTENSION citext; CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS plpgsql"
    ) == ["42710", "", ""]


def test_what_a_known_extension_brings_is_its_part(refusals: Refusals) -> None:
    """A column of its type keeps the extension; its functions can be called."""
    assert refusals(
        'CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS "uuid-ossp"',
        "CREATE TABLE IF NOT EXISTS t (a citext, b uuid DEFAULT uuid_generate_v4())",
        "DROP EXTENSION citext CASCADE; ALTER TABLE t ADD COLUMN a text",
    ) == ["", "", "", "", "42701"]
    assert refusals(
        "DROP EXTENSION IF EXISTS citext",
        "CREATE EXTENSION IF NOT EXISTS citext; CREATE TABLE IF NOT EXISTS t (a citext)",
    ) == ["2BP01", "", ""]


def test_what_an_unknown_extension_brings_is_not_missed(refusals: Refusals) -> None:
    """A type that is nowhere may be one of postgis; without such an extension it is missed."""
    text = "CREATE OR REPLACE FUNCTION f(geometry) RETURNS int LANGUAGE sql AS 'SELECT 1'"
    assert refusals("CREATE EXTENSION IF NOT EXISTS postgis", text) == ["", ""]


def test_a_required_extension_comes_with_cascade(refusals: Refusals) -> None:
    """Earthdistance needs cube, which cannot go before it."""
    assert refusals(
        "DROP EXTENSION IF EXISTS cube",
        "CREATE EXTENSION IF NOT EXISTS earthdistance CASCADE",
        "CREATE EXTENSION cube",
    )[:2] == ["2BP01", ""]


def test_altering_an_extension_needs_it(refusals: Refusals) -> None:
    """ALTER EXTENSION misses one that is dropped later."""
    assert refusals("ALTER EXTENSION hstore UPDATE", "DROP EXTENSION hstore", setup="CREATE EXTENSION hstore") == [
        "42704",
        "42704",
    ]

"""Foreign servers and tables, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


MADE = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w"


def test_names_are_taken(refusals: Refusals) -> None:
    """IF NOT EXISTS does not mind, not even a wrapper that is not there."""
    assert refusals(
        f"{MADE}; CREATE USER MAPPING FOR PUBLIC SERVER s; CREATE FOREIGN TABLE t (a int) SERVER s;"
        "CREATE SERVER IF NOT EXISTS s FOREIGN DATA WRAPPER w; "
        "CREATE USER MAPPING IF NOT EXISTS FOR PUBLIC SERVER s"
    ) == ["42710", "42710", "42710", "42P07", "", ""]


def test_a_server_of_an_extension_s_wrapper(refusals: Refusals) -> None:
    """postgres_fdw brings a wrapper of its name, and cannot go before its servers."""
    assert refusals(
        "DROP EXTENSION IF EXISTS postgres_fdw",
        "CREATE EXTENSION IF NOT EXISTS postgres_fdw; "
        "CREATE SERVER IF NOT EXISTS s FOREIGN DATA WRAPPER postgres_fdw",
    ) == ["2BP01", "", ""]


def test_what_is_dropped_is_missed(refusals: Refusals) -> None:
    """A server, its mappings and its tables."""
    made = f"{MADE}; CREATE USER MAPPING FOR PUBLIC SERVER s"
    text = (
        "CREATE FOREIGN TABLE t (a int) SERVER s; ALTER SERVER s VERSION '2'; DROP USER MAPPING FOR PUBLIC SERVER s"
    )
    assert refusals(text, "DROP FOREIGN TABLE t; DROP SERVER s", setup=made) == ["42704"] * 5

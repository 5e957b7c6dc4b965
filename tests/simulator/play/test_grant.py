"""Privileges, played twice."""

from __future__ import annotations

from collections.abc import Callable

from harness.simulator.model import Verdict

Refusals = Callable[..., list[str]]


TABLE = "CREATE SCHEMA s; CREATE TABLE s.t (a int, b int); CREATE ROLE r"


def test_granting_twice_changes_nothing(refusals: Refusals, twice: Callable[..., list[Verdict]]) -> None:
    """A second boot with the same grants passes without drift."""
    text = (
        "GRANT USAGE ON SCHEMA s TO r; GRANT SELECT, UPDATE (a) ON s.t TO r; "
        "GRANT ALL ON ALL TABLES IN SCHEMA s TO r;"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO r; REVOKE ALL ON s.t FROM PUBLIC"
    )
    assert refusals(text, setup=TABLE) == [""] * 5
    assert all(verdict.kind == "passes" for verdict in twice(text, setup=TABLE))


def test_a_grant_that_a_later_revoke_takes_back_is_drift(twice: Callable[..., list[Verdict]]) -> None:
    """The second boot grants what was revoked, and revokes it again: in the end all is as it was."""
    told = [
        verdict.kind for verdict in twice("GRANT SELECT ON s.t TO r", "REVOKE SELECT ON s.t FROM r", setup=TABLE)
    ]
    assert told == ["passes", "passes"]


def test_what_a_grant_names_has_to_be_there(refusals: Refusals) -> None:
    """Objects come first, then roles, then columns."""
    later = "DROP TABLE s.t; CREATE TABLE s.u (a int)"
    assert refusals("GRANT SELECT ON s.t TO r", later, setup=TABLE)[0] == "42P01"
    assert refusals("GRANT SELECT (b) ON s.t TO r", "ALTER TABLE s.t DROP COLUMN b", setup=TABLE)[0] == "42703"
    gone = "REVOKE ALL ON s.t FROM r; DROP ROLE r"
    assert refusals("GRANT SELECT ON s.t TO r", gone, setup=TABLE)[0] == "42704"
    assert refusals("GRANT USAGE ON SCHEMA s TO r", "DROP SCHEMA s CASCADE", setup=TABLE)[0] == "3F000"


def test_a_sequence_is_no_table(refusals: Refusals) -> None:
    """GRANT ... ON SEQUENCE refuses what became a table."""
    later = "DROP SEQUENCE q; CREATE TABLE q (a int)"
    assert refusals("GRANT USAGE ON SEQUENCE q TO r", later, setup=f"{TABLE}; CREATE SEQUENCE q")[0] == "42809"


def test_default_privileges_keep_a_role(refusals: Refusals) -> None:
    """They go with their schema, and hold their role."""
    made = "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO r"
    assert refusals("DROP ROLE IF EXISTS x", f"CREATE ROLE x; {made.replace('r', 'r', 1)[:-1]}x", setup=TABLE) == [
        "2BP01",
        "42710",
        "",
    ]
    assert refusals(made, "DROP SCHEMA s CASCADE", setup=TABLE) == ["3F000", "3F000"]

"""Roles, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_a_role_is_there_already(refusals: Refusals) -> None:
    """CREATE ROLE, USER and GROUP have no IF NOT EXISTS."""
    assert refusals("CREATE ROLE a; CREATE USER b IN ROLE a; CREATE GROUP c WITH USER b") == ["42710"] * 3


def test_a_role_that_is_dropped_is_missed(refusals: Refusals) -> None:
    """ALTER, GRANT and DROP want it; IF EXISTS does not."""
    assert refusals(
        "ALTER ROLE a NOLOGIN; GRANT a TO b; ALTER ROLE a SET work_mem = '1MB'; REASSIGN OWNED BY a TO b",
        "DROP ROLE a; DROP ROLE IF EXISTS a",
        setup="CREATE ROLE a; CREATE ROLE b",
    ) == ["42704"] * 5 + [""]


def test_a_role_with_privileges_stays(refusals: Refusals) -> None:
    """DROP ROLE is refused until DROP OWNED has taken them away."""
    granted = "CREATE TABLE IF NOT EXISTS t (a int); CREATE ROLE r; GRANT SELECT ON t TO r"
    assert refusals("DROP ROLE IF EXISTS r", granted) == ["2BP01", "", "42710", ""]
    assert refusals(granted, "DROP OWNED BY r; DROP ROLE r") == ["", "", "", "", ""]


def test_memberships_go_in_no_circle(refusals: Refusals) -> None:
    """A grant that the ladder later turns round is refused at the second boot."""
    later = "REVOKE a FROM b; GRANT b TO a"
    assert refusals("GRANT a TO b", later, setup="CREATE ROLE a; CREATE ROLE b") == ["0LP01", "", ""]


def test_a_policy_loses_a_role(refusals: Refusals) -> None:
    """DROP OWNED takes the role out of policies, and those that are for nobody else along."""
    assert refusals(
        "CREATE POLICY p ON t TO r USING (true); CREATE POLICY q ON t TO r, s USING (true)",
        "DROP OWNED BY r; DROP POLICY q ON t",
        setup="CREATE TABLE t (a int); CREATE ROLE r; CREATE ROLE s",
    ) == ["", "", "", ""]

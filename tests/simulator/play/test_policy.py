"""Policies and rules, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


TABLE = "CREATE TABLE t (a int, b int); CREATE TABLE u (a int)"


def test_a_policy_is_there_already(refusals: Refusals) -> None:
    """CREATE POLICY has no IF NOT EXISTS; policies of two tables do not meet."""
    assert refusals("CREATE POLICY p ON t USING (a > 0); CREATE POLICY p ON u USING (true)", setup=TABLE) == [
        "42710",
        "42710",
    ]


def test_a_policy_s_expressions_are_looked_at_before_its_name(refusals: Refusals) -> None:
    """A column that is gone is missed, and so is one of another type than boolean."""
    later = "DROP POLICY p ON t; ALTER TABLE t DROP COLUMN b"
    assert refusals("CREATE POLICY p ON t USING (b > 0)", later, setup=TABLE)[0] == "42703"
    assert "must be type boolean" in refusals("CREATE POLICY p ON t USING (a)", setup=TABLE)[0]


def test_a_policy_keeps_its_columns_and_roles(refusals: Refusals) -> None:
    """The column that it reads needs CASCADE to go, the role that it is for cannot go."""
    made = "CREATE POLICY p ON t TO r USING (b > 0)"
    assert refusals(
        "ALTER TABLE t DROP COLUMN IF EXISTS c; DROP ROLE IF EXISTS r", f"CREATE ROLE r; {made}", setup=TABLE
    ) == [
        "",
        "2BP01",
        "42710",
        "42710",
    ]
    later = "ALTER TABLE t ADD COLUMN IF NOT EXISTS c int; CREATE POLICY q ON t USING (c > 0)"
    assert refusals("ALTER TABLE t DROP COLUMN IF EXISTS c", later, setup=TABLE)[0] == "2BP01"


def test_altering_a_policy_needs_it(refusals: Refusals) -> None:
    """ALTER POLICY misses one that was renamed; its renaming meets the new name."""
    made = "CREATE POLICY p ON t USING (true)"
    altered = "ALTER POLICY p ON t USING (false); ALTER POLICY p ON t RENAME TO q"
    assert refusals(altered, setup=f"{TABLE}; {made}") == ["42704", "42710"]


def test_a_rule_is_there_already(refusals: Refusals) -> None:
    """OR REPLACE takes its place, unless what it does is not there any more."""
    assert refusals("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", setup=TABLE) == ["42710"]
    replaced = "CREATE OR REPLACE RULE r AS ON DELETE TO t DO ALSO DELETE FROM u WHERE a = OLD.b"
    assert refusals(replaced, setup=TABLE) == [""]
    assert refusals(replaced, "DROP RULE r ON t; ALTER TABLE t DROP COLUMN b", setup=TABLE)[0] == "42703"

"""Two boots of a ladder on a symbolic Postgres."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.simulator import play as statements
from harness.simulator.model import Verdict, VerdictKind
from harness.simulator.simulate import BUG

Twice = Callable[..., list[Verdict]]


def test_a_refused_statement_leaves_nothing_behind_and_the_boot_goes_on(twice: Twice) -> None:
    """Each statement is tried on its own, as a replay does."""
    verdicts = twice("CREATE TABLE a (x int); ALTER TABLE a ADD COLUMN y int, ADD COLUMN z int; CREATE TABLE b ();")
    assert [(verdict.kind, verdict.sqlstate) for verdict in verdicts] == [
        (VerdictKind.FAILS, "42P07"),
        (VerdictKind.FAILS, "42701"),
        (VerdictKind.FAILS, "42P07"),
    ]


def test_what_fails_on_an_empty_database_already_is_not_judged(twice: Twice) -> None:
    """Something is missing that is not in the ladder, or we are wrong: no alarm."""
    (_, again) = twice("CREATE TABLE a (); CREATE TABLE a ();")
    assert again.kind is VerdictKind.UNKNOWN
    assert again.reason.startswith("it would fail on an empty database already")


def test_what_the_ladder_does_not_make_is_taken_as_given(twice: Twice) -> None:
    """A table from elsewhere is no reason to fail, however it is used."""
    verdicts = twice(
        "ALTER TABLE auth.users ADD COLUMN IF NOT EXISTS x int; CREATE INDEX IF NOT EXISTS i ON auth.users (y);"
    )
    assert [verdict.kind for verdict in verdicts] == [VerdictKind.PASSES] * 2


def test_the_setup_stands_before_both_boots_and_its_settings_hold(twice: Twice) -> None:
    """Its objects are there, its SETs are said at each boot, and it is not judged."""
    verdicts = twice("CREATE TABLE t ();", setup="CREATE SCHEMA app; SET search_path TO app;")
    assert [verdict.message for verdict in verdicts] == ['relation "t" already exists']


def test_temporary_tables_end_with_the_boot(twice: Twice) -> None:
    """The second boot makes them again."""
    assert twice("CREATE TEMP TABLE t (a int);")[0].kind is VerdictKind.PASSES


def test_what_the_parser_refuses_is_unknown_and_the_rest_is_judged(twice: Twice) -> None:
    """A broken statement says nothing of its neighbours."""
    verdicts = twice("CREATE TABLE a (); CREATE TABLE oops (; CREATE TABLE b ();")
    assert verdicts[0].kind is VerdictKind.FAILS
    assert VerdictKind.UNKNOWN in {verdict.kind for verdict in verdicts}


def test_a_bug_of_ours_is_told_as_one(twice: Twice, monkeypatch: pytest.MonkeyPatch) -> None:
    """One statement's verdict is lost, not the whole guard."""

    def stumble(*_: object) -> None:
        raise KeyError(7)

    monkeypatch.setattr(statements, "execute", stumble)
    (verdict,) = twice("CREATE TABLE a ();")
    assert verdict.kind is VerdictKind.UNKNOWN
    assert verdict.reason == f"{BUG}: KeyError: 7"

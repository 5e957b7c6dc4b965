"""Witnesses of statements, over timelines made by hand."""

from __future__ import annotations

from harness.fix.facts import Fact
from harness.fix.suggest import unless
from harness.fix.timeline import Timeline
from harness.fix.witness import Witness, borrowed, left, own

USERS, PEOPLE, LATER = (Fact("relation", "public", "", name, "r") for name in ("users", "people", "later"))
EMAIL = Fact("column", "public", "users", "email")
CLEAN = Fact("function", "public", "", "clean()")


def timeline(*files: tuple[tuple[Fact, ...], ...]) -> Timeline:
    """Make a timeline of files, each statement given as the facts that turn by it."""
    made = Timeline()
    for number, statements in enumerate(files):
        for place, facts in enumerate(statements, start=1):
            made.add((f"{number}.sql", place), facts, "public")
    return made


def conditions(found: list[Witness]) -> list[str]:
    """Return witnesses in words."""
    return [" or ".join(map(str, witness)) for witness in found]


def test_what_stays_is_a_witness() -> None:
    """A table that is never taken away tells for ever that it was made."""
    found = own(timeline(((USERS,),), ((EMAIL,),)), 0)
    assert conditions(found) == ["table users exists"]
    assert unless(found[0], "public") == "to_regclass('users') IS NULL"
    assert unless(found[0], "app") == "to_regclass('public.users') IS NULL"


def test_what_came_of_it_joins_in() -> None:
    """After the table has got another name, that one is looked for as well."""
    assert conditions(own(timeline(((USERS,),), ((USERS, PEOPLE),)), 0)) == [
        "table users exists or table people exists"
    ]


def test_what_came_back_is_no_witness() -> None:
    """A column that was dropped and made again cannot tell whether it was dropped."""
    assert own(timeline(((EMAIL,),), ((EMAIL,),), ((EMAIL,),)), 1) == []


def test_within_one_file_nobody_looks() -> None:
    """DROP and CREATE of one name in one file: between them is no moment at which a boot begins."""
    found = timeline(((USERS,), (USERS,), (USERS,)), ((LATER,),))
    assert conditions(own(found, 2)) == ["table users exists"]


def test_a_statement_without_a_trace_borrows() -> None:
    """The nearest later statement that leaves something for good speaks for it."""
    found = timeline(((USERS,), (), (EMAIL,)), ((LATER,),))
    assert own(found, 1) == []
    assert conditions(borrowed(found, 1, found.last)) == ["column users.email exists", "table later exists"]
    assert conditions(borrowed(found, 1, found.ends[0])) == ["column users.email exists"]


def test_what_it_needs_and_has_lost() -> None:
    """A table that a statement names, and that goes later, is what to look for before it is run."""
    found = timeline(((USERS,), ()), ((USERS,),))
    assert conditions(left(found, 1, {"update", "users"})) == ["table users is gone"]
    assert left(found, 1, {"update", "people"}) == []


def test_a_function_that_is_gone_may_come_back() -> None:
    """CREATE OR REPLACE makes it again at each boot, until it is dropped once more."""
    assert borrowed(timeline(((CLEAN,), ()), ((CLEAN,),)), 1, 2) == []


def test_firm_facts_come_first() -> None:
    """What another statement changes on the way of each boot is the last resort."""
    cold = timeline(((), (EMAIL,), (LATER,)))
    second = Timeline()
    second.begin([EMAIL, LATER])
    second.add(("0.sql", 2), [EMAIL], "public")
    cold.learn_from(second)
    assert conditions(borrowed(cold, 0, 2)) == ["table later exists", "column users.email exists"]

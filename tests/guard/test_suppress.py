"""Comments that accept a finding."""

from __future__ import annotations

import pytest

from harness.guard.model import Finding, Runner
from harness.guard.rules import RULES
from harness.guard.suppress import accept
from tests.guard.making import finding, ladder

SECOND = "CREATE TABLE a (x int);\n"


def judged(text: str, *codes: str, runner: Runner = Runner.EVERY_BOOT) -> tuple[list[str], list[str]]:
    """Return codes and places of what is left, and the reasons of what is accepted; findings are on statement 1."""
    made = ladder(text)
    found = [finding(made, RULES[code]) for code in codes]
    open_, accepted = accept(made, found, runner)
    return [f"{each.code}:{each.line}:{each.column}" for each in open_], [each.reason for each in accepted]


@pytest.mark.parametrize(
    "text",
    [
        "-- bootsmoke: allow LAD102 -- by hand\nCREATE TABLE a (x int);",
        "--bootsmoke:allow LAD102 --by hand\n-- and more to say\nCREATE TABLE a (x int);",
        "CREATE TABLE a (x int); -- bootsmoke: allow LAD102 -- by hand",
        "CREATE TABLE a (\n  x int -- Bootsmoke: Allow LAD102 -- by hand\n);",
        "DO $$ BEGIN\n  -- bootsmoke: allow LAD102 -- by hand\n  CREATE TABLE a (x int);\nEND $$;",
    ],
)
def test_a_comment_by_its_statement(text: str) -> None:
    """Right above it, on one of its lines, or in its body."""
    assert judged(text, "LAD102") == ([], ["by hand"])


@pytest.mark.parametrize(
    "text",
    [
        "-- bootsmoke: allow LAD102 -- by hand\n\nCREATE TABLE a (x int);",
        "CREATE TABLE a (x int);\n-- bootsmoke: allow LAD102 -- by hand",
        "CREATE TABLE a (x int);\nSELECT 1; -- bootsmoke: allow LAD102 -- by hand\n",
    ],
)
def test_a_comment_elsewhere(text: str) -> None:
    """One that stands by nothing, or by another statement, accepts nothing, and that is said."""
    left, accepted = judged(text, "LAD102")
    assert sorted(each[:6] for each in left) == ["LAD102", "LAD903"]
    assert accepted == []


def test_several_codes_and_statements_on_one_line() -> None:
    """A comment speaks of all statements on its line, and of all codes that it names."""
    made = ladder("CREATE TABLE a (x int); CREATE TABLE b (x int); -- bootsmoke: allow LAD102, LAD201 -- seeds")
    found: list[Finding] = [finding(made, RULES["LAD102"], n) for n in (0, 1)] + [finding(made, RULES["LAD201"], 1)]
    open_, accepted = accept(made, found, Runner.EVERY_BOOT)
    assert open_ == ()
    assert [each.finding.code for each in accepted] == ["LAD102", "LAD102", "LAD201"]


@pytest.mark.parametrize(
    ("comment", "code", "message"),
    [
        ("allow lad102 -- why", "LAD901", "there is no rule lad102: nothing is suppressed; did you mean LAD102?"),
        ("allow -- why", "LAD901", "`allow` is not understood: only `allow CODE -- reason` is"),
        ("ignore LAD102 -- why", "LAD901", "`ignore` is not understood: only `allow CODE -- reason` is"),
        ("allow LAD102", "LAD902", "no reason is given: nothing is suppressed"),
        ("allow LAD104 -- why", "LAD903", "there is no LAD104 here: the comment suppresses nothing"),
    ],
)
def test_a_comment_that_is_wrong(comment: str, code: str, message: str) -> None:
    """What is misspelt, has no reason or accepts nothing is a finding where it stands, and accepts nothing."""
    made = ladder(f"  -- bootsmoke: {comment}\n{SECOND}")
    open_, accepted = accept(made, [finding(made, RULES["LAD102"])], Runner.EVERY_BOOT)
    about = open_[0]
    assert (about.code, about.message, about.line, about.column) == (code, message, 1, 3)
    assert [each.code for each in open_[1:]] == ["LAD102"]
    assert accepted == ()


def test_a_comment_for_the_other_runner() -> None:
    """It is not called unused where its rule has no say."""
    text = f"-- bootsmoke: allow LAD102 -- the old servers\n{SECOND}"
    assert judged(text, runner=Runner.TRACKED) == ([], [])
    assert judged(text)[0] == ["LAD903:1:1"]

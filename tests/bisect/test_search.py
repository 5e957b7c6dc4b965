"""The search alone, on histories of all shapes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.bisect.search import Search

History = dict[str, list[str]]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Make a history whose last commit descends from all others."""
    count = draw(st.integers(1, 30))
    history: History = {}
    for number in range(count):
        earlier = st.lists(st.sampled_from(list(history)), max_size=3, unique=True) if history else st.just([])
        history[str(number)] = draw(earlier)
    heads = set(history) - {parent for parents in history.values() for parent in parents}
    history["bad"] = sorted(heads)
    return history


def ancestors(history: History, commit: str) -> set[str]:
    """Return a commit with all that it descends from."""
    return {commit}.union(*(ancestors(history, parent) for parent in history[commit]))


def searched(history: History, bad: set[str], skipped: set[str]) -> tuple[list[str], int]:
    """Search to the end; return the suspects and how many commits were tried beside the last."""
    search, tried = Search(history), 0
    search.bad(list(history)[-1])
    while (commit := search.next()) is not None:
        tried += 1
        tell = search.skip if commit in skipped else search.bad if commit in bad else search.good
        tell(commit)
    return search.suspects, tried


@given(histories(), st.data())
def test_the_first_bad_commit(history: History, data: st.DataObject) -> None:
    """The one suspect that is left is bad, and all its parents are good, in any history with branches."""
    broke = data.draw(st.sampled_from(list(history)))
    bad = {commit for commit in history if broke in ancestors(history, commit)}
    suspects, _ = searched(history, bad, skipped=set())
    assert suspects == [broke]


@given(histories(), st.data())
def test_skipped_commits_stay_suspects(history: History, data: st.DataObject) -> None:
    """The first bad commit is always among the suspects, and what is left beside the known bad one was skipped."""
    broke = data.draw(st.sampled_from(list(history)))
    bad = {commit for commit in history if broke in ancestors(history, commit)}
    skipped = data.draw(st.sets(st.sampled_from(list(history)))) - {"bad"}
    suspects, _ = searched(history, bad, skipped)
    assert broke in suspects
    assert len(set(suspects) - skipped) == 1


@given(st.integers(1, 500), st.data())
def test_a_line_is_halved(count: int, data: st.DataObject) -> None:
    """In a history without branches it takes no more trials than halving does."""
    history = {str(n): [str(n - 1)] for n in range(count)}
    first = data.draw(st.integers(0, count - 1))
    suspects, tried = searched(history, {str(n) for n in range(first, count)}, skipped=set())
    assert suspects == [str(first)]
    assert tried <= math.ceil(math.log2(count))


@pytest.mark.parametrize("first", [100, 640, 900])
def test_a_stretch_that_cannot_be_judged_is_left_quickly(first: int) -> None:
    """Two hundred commits in the middle that have to be skipped do not cost two hundred trials."""
    history = {str(n): [str(n - 1)] for n in range(1000)}
    skipped = {str(n) for n in range(400, 600)}
    suspects, tried = searched(history, {str(n) for n in range(first, 1000)}, skipped)
    assert suspects == [str(first)]
    assert tried < 30

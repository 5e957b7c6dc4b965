"""Leaving out what a failure does not need, without a database."""

from __future__ import annotations

from collections.abc import Sequence

import hypothesis.strategies as st
from hypothesis import given

from harness.repro.shrink import shrink


@given(st.integers(0, 60).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, max(0, n - 1))))))
def test_just_what_is_needed_stays(case: tuple[int, set[int]]) -> None:
    """Where the failure needs some items, these are what is left, in their order."""
    count, needed = case
    needed = needed if count else set()
    assert shrink(range(count), lambda items: needed <= set(items)) == sorted(needed)


@given(st.lists(st.lists(st.integers(0, 14), max_size=3), min_size=1, max_size=15), st.data())
def test_nothing_more_can_be_left_out(needs: list[list[int]], data: st.DataObject) -> None:
    """Items that need earlier ones: the result fails, and no part of it with one item less does."""
    before = {n: {each for each in found if each < n} for n, found in enumerate(needs)}
    guilty = data.draw(st.integers(0, len(needs) - 1))

    def fails(items: Sequence[int]) -> bool:
        kept = set(items)
        return guilty in kept and all(before[item] <= kept for item in kept)

    kept = shrink(range(len(needs)), fails)
    assert fails(kept)
    assert not any(fails([item for item in kept if item != out]) for out in kept)


def test_few_of_many_take_few_trials() -> None:
    """Two items of a thousand are found in less than a hundred trials."""
    trials = []

    def fails(items: Sequence[int]) -> bool:
        trials.append(len(items))
        return {123, 877} <= set(items)

    assert shrink(range(1000), fails) == [123, 877]
    assert len(trials) < 100

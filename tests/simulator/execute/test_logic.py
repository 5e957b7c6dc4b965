"""Logic with NULL and UNKNOWN."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from harness.simulator.execute import logic
from harness.simulator.values import UNKNOWN, FoldedText, Fresh, Interval, Json, Label, PaddedText

NOW = Fresh(logic.CLOCK)
UUID = Fresh("uuid")


@pytest.mark.parametrize(
    ("values", "both", "either"),
    [
        ((True, True), True, True),
        ((True, UNKNOWN), UNKNOWN, True),
        ((False, UNKNOWN), False, UNKNOWN),
        ((None, UNKNOWN), UNKNOWN, UNKNOWN),
        ((None, True), None, True),
        ((None, False), False, None),
        ((), True, False),
    ],
)
def test_unknown_matters_only_where_it_decides(values: tuple[Any, ...], both: Any, either: Any) -> None:
    """A false makes AND false, a true makes OR true, whatever the rest is; UNKNOWN goes before NULL."""
    assert logic.and_(values) is both
    assert logic.or_(values) is either


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, Decimal("1.0"), True),
        (1, "1", True),
        ("a", "a ", False),
        (PaddedText("a"), "a  ", True),
        (FoldedText("Abc"), "aBC", True),
        (dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=dt.UTC), True),
        (Interval(days=1), Interval(microseconds=86_400_000_000), True),
        (Json({"a": 1, "b": 2}), Json({"b": 2, "a": 1}), True),
        ([1, None], [1, None], True),
        ([1], [1, 2], False),
        (True, 1, UNKNOWN),
        (Decimal("NaN"), Decimal("NaN"), UNKNOWN),
        (UNKNOWN, 1, UNKNOWN),
        (UNKNOWN, None, None),
        (UUID, UUID, True),
        (UUID, Fresh("uuid"), False),
        (UUID, "x", False),
        (NOW, Fresh(logic.CLOCK), UNKNOWN),
        (logic.derived(NOW), "2030-01-01", UNKNOWN),
    ],
)
def test_equal_says_what_is_certain(left: Any, right: Any, same: Any) -> None:
    """Values are equal as in SQL, whichever side they stand on; what cannot be told is UNKNOWN."""
    assert logic.equal(left, right) is same
    assert logic.equal(right, left) is same


def test_texts_are_ordered_only_where_all_collations_agree() -> None:
    """Small letters and digits have one order; capitals and signs may sort either way."""
    assert logic.less("a1", "b") is True
    assert logic.less("a", "B") is UNKNOWN
    assert logic.less("a-b", "ab") is UNKNOWN


def test_labels_are_ordered_as_their_enum_lists_them() -> None:
    """An enum's order is that of its labels, and a label knows what it was called before."""
    labels = ("low", "high")
    assert logic.less(Label.of("low", labels), "high") is True
    assert logic.equal(Label.of("high", labels, (("top", "high"),)), "top") is True


def test_now_is_later_than_what_is_long_past_and_no_more_is_known_of_it() -> None:
    """The clock is past 2025; whether it is past what was reckoned from it, or a later day, is not known."""
    assert logic.less("2001-01-01", NOW) is True
    assert logic.less(NOW, "2001-01-01") is False
    assert logic.less(NOW, "2099-01-01") is UNKNOWN
    assert logic.less("2001-01-01", logic.derived(NOW)) is UNKNOWN


def test_equal_values_have_one_key() -> None:
    """Numbers of different types that are equal fall into one group; true and 1 do not."""
    assert logic.key_of(1) == logic.key_of(Decimal("1.00"))
    assert logic.key_of(True) != logic.key_of(1)
    assert logic.key_of([1, "a"]) == logic.key_of([Decimal(1), "a"])

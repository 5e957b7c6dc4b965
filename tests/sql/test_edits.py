"""Byte edits."""

from __future__ import annotations

import pytest

from harness.sql.edits import Edit, Fix, apply


def test_edits_are_made_at_offsets_of_the_text_before_them() -> None:
    """Each edit's offsets are those of the text as it was, in bytes."""
    assert apply("é = a, b", [Edit(8, 9, "bb"), Edit(5, 6, "aa")]) == "é = aa, bb"


def test_insertions_at_one_place_keep_their_order() -> None:
    """Two insertions at one place stand in the order in which they were given, before what is replaced there."""
    assert apply("xy", [Edit(1, 2, "c"), Edit(1, 1, "a"), Edit(1, 1, "b")]) == "xabc"


@pytest.mark.parametrize("edits", [[Edit(0, 2, ""), Edit(1, 3, "")], [Edit(3, 4, "")], [Edit(2, 1, "")]])
def test_overlapping_or_outlying_edits_are_refused(edits: list[Edit]) -> None:
    """An edit that overlaps another, or lies outside, would garble the text."""
    with pytest.raises(ValueError, match="the edit at"):
        apply("abc", edits)


def test_a_fix_moves_with_its_statement() -> None:
    """What is told of a statement alone holds in its file, further on."""
    assert Fix("guard it", (Edit(0, 1, "x"),)).moved(10) == Fix("guard it", (Edit(10, 11, "x"),))

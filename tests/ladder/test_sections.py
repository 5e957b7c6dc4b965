"""The Up part of a file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.ladder import sections

LINES = st.sampled_from(["UP", "DOWN", "select 1;", "ä€😀", "", "x\r", "\t"])


def leads_up(line: str) -> bool | None:
    """Take UP and DOWN for the annotations."""
    return {"UP": True, "DOWN": False}.get(line)


@given(st.lists(LINES).map("\n".join))
def test_bytes_and_lines_stay_where_they_were(text: str) -> None:
    """Whatever is blanked, each line keeps its length in bytes, and what is left stands unchanged."""
    kept = sections.keep(text, leads_up)
    assert (kept is None) == ("UP" not in text.split("\n"))
    for old, new in zip(text.split("\n"), (kept or text).split("\n"), strict=True):
        assert new == old or (not new.strip() and len(new.encode()) == len(old.encode()))


def test_only_what_follows_up_is_kept() -> None:
    """Before the first annotation and after the one for the way back there is nothing."""
    assert sections.keep("a\nUP\nb\nDOWN\nc\nUP\nd", leads_up) == " \nUP\nb\n    \n \nUP\nd"

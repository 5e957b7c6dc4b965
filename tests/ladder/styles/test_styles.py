"""The index of styles."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.ladder.styles import STYLES, named


def test_each_name_leads_to_its_style() -> None:
    """Names are unique, and each style says what it takes and where its rule was read."""
    assert [named(style.name) for style in STYLES] == list(STYLES)
    assert all(style.takes and type(style).__doc__ for style in STYLES)


def test_an_unknown_name_lists_the_known_ones() -> None:
    """A wrong --style is a usage error with all choices."""
    with pytest.raises(UsageError, match="no style of migrations is called 'golang'") as caught:
        named("golang")
    assert all(style.name in caught.value.help for style in STYLES)

"""Reports of real runs, word for word."""

from __future__ import annotations

import pytest

from tests.report.golden import HERE, JOURNALS, RENDERERS


@pytest.mark.parametrize("ending", RENDERERS)
@pytest.mark.parametrize("name", JOURNALS)
def test_report(name: str, ending: str) -> None:
    """The same journal gives the same bytes; `python -m tests.report.golden` writes them anew."""
    assert RENDERERS[ending](name) == (HERE / f"{name}.{ending}").read_text(encoding="utf-8")

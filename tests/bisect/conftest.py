"""What the tests of bisect have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bisect.writing import Written


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Make an empty repository."""
    top = tmp_path / "repository"
    top.mkdir()
    return Written(top)

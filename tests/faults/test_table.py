"""The README's table of faults and the tests are one."""

from __future__ import annotations

import re
from pathlib import Path

from tests.faults.table import rows

MARK = re.compile(r'^@pytest\.mark\.fault\("(.+)"\)$', re.MULTILINE)


def test_each_row_is_a_test_and_each_test_a_row() -> None:
    """Nothing is promised that is not tested, and nothing is tested that nobody can read about."""
    tested = [name for file in Path(__file__).parent.glob("test_*.py") for name in MARK.findall(file.read_text())]
    assert sorted(tested) == sorted(rows())

"""Small ladders, one for each way to fail or to drift at the second boot, and what the fixes make of each.

`tests/ladders/CASE/fixed` holds it. A case without one is safe as it is, or nothing helps it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.fix.api import fix_on
from harness.ladder.discover import find_ladder
from harness.replay.server import Server

pytestmark = pytest.mark.postgres

LADDERS = Path(__file__).parents[1] / "ladders"
FIXED = sorted(path.parent.name for path in LADDERS.glob("*/fixed"))


@pytest.mark.parametrize("case", FIXED)
def test_fix(case: str, server: Server) -> None:
    """The fixes, proved, give exactly the files in `fixed`, and there is nothing to fix in those."""
    found = fix_on(server, find_ladder(LADDERS / case))
    assert found.proved
    assert found.safe
    after = {file.path.name: file.after for file in found.files}
    files = {path.name: path.read_text() for path in (LADDERS / case / "fixed").iterdir()}
    before = {name: (LADDERS / case / name).read_text() for name in files}
    assert before | after == files
    again = fix_on(server, find_ladder(LADDERS / case / "fixed"))
    assert again.safe
    assert not again.files


def test_what_leaves_no_trace_is_left(server: Server) -> None:
    """An UPDATE that is the last of all has no witness: it is named, and nothing is made up for it."""
    found = fix_on(server, find_ladder(LADDERS / "update-resets"))
    assert not found.files
    assert not found.safe
    assert [(Path(item.path).name, item.line, item.what) for item in found.left] == [
        ("002_plans.sql", 2, "rows of public.users are changed at the second boot")
    ]


def test_a_ladder_that_never_boots_is_not_fixed(server: Server) -> None:
    """Where the cold boot fails there is nothing to prove a fix by."""
    found = fix_on(server, find_ladder(LADDERS / "cold-fails"))
    assert not found.files
    assert not found.safe

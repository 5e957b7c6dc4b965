"""A small project, a run of it, and the row of the README's table that a test holds it to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.proxy import Proxy
from tests.faults.table import Row, rows


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Row:
    """Return the row of the fault that the test is marked with."""
    marker = request.node.get_closest_marker("fault")
    assert marker is not None, "a test of a fault says which one: @pytest.mark.fault(...)"
    return rows()[marker.args[0]]


@pytest.fixture
def proxy(tmp_path: Path, engine_address: str) -> Iterator[Proxy]:
    """Stand between the run and the engine."""
    proxy = Proxy(tmp_path / "engine.sock", engine_address)
    yield proxy
    proxy.close()

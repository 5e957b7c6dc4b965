"""One embedded Postgres for all tests of the reproduction, and the ladders that fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.replay.postgres import embedded
from harness.replay.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Run the preferred Postgres; without its wheel the tests that need it are errors, never skipped."""
    with embedded() as running:
        yield running

"""One embedded Postgres for all tests of the replay; each test makes databases of its own on it."""

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


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """Make an empty database, and drop what the test has made beside it."""
    before = set(server.databases)
    server.create("test")
    yield "test"
    for name in server.databases - before:
        server.drop(name)

"""Small ladders, played by the simulator and by Postgres 18: what the second boot refuses is the same.

Each file of tests/simulator/ladders/ is a ladder; `-- file: name` begins another migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.ladder.model import Ladder, Migration
from harness.replay.model import Options
from harness.replay.postgres import embedded
from harness.replay.run import replay
from harness.replay.server import Server
from harness.simulator import simulate

LADDERS = sorted((Path(__file__).parent / "ladders").glob("*.sql"))
_FILE = re.compile(r"^-- file: (\S+)\n", re.MULTILINE)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run the newest Postgres."""
    with embedded(18) as running:
        yield running


@pytest.mark.postgres
@pytest.mark.parametrize("path", LADDERS, ids=lambda path: path.stem)
def test_the_simulator_agrees_with_postgres(path: Path, server: Server) -> None:
    """Every statement passes or is refused, with the SQLSTATE, as by Postgres; none is of unknown outcome."""
    ladder = ladder_of(path)
    assert simulated(ladder) == replayed(ladder, server)


def ladder_of(path: Path) -> Ladder:
    """Return the ladder that a file holds."""
    first, *rest = _FILE.split(path.read_text())
    texts = [("001.sql", first), *zip(rest[::2], rest[1::2], strict=True)]
    migrations = tuple(Migration(name, path.parent / name, text) for name, text in texts if text.strip())
    return Ladder(path.parent, "numbered", migrations)


def simulated(ladder: Ladder) -> list[str]:
    """Return what the simulator says of the second boot's statements; those that pass are left out."""
    verdicts = simulate(ladder).verdicts
    return [
        f"{verdict.migration.name}:{verdict.statement.line} {verdict.sqlstate or verdict.reason}"
        for verdict in verdicts
        if verdict.sqlstate or verdict.reason
    ]


def replayed(ladder: Ladder, server: Server) -> list[str]:
    """Return what Postgres refuses in the second boot; the first has to pass."""
    found = replay(ladder, server, Options(canary=False))
    assert found.cold.failure is None
    assert found.warm is not None
    return [f"{Path(each.path).name}:{each.line} {each.sqlstate}" for each in found.warm.failures]

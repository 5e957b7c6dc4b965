from __future__ import annotations

import pytest

from harness.engine import Engine
from tests.leftovers.decoys import FOREIGN, Decoys


@pytest.fixture
def decoys(docker_engine: Engine, docker_labels: dict[str, str]) -> Decoys:
    """Put what is somebody else's on the engine."""
    made = Decoys(docker_engine, docker_labels)
    made.make()
    assert len(made.seen()) == 3 * len(FOREIGN)
    return made

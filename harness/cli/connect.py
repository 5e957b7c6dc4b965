"""From the environment to an engine that can be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.engine.address import EngineAddress, find_engine
from harness.engine.docker import DockerEngine
from harness.errors import EngineUnavailableError

_HELP = (
    "start Docker, or set DOCKER_HOST to an engine that runs; in a checkout of bootsmoke `make engine` starts "
    "a private one; `bootsmoke doctor` says what is missing"
)


def address() -> EngineAddress:
    """Return where the engine is; `EngineUnavailableError` when none is configured and none answers."""
    found = find_engine(os.environ, Path.cwd())
    if found is None:
        raise EngineUnavailableError("no container engine was found", help=_HELP)
    return found


@contextmanager
def connected(where: EngineAddress | None = None) -> Iterator[DockerEngine]:
    """Give the engine at an address, the one that is found without it; closed at the end."""
    engine = DockerEngine((where or address()).url)
    try:
        yield engine
    finally:
        engine.close()

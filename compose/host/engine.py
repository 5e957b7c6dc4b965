"""`python -m compose.host.engine start|stop|status`: the engine that the reference stack and the tests run on."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from compose.host.daemon import PrivateDaemon, install, refuse_second
from harness.engine.address import EngineAddress, answers, find_engine
from harness.errors import BootsmokeError, EngineUnavailableError

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


def start(root: Path, environment: Mapping[str, str]) -> EngineAddress:
    """Return an engine that answers; where there is none, install it if need be and start a private one."""
    if found := reachable(root, environment):
        return found
    daemon = PrivateDaemon(root)
    with daemon.lock():
        if found := reachable(root, environment):  # somebody else was quicker
            return found
        refuse_second()
        print("engine: none answers; setting up a private one", flush=True)
        install()
        if found := reachable(root, environment):  # installing it may start the system's own
            return found
        pid = daemon.start()
    print(
        f"engine: started dockerd, pid {pid}, log {daemon.log}; "
        f"use it with DOCKER_HOST={daemon.url}, stop it with `make engine-stop`"
    )
    return EngineAddress(daemon.url, "private engine")


def stop(root: Path) -> bool:
    """Stop the private engine of this checkout; whether there was one."""
    daemon = PrivateDaemon(root)
    if not daemon.folder.exists():
        return False
    with daemon.lock():
        return daemon.stop()


def reachable(root: Path, environment: Mapping[str, str]) -> EngineAddress | None:
    """Return the engine to use, None when there is none; `EngineUnavailableError` when the chosen one is silent.

    An address that is no unix socket is taken at its word: it may want keys that only the client knows.
    """
    found = find_engine(environment, root)
    if found and found.url.startswith("unix://") and not answers(found.url):
        raise EngineUnavailableError(
            f"no engine answers at {found}",
            help="start it, or choose none (unset DOCKER_HOST, docker context use default) for a private one",
        )
    return found


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; 3 when there is no engine."""
    parser = argparse.ArgumentParser(prog="engine", description=__doc__)
    parser.add_argument("command", choices=("start", "stop", "status"))
    command = parser.parse_args(arguments).command
    try:
        if command == "stop":
            print("engine: stopped" if stop(ROOT) else "engine: no private one runs")
            return 0
        found = start(ROOT, os.environ) if command == "start" else reachable(ROOT, os.environ)
    except BootsmokeError as error:
        print(f"engine: {error}", file=sys.stderr)
        return error.exit_code
    print(f"engine: {found or 'none answers'}")
    return 0 if found else 3


if __name__ == "__main__":
    sys.exit(main())

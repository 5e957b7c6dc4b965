"""`python -m compose.host.engine start|stop|status`: the engine that the reference stack and the tests run on."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from compose.host.daemon import PrivateDaemon, install, refuse_second
from harness.engine.address import EngineAddress, answers, find_engine
from harness.errors import BootsmokeError, EngineUnavailableError

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


def start(root: Path, environment: Mapping[str, str]) -> str:
    """Make sure that an engine answers: install it if need be, start a private one; return what was done."""
    if found := reachable(root, environment):
        return str(found)
    daemon = PrivateDaemon(root)
    with daemon.lock():
        if found := reachable(root, environment):  # somebody else was quicker
            return str(found)
        refuse_second()
        install()
        if found := reachable(root, environment):  # installing it may start the system's own
            return str(found)
        pid = daemon.start()
    return (
        f"started dockerd, pid {pid}, log {daemon.log}; use it with DOCKER_HOST={daemon.url}, "
        "stop it with `make engine-stop`"
    )


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
        if command == "start":
            said = start(ROOT, os.environ)
        elif command == "stop":
            said = "stopped" if stop(ROOT) else "no private one runs"
        else:
            said = str(reachable(ROOT, os.environ) or _none_answers())
    except BootsmokeError as error:
        print(f"engine: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    print(f"engine: {said}")
    return 0


def _none_answers() -> NoReturn:
    raise EngineUnavailableError("none answers", help="`make engine` sets one up")


if __name__ == "__main__":
    sys.exit(main())

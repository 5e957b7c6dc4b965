"""Plays N labelled cases of a seed on the engine, and prints what bootsmoke, and Docker Compose, make of them.

    python -m tests.behaviours.campaign --number 200 --seed 7

Exits with 1 when bootsmoke has judged a boot wrongly. The journals of such a campaign stay, for a look at them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from harness.engine.address import find_engine
from harness.engine.docker import DockerEngine
from harness.errors import EngineUnavailableError
from tests.behaviours import table
from tests.behaviours.case import Case
from tests.behaviours.generate import cases
from tests.behaviours.image import IMAGE
from tests.behaviours.peer import ask
from tests.behaviours.play import play, resolved

ROOT = Path(__file__).parents[2]
Result = TypeVar("Result")


def main(arguments: list[str] | None = None) -> int:
    """Play, print, and return 1 when anything was judged wrongly."""
    options = _options(arguments)
    found = find_engine(os.environ, ROOT)
    if found is None:
        raise EngineUnavailableError("no container engine", help="`make images` starts one")
    made = cases(options.seed, options.number)
    folder = Path(tempfile.mkdtemp(prefix="behaviours-"))
    boots = _judge(found.url, made, folder, options.at_once)
    if options.compose:
        _compare(found.url, made, folder, options.at_once)
    if any(one.mistake for one in boots):
        print(f"journals and compose file: {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _judge(url: str, made: Mapping[str, Case], folder: Path, at_once: int) -> list[table.Judged]:
    engine = DockerEngine(url)
    project = resolved(made, IMAGE, folder)
    began = time.monotonic()
    given = _each(made, at_once, lambda name, case: play(engine, project, name, case, folder))
    engine.close()
    boots = table.judged(made, given)
    load = f"{at_once} at once, load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"bootsmoke: {len(made)} cases in {time.monotonic() - began:.0f} s, {load}")
    print(*table.matrix(boots), *table.mistakes(boots), *table.latencies(boots), sep="\n", flush=True)
    return boots


def _compare(url: str, made: Mapping[str, Case], folder: Path, at_once: int) -> None:
    began = time.monotonic()
    said = _each(made, at_once, lambda name, case: ask(url, folder, name, case))
    print(*table.peer(made, said), f"  in {time.monotonic() - began:.0f} s", sep="\n")


def _each(made: Mapping[str, Case], at_once: int, act: Callable[[str, Case], Result]) -> dict[str, Result]:
    with ThreadPoolExecutor(at_once) as pool:
        return dict(zip(made, pool.map(act, made, made.values()), strict=True))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="behaviours", description=__doc__)
    parser.add_argument("--number", type=int, default=200, help="how many cases (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="which cases (default: %(default)s)")
    parser.add_argument("--at-once", type=int, default=3, help="cases at a time (default: %(default)s)")
    parser.add_argument(
        "--compose", type=int, default=1, choices=(0, 1), help="ask `docker compose up --wait`, too (default: 1)"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

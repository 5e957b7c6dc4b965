"""Runs that are ended at random moments, by the hundred: `make soak N=100 SEED=7`."""

from __future__ import annotations

import itertools
import os
import random
import signal
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.engine import Engine
from tests.leftovers.decoys import Decoys
from tests.leftovers.ending import PROMISE, Ended, check, end_one, programs, running, until

pytestmark = [pytest.mark.docker, pytest.mark.soak, pytest.mark.timeout(7200)]

NUMBER = int(os.environ.get("N", "100"))
SEED = os.environ.get("SEED", "7")
_AT_ONCE = 3


@pytest.mark.parametrize(
    ("number", "of"),
    [(signal.SIGKILL, NUMBER), (signal.SIGINT, NUMBER // 2), (signal.SIGTERM, NUMBER // 2)],
    ids=["SIGKILL", "SIGINT", "SIGTERM"],
)
def test_nothing_is_left_whenever_a_run_is_ended(
    docker_engine: Engine,
    decoys: Decoys,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
    of: int,
) -> None:
    """Not 5 s after it was killed, and not when it has ended itself; what is somebody else's is as it was."""
    before = decoys.seen()
    lasts = _length(docker_engine, tmp_path)
    draw = random.Random(f"{SEED} {number.name}")  # noqa: S311 - moments, not secrets

    def one(trial: int, delay: float, group: bool) -> Ended | None:
        return end_one(docker_engine, tmp_path / f"{trial}", number, delay, group=group)

    ended: list[Ended] = []
    trials = itertools.count()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while len(ended) < of:
            size = of - len(ended)
            drawn = [(next(trials), draw.uniform(0, lasts), draw.random() < 0.5) for _ in range(size)]
            ended += [found for found in pool.map(one, *zip(*drawn, strict=True)) if found]
    with capsys.disabled():
        print("\n" + "\n".join(_told(number, ended, next(trials), lasts)))  # noqa: T201 - the campaign's result
    assert [each for each in ended if not _is_clean(each, number)] == []
    assert until(lambda: not any(programs(each.run) for each in ended))
    assert decoys.seen() == before


def _length(engine: Engine, folder: Path) -> float:
    """Return how long a run lasts that nobody ends, from its first journal line on."""
    with running(engine, folder / "whole", *check()) as run:
        assert run.process.wait(90) == 0
        return time.monotonic() - run.began


def _is_clean(ended: Ended, number: signal.Signals) -> bool:
    if number is signal.SIGKILL:
        return ended.code == -number and ended.clean_after <= PROMISE
    return ended.clean_after == 0 and (ended.code, ended.told) == (130, True)


def _told(number: signal.Signals, ended: list[Ended], started: int, lasts: float) -> Iterator[str]:
    clean = [each for each in ended if _is_clean(each, number)]
    yield f"{number.name}: {len(clean)} of {len(ended)} left nothing behind, seed {SEED}, {_AT_ONCE} runs at once"
    yield f"  moments in the {lasts:.1f} s of a run; {started - len(ended)} more were over before theirs"
    took = [each.clean_after for each in ended]
    if number is signal.SIGKILL:
        yield f"  gone after {statistics.median(took):.2f} s (median), {max(took):.2f} s (longest)"
    yield f"  load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    yield from (f"  NOT CLEAN: {each}" for each in ended if each not in clean)

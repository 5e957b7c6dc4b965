"""A slice of the labelled behaviours on the real engine; `make behaviours` plays as many as one likes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.engine import Engine
from tests.behaviours import table
from tests.behaviours.generate import cases
from tests.behaviours.image import IMAGE
from tests.behaviours.play import play, resolved

SLICE = frozenset(
    (
        *("crash at once", "crash after healthy", "crash k times, recover", "crash from the second boot on"),
        *("exit 0 when it should stay", "fork and die", "ignore SIGTERM", "healthy then unhealthy"),
        *("slow start within bounds", "job that completes", "odd bytes, crashes", "report, recovers"),
    )
)


@pytest.mark.docker
def test_a_slice_of_the_behaviours_is_judged_as_an_expert_does(docker_engine: Engine, tmp_path: Path) -> None:
    """One case of each of twelve behaviours, four at once: nothing is green or red by mistake."""
    first = {one.behaviour: (name, one) for name, one in reversed(cases(4, 40).items()) if one.behaviour in SLICE}
    made = dict(first.values())
    project = resolved(made, IMAGE, tmp_path)
    with ThreadPoolExecutor(4) as pool:
        given = pool.map(lambda name: play(docker_engine, project, name, made[name], tmp_path), made)
        boots = table.judged(made, dict(zip(made, given, strict=True)))
    assert len(made) == len(SLICE)
    assert not [str(one) for one in boots if one.mistake]

"""What comes from the engine breaks off, falls silent, or tells times of a clock that was set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.engine import Engine
from harness.journal import Record
from tests.faults.proxy import Proxy
from tests.faults.smoke import Smoke, shell, write
from tests.faults.table import Row

pytestmark = pytest.mark.docker

STAYS = {"app": shell("exec sleep 300", restart="unless-stopped")}
LOOPS = {"app": shell("sleep 1; echo panic: boom; exit 3", restart="unless-stopped")}


def is_running(record: Record) -> bool:
    """Whether the first life has begun."""
    return record.kind == "life.started"


@pytest.mark.fault("the event stream is cut")
def test_a_stream_that_is_cut_is_taken_up_again(
    tmp_path: Path, proxy: Proxy, docker_engine: Engine, row: Row
) -> None:
    """A good stack passes all the same."""
    smoke = Smoke(write(tmp_path, STAYS), proxy.url, "--stability", "1")
    smoke.until(is_running)
    proxy.cut_events()
    smoke.until(lambda record: record.kind == "container.retired")
    proxy.cut_events()
    ended = smoke.end()
    assert ended.fits(row)
    assert [record.kind for record in smoke.records()].count("engine.reconnected") == 2
    assert ended.left(docker_engine) == []


@pytest.mark.fault("the event stream is cut again and again")
def test_a_stream_that_is_always_cut_is_given_up(
    tmp_path: Path, proxy: Proxy, docker_engine: Engine, row: Row
) -> None:
    """Something stands between: that says nothing about the stack, and it does not go on for ever."""
    smoke = Smoke(write(tmp_path, STAYS), proxy.url, "--stability", "20")
    smoke.until(is_running)
    proxy.cut_all_events()
    ended = smoke.end(40)
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


@pytest.mark.soak
@pytest.mark.fault("the event stream falls silent")
def test_a_crash_is_found_without_any_event(tmp_path: Path, proxy: Proxy, docker_engine: Engine, row: Row) -> None:
    """Everything is looked at every few seconds, and by its restart count a loop is known."""
    proxy.silence_events()
    ended = Smoke(write(tmp_path, LOOPS), proxy.url, "--stability", "20").end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


@pytest.mark.fault("the engine's clock is set")
@pytest.mark.parametrize("years", [1, pytest.param(-1, marks=pytest.mark.soak)])
def test_a_clock_that_was_set_is_told(
    tmp_path: Path, proxy: Proxy, docker_engine: Engine, row: Row, years: int
) -> None:
    """A life would end before it began, or begin in the future: no verdict is made of such times."""
    smoke = Smoke(write(tmp_path, STAYS), proxy.url, "--stability", "2")
    smoke.until(is_running)
    proxy.rewrite = lambda answer: in_other_years(answer, years)
    ended = smoke.end(30)
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


def in_other_years(answer: bytes, years: int) -> bytes:
    """Change the year of all times in an answer of the engine; its length stays."""

    def dated(match: re.Match[bytes]) -> bytes:
        return b'"%d-' % (int(match[1]) + years)

    def counted(match: re.Match[bytes]) -> bytes:
        return b'"timeNano":%d' % (int(match[1]) + years * 365 * 86400 * 10**9)

    return re.sub(rb'"timeNano":(\d+)', counted, re.sub(rb'"(20\d\d)-(?=\d\d-\d\dT)', dated, answer))

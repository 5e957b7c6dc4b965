"""Postgres dies, is frozen, has no room or no connections left, or is not to be reached."""

from __future__ import annotations

import json
import os
import signal
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from harness.engine import Engine
from harness.engine.address import connect
from tests.faults.smoke import POSTGRES, Smoke, client, write
from tests.faults.table import Row

pytestmark = pytest.mark.docker

STACK = {"postgres": POSTGRES, "server": client()}


def ask(url: str, method: str, path: str, body: object = None) -> Any:
    """Make a call to the engine that no run makes."""
    with closing(connect(url, 30)) as connection:
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status < 300, text
        return json.loads(text or "null")


def run(folder: Path, url: str, services: dict[str, Any] = STACK, **more: Any) -> Smoke:
    """Begin a run."""
    return Smoke(write(folder, services, **more), url, "--service", "server", "--stability", "2")


@pytest.mark.soak
@pytest.mark.fault("Postgres crashes")
def test_a_crash_of_postgres_after_it_was_ready(
    tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row
) -> None:
    """Its process is killed from the host, as the kernel would: a crash, although the engine starts it again."""
    smoke = run(tmp_path, engine_address)
    smoke.ready("postgres")
    pid = ask(engine_address, "GET", f"/containers/{smoke.container('postgres')}/json")["State"]["Pid"]
    os.kill(pid, signal.SIGKILL)
    ended = smoke.end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


@pytest.mark.fault("somebody pauses Postgres")
def test_a_paused_postgres_is_no_failure_of_the_stack(
    tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row
) -> None:
    """Somebody has paused it through the engine; the run ends at once, and removes it frozen as it is."""
    smoke = run(tmp_path, engine_address)
    smoke.ready("postgres")
    ask(engine_address, "POST", f"/containers/{smoke.container('postgres')}/pause")
    ended = smoke.end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


@pytest.mark.fault("somebody kills Postgres")
def test_a_postgres_that_was_killed_by_hand_has_not_crashed(
    tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row
) -> None:
    """`docker kill` is told from a crash by the event before the exit."""
    smoke = run(tmp_path, engine_address)
    smoke.ready("postgres")
    ask(engine_address, "POST", f"/containers/{smoke.container('postgres')}/kill")
    ended = smoke.end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


@pytest.mark.fault("Postgres's disk is full")
def test_no_room_for_the_database(tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row) -> None:
    """A volume of 20 MB: initdb gets no further, at every start again."""
    small = {"type": "tmpfs", "device": "tmpfs", "o": "size=20m"}
    volumes = {"data": {"driver_opts": small}}
    postgres = POSTGRES | {"volumes": ["data:/var/lib/postgresql/data"]}
    ended = run(tmp_path, engine_address, STACK | {"postgres": postgres}, volumes=volumes).end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


@pytest.mark.soak
@pytest.mark.fault("Postgres's connections are exhausted")
def test_no_connection_is_left(tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row) -> None:
    """Another service holds them all: the server dies of it, and so would bootsmoke's own look at the database."""
    few = ["-c", "max_connections=10", "-c", "superuser_reserved_connections=0", "-c", "max_wal_senders=0"]
    services = {
        "postgres": POSTGRES | {"command": few},
        "hog": client("hold", "10"),
        "server": client(depends_on={"hog": {"condition": "service_healthy"}}),
    }
    ended = run(tmp_path, engine_address, services).end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


@pytest.mark.soak
@pytest.mark.fault("Postgres is cut off from the network")
def test_a_postgres_off_the_network(tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row) -> None:
    """It is well, and nobody finds it: the server's log says so, and the cause is no migration's."""
    smoke = run(tmp_path, engine_address)
    smoke.ready("postgres")
    container = smoke.container("postgres")
    networks = ask(engine_address, "GET", f"/containers/{container}/json")["NetworkSettings"]["Networks"]
    for network in networks:
        ask(engine_address, "POST", f"/networks/{network}/disconnect", {"Container": container, "Force": True})
    ended = smoke.end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []

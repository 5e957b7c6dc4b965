"""From the engine's JSON to values."""

from __future__ import annotations

from typing import Any

import pytest

from harness.engine import HealthCheck, HealthProbe
from harness.engine.parse import container_state, environment, healthcheck, image_state, time_of

NEVER = "0001-01-01T00:00:00Z"


def inspected(**changes: Any) -> dict[str, Any]:
    """Return an inspect answer as engine 20.10 gives it, with other values for some of its top-level keys."""
    state = {
        "Status": "restarting",
        "Running": True,
        "Restarting": True,
        "OOMKilled": False,
        "ExitCode": 3,
        "Error": "",
        "StartedAt": "2026-11-22T03:00:00.25Z",
        "FinishedAt": "2026-11-22T03:00:01.5Z",
    }
    return {
        "Id": "c" * 64,
        "Name": "/web",
        "Image": "sha256:abc",
        "RestartCount": 2,
        "State": state,
        "Config": {"Labels": None, "Env": None},
        "HostConfig": {"RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0}},
        "NetworkSettings": {"Ports": {}},
        "Mounts": [],
    } | changes


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:01Z", 1.0),
        ("1970-01-01T00:00:01.5Z", 1.5),
        ("1970-01-01T00:00:00.000000001Z", 1e-9),
        ("1970-01-01T00:00:00.123456789Z", 0.123456789),
        ("1970-01-01T02:00:01.25+02:00", 1.25),
        ("1969-12-31T19:00:01-05:00", 1.0),
        (NEVER, None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_with_nanoseconds_becomes_seconds(text: str | None, seconds: float | None) -> None:
    """Up to nine decimals and any zone are read; the engine's zero time is no time."""
    assert time_of(text) == seconds


@pytest.mark.parametrize("text", ["yesterday", "2026-11-22", "2026-11-22T03:00:00", "2026-11-22T03:00:00Z "])
def test_what_is_no_time_is_refused(text: str) -> None:
    """Any other text is an error that names it."""
    with pytest.raises(ValueError, match="not an RFC 3339 time"):
        time_of(text)


def test_back_off_is_not_running() -> None:
    """`Running` is true in back-off; the status is what counts."""
    state = container_state(inspected())
    assert (state.name, state.status, state.is_running, state.restart_count) == ("web", "restarting", False, 2)
    assert (state.exit_code, state.restart_policy) == (3, "unless-stopped")
    assert state.finished_at is not None
    assert state.finished_at - (state.started_at or 0) == 1.25


def test_a_container_without_extras_has_none() -> None:
    """Absent labels, environment, health, ports and mounts are empty, not errors."""
    state = container_state(inspected(HostConfig={"RestartPolicy": {"Name": ""}}))
    assert (state.labels, state.environment, state.ports, state.volumes, state.probes) == ({}, {}, {}, {}, ())
    assert (state.health, state.healthcheck, state.restart_policy) == (None, None, "no")


def test_ports_that_are_published_are_told() -> None:
    """Each published port has its host addresses; an exposed one that is not published is left out."""
    both = [{"HostIp": "127.0.0.1", "HostPort": "49153"}, {"HostIp": "::1", "HostPort": "49154"}]
    ports = {"8080/tcp": both, "5432/tcp": None, "9/udp": []}
    state = container_state(inspected(NetworkSettings={"Ports": ports}))
    assert state.ports == {"8080/tcp": (("127.0.0.1", 49153), ("::1", 49154))}


def test_volumes_are_told_and_binds_are_not() -> None:
    """Only mounts of volumes have a name to remove."""
    mounts = [
        {"Type": "volume", "Name": "data", "Destination": "/var/lib/data"},
        {"Type": "bind", "Source": "/srv", "Destination": "/srv"},
    ]
    assert container_state(inspected(Mounts=mounts)).volumes == {"/var/lib/data": "data"}


def test_health_has_a_status_and_its_probes() -> None:
    """Probes carry their times, exit code and output; a status of `none` means that there is no healthcheck."""
    probe = {"Start": "1970-01-01T00:00:01Z", "End": "1970-01-01T00:00:02Z", "ExitCode": 1, "Output": "no"}
    state = inspected()["State"] | {"Health": {"Status": "unhealthy", "FailingStreak": 1, "Log": [probe]}}
    read = container_state(inspected(State=state))
    assert (read.health, read.probes) == ("unhealthy", (HealthProbe(1.0, 2.0, 1, "no"),))
    off = container_state(inspected(State=state | {"Health": {"Status": "none", "Log": None}}))
    assert (off.health, off.probes) == (None, ())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, None),
        ({}, None),
        ({"Test": []}, None),
        ({"Test": ["NONE"]}, None),
        ({"Test": ["CMD", "x"]}, HealthCheck(("CMD", "x"), 30.0, 30.0, 0.0, 3)),
        ({"Test": ["CMD", "x"], "Interval": 0, "Retries": 0}, HealthCheck(("CMD", "x"))),
        (
            {
                "Test": ["CMD-SHELL", "x y"],
                "Interval": 500_000_000,
                "Timeout": 2_000_000_000,
                "StartPeriod": 10**9,
                "Retries": 5,
            },
            HealthCheck(("CMD-SHELL", "x y"), 0.5, 2.0, 1.0, 5),
        ),
    ],
)
def test_a_healthcheck_has_the_engines_defaults(data: dict[str, Any] | None, expected: HealthCheck | None) -> None:
    """Zero and absent mean 30 s, 30 s and 3; no test, or NONE, means no healthcheck."""
    assert healthcheck(data) == expected


def test_an_environment_value_may_hold_equal_signs() -> None:
    """Only the first `=` divides, empty values stay, and a name without `=` is not set."""
    assert environment(["A=b=c", "EMPTY=", "UNSET"]) == {"A": "b=c", "EMPTY": ""}


def test_an_image_tells_its_volumes_and_healthcheck() -> None:
    """An image's volumes, healthcheck and environment are read; all may be absent."""
    config = {"Volumes": {"/b": {}, "/a": {}}, "Healthcheck": {"Test": ["CMD", "x"]}, "Env": ["A=1"]}
    image = image_state({"Id": "sha256:1", "Config": config})
    assert (image.volumes, image.healthcheck, image.environment) == (
        ("/a", "/b"),
        HealthCheck(("CMD", "x")),
        {"A": "1"},
    )
    assert image_state({"Id": "sha256:2", "Config": None}).volumes == ()

"""From the engine's JSON to the values of `model`: pure, no engine needed.

Shapes as in the Engine API 1.41 to 1.51: GET /containers/{id}/json and GET /images/{name}/json.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from harness.engine.model import ContainerState, HealthCheck, HealthProbe, ImageState

Json = Mapping[str, Any]

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")
_NANO = 1e9


def time_of(text: str | None) -> float | None:
    """Return the seconds since the epoch of an RFC 3339 time with up to nine decimals.

    None for the engine's zero time (year 1) and for no time at all; `ValueError` for any other text. A float
    keeps a quarter of a microsecond.
    """
    if not text or text.startswith("0001-01-01"):
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        msg = f"not an RFC 3339 time: {text!r}"
        raise ValueError(msg)
    whole, fraction, zone = match.groups()
    return _whole_seconds(whole + zone) + float(fraction or 0)


@lru_cache(maxsize=64)
def _whole_seconds(text: str) -> float:
    """Read a time without a fraction; a log has thousands of lines of one second."""
    return datetime.fromisoformat(text).timestamp()


def container_state(data: Json) -> ContainerState:
    """Read the answer of a container's inspect."""
    state, config = data["State"], data["Config"]
    policy = data["HostConfig"].get("RestartPolicy") or {}
    health = _health_of(state)
    return ContainerState(
        id=data["Id"],
        name=data["Name"].removeprefix("/"),
        labels=config.get("Labels") or {},
        image_id=data["Image"],
        status=state["Status"],
        exit_code=state["ExitCode"],
        oom_killed=state["OOMKilled"],
        error=state["Error"],
        started_at=time_of(state["StartedAt"]),
        finished_at=time_of(state["FinishedAt"]),
        restart_count=data["RestartCount"],
        restart_policy=policy.get("Name") or "no",
        stop_signal=config.get("StopSignal") or "SIGTERM",
        memory_limit=data["HostConfig"].get("Memory") or 0,
        health=health.get("Status"),
        probes=tuple(_probe(entry) for entry in health.get("Log") or ()),
        healthcheck=healthcheck(config.get("Healthcheck")),
        environment=environment(config.get("Env")),
        ports=_ports(data["NetworkSettings"].get("Ports") or {}),
        volumes={m["Destination"]: m["Name"] for m in data.get("Mounts") or () if m["Type"] == "volume"},
    )


def image_state(data: Json) -> ImageState:
    """Read the answer of an image's inspect."""
    config = data.get("Config") or {}
    return ImageState(
        id=data["Id"],
        volumes=tuple(sorted(config.get("Volumes") or ())),
        healthcheck=healthcheck(config.get("Healthcheck")),
        environment=environment(config.get("Env")),
    )


def healthcheck(data: Json | None) -> HealthCheck | None:
    """Read a `Healthcheck`, whose times are nanoseconds and 0 or absent for the engine's default.

    None for none, for one that inherits everything, and for one that is switched off (`NONE`).
    """
    test = tuple((data or {}).get("Test") or ())
    if data is None or not test or test[0] == "NONE":
        return None
    default = HealthCheck(test)
    return HealthCheck(
        test=test,
        interval=(data.get("Interval") or 0) / _NANO or default.interval,
        timeout=(data.get("Timeout") or 0) / _NANO or default.timeout,
        start_period=(data.get("StartPeriod") or 0) / _NANO,
        retries=data.get("Retries") or default.retries,
        start_interval=(data.get("StartInterval") or 0) / _NANO or default.start_interval,
    )


def environment(entries: Iterable[str] | None) -> dict[str, str]:
    """Read a list of NAME=value; a name without `=` has no value in the container and is left out."""
    return {name: value for name, equals, value in (e.partition("=") for e in entries or ()) if equals}


def _health_of(state: Json) -> Json:
    """Return the health record; its status is `none` for a healthcheck that is switched off."""
    health: Json = state.get("Health") or {}
    return {} if health.get("Status") == "none" else health


def _probe(entry: Json) -> HealthProbe:
    return HealthProbe(
        began_at=time_of(entry["Start"]) or 0.0,
        ended_at=time_of(entry["End"]) or 0.0,
        exit_code=entry["ExitCode"],
        output=entry["Output"],
    )


def _ports(data: Mapping[str, Iterable[Json] | None]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Keep the published ports alone: an exposed one that is not published has no bindings."""
    return {
        port: tuple((binding["HostIp"], int(binding["HostPort"])) for binding in bindings)
        for port, bindings in data.items()
        if bindings
    }

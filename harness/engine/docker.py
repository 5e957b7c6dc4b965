"""The real container engine, over the Docker SDK's low-level client. Importing this costs half a second."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import quote

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from harness.engine.archive import archives
from harness.engine.client import Clients, post, send
from harness.engine.docker_events import DockerEvents
from harness.engine.docker_exec import run_exec
from harness.engine.docker_log import DockerLog
from harness.engine.events import ACTIONS
from harness.engine.model import (
    ContainerState,
    CreateBody,
    EngineInfo,
    ExecResult,
    ImageState,
    LogLine,
    Resource,
)
from harness.engine.parse import container_state, image_state, time_of
from harness.engine.streams import LOG_ENTRIES, frames, last_bytes, log_lines
from harness.errors import ConflictError, EngineError, NotFoundError

_TICK = 1e-6
"""More than a float of seconds loses of a time in nanoseconds: the engine is asked for so much more."""
REMOVAL_PATIENCE = 30.0
"""Seconds that a removal which is under way already is waited for."""


class DockerEngine:
    """An `Engine` that is a Docker daemon at `address` (unix:///path or tcp://host:port).

    Nothing is asked of the daemon before the first call; `EngineUnavailableError` when none answers then.
    """

    def __init__(self, address: str) -> None:
        self._clients = Clients(address)

    def info(self) -> EngineInfo:
        """Say which engine answers."""
        with self._clients.borrow("cannot ask the engine about itself") as client:
            version = client.version()
            asked = time.time()
            info = client.info()
            answered = time.time()
        return EngineInfo(
            address=self._clients.address,
            version=version["Version"],
            api_version=version["ApiVersion"],
            storage_driver=info["Driver"],
            os=info["OperatingSystem"],
            clock_offset=_offset(time_of(info["SystemTime"]) or asked, asked, answered),
        )

    def image(self, reference: str) -> ImageState:
        """Inspect an image by name or id."""
        with self._clients.borrow(f"cannot inspect image {reference}") as client:
            return image_state(client.inspect_image(reference))

    def pull(self, reference: str, *, platform: str | None = None) -> None:
        """Fetch an image from its registry."""
        with self._clients.borrow(f"cannot pull image {reference}") as client:
            for progress in client.pull(reference, platform=platform, stream=True, decode=True):
                if "error" in progress:
                    msg = f"cannot pull image {reference}: {progress['error']}"
                    raise EngineError(msg)

    def create_network(self, name: str, body: Mapping[str, object]) -> str:
        """Create a network from the body of POST /networks/create, and return its id."""
        with self._clients.borrow(f"cannot create network {name}") as client:
            return str(post(client, "/networks/create", {**body, "Name": name, "CheckDuplicate": True})["Id"])

    def create_volume(self, name: str, body: Mapping[str, object]) -> None:
        """Create a volume from the body of POST /volumes/create."""
        with self._clients.borrow(f"cannot create volume {name}") as client:
            post(client, "/volumes/create", {**body, "Name": name})

    def create_container(self, name: str, body: CreateBody, *, platform: str | None = None) -> str:
        """Create a container that is not started yet, and return its id."""
        with self._clients.borrow(f"cannot create container {name}") as client:
            return str(client.create_container_from_config(dict(body), name, platform)["Id"])

    def connect(self, network: str, container: str, endpoint: Mapping[str, object]) -> None:
        """Attach a container to one more network."""
        with self._clients.borrow(f"cannot connect {container} to network {network}") as client:
            body = {"Container": container, "EndpointConfig": endpoint}
            post(client, f"/networks/{quote(network)}/connect", body)

    def start(self, container: str) -> None:
        """Start a created or stopped container."""
        with self._clients.borrow(f"cannot start container {container}") as client:
            client.start(container)

    def stop(self, container: str, *, grace: float) -> None:
        """Signal it to stop and kill it after `grace` seconds, which the engine takes in whole ones."""
        with self._clients.borrow(f"cannot stop container {container}") as client:
            client.stop(container, timeout=math.ceil(grace))

    def kill(self, container: str, *, signal: str = "SIGKILL") -> None:
        """Send a signal to the container's first process."""
        with self._clients.borrow(f"cannot kill container {container}") as client:
            client.kill(container, signal)

    def pause(self, container: str) -> None:
        """Freeze a running container."""
        with self._clients.borrow(f"cannot pause container {container}") as client:
            client.pause(container)

    def unpause(self, container: str) -> None:
        """Let a frozen container go on."""
        with self._clients.borrow(f"cannot unpause container {container}") as client:
            client.unpause(container)

    def inspect(self, container: str) -> ContainerState:
        """Say what the engine knows of one container."""
        with self._clients.borrow(f"cannot inspect container {container}") as client:
            return container_state(client.inspect_container(container))

    def logs(
        self,
        container: str,
        *,
        since: float | None = None,
        until: float | None = None,
        tail: int | None = None,
    ) -> list[LogLine]:
        """Return log lines, oldest first, between two times (inclusive)."""
        params = _log_params(since)
        if until is not None:
            params["until"] = f"{until + _TICK:.9f}"
        elif tail is not None:
            params["tail"] = str(min(tail, LOG_ENTRIES))
        with self._clients.borrow(f"cannot read the log of container {container}") as client:
            path = f"/containers/{quote(container)}/logs"
            with send(client, "GET", path, params=params) as response:
                entries = last_bytes(frames(response.raw.read))
        lines = [line for line in log_lines(entries) if _within(line.at, since, until)]
        return lines if tail is None else lines[max(0, len(lines) - tail) :]

    def follow(self, container: str, *, since: float | None = None) -> DockerLog:
        """Read the log of the present life while it grows, from `since` on."""
        doing = f"cannot follow the log of container {container}"
        with self._clients.borrow(doing) as client:
            path, params = f"/containers/{quote(container)}/logs", _log_params(since) | {"follow": "1"}
            response = send(client, "GET", path, params=params, timeout=None)
        return DockerLog(response, since, partial(self._clients.errors, doing))

    def exec(
        self,
        container: str,
        command: Sequence[str],
        *,
        timeout: float,
        environment: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
    ) -> ExecResult:
        """Run a command inside a running container and wait for its end."""
        with self._clients.borrow(f"cannot run {command[0]} in container {container}") as client:
            return run_exec(client, container, command, timeout=timeout, environment=environment, stdin=stdin)

    def put_files(self, container: str, files: Mapping[str, bytes]) -> None:
        """Write files, by absolute path, into a container that is created or running."""
        for folder, archive in archives(files).items():
            with self._clients.borrow(f"cannot write to {folder} of container {container}") as client:
                client.put_archive(container, folder, archive)

    def list_resources(self, labels: Mapping[str, str | None]) -> list[Resource]:
        """Find containers, then networks, then volumes that carry all `labels`, each kind by name."""
        wanted = {"label": [key if value is None else f"{key}={value}" for key, value in labels.items()]}
        with self._clients.borrow("cannot list what carries a label") as client:
            containers = client.containers(all=True, filters=wanted)
            networks = client.networks(filters=wanted)
            volumes = client.volumes(filters=wanted)["Volumes"] or []
        found = [_resource("container", c["Id"], c["Names"][0].removeprefix("/"), c) for c in containers]
        found += [_resource("network", n["Id"], n["Name"], n) for n in networks]
        found += [_resource("volume", v["Name"], v["Name"], v) for v in volumes]
        return sorted(found, key=lambda resource: (resource.kind, resource.name))

    @retry(
        retry=retry_if_exception_type(ConflictError),
        wait=wait_fixed(0.05),
        stop=stop_after_delay(REMOVAL_PATIENCE),
        reraise=True,
    )
    def remove_container(self, container: str) -> None:
        """Kill and remove a container with its anonymous volumes.

        While somebody else's removal of it is under way the engine says 409: asked again until it is gone.
        """
        with suppress(NotFoundError), self._clients.borrow(f"cannot remove container {container}") as client:
            client.remove_container(container, v=True, force=True)

    def remove_network(self, network: str) -> None:
        """Remove a network; gone already is fine."""
        with suppress(NotFoundError), self._clients.borrow(f"cannot remove network {network}") as client:
            client.remove_network(network)

    def remove_volume(self, volume: str) -> None:
        """Remove a volume; gone already is fine."""
        with suppress(NotFoundError), self._clients.borrow(f"cannot remove volume {volume}") as client:
            client.remove_volume(volume)

    def events(self, labels: Mapping[str, str], *, since: float | None = None) -> DockerEvents:
        """Subscribe to the container events of everything that carries `labels`.

        The engine answers a moment before it subscribes, so the past since its own time at the call is asked
        for as well: nothing is missed, and with `since` the event of that very time comes again.
        """
        wanted = {"type": ["container"], "event": ACTIONS, "label": [f"{k}={v}" for k, v in labels.items()]}
        with self._clients.borrow("cannot subscribe to the engine's events") as client:
            now = time_of(client.info()["SystemTime"]) or time.time()
            begin = now if since is None else since
            params = {"since": f"{begin - _TICK:.9f}", "filters": json.dumps(wanted)}
            return DockerEvents(send(client, "GET", "/events", params=params, timeout=None))

    def close(self) -> None:
        """Give back all connections."""
        self._clients.close()


def _offset(told: float, asked: float, answered: float) -> float:
    """Return the least difference of two clocks that explains a time told between two others."""
    return max(0.0, told - answered) + min(0.0, told - asked)


def _log_params(since: float | None) -> dict[str, str]:
    params = {"stdout": "1", "stderr": "1", "timestamps": "1", "tail": str(LOG_ENTRIES)}
    return params if since is None else params | {"since": f"{since - _TICK:.9f}"}


def _within(at: float, since: float | None, until: float | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)


def _resource(kind: str, identity: str, name: str, data: Mapping[str, Any]) -> Resource:
    return Resource(kind=kind, id=identity, name=name, labels=data["Labels"] or {})

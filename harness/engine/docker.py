"""The real container engine, over the Docker SDK's low-level client. Importing this costs half a second."""

from __future__ import annotations

import io
import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from harness.engine.archive import archives
from harness.engine.client import OPENING, Clients, post, send
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
from harness.engine.streams import LOG_ENTRIES, Frame, first_bytes, frames, last_bytes, log_lines
from harness.errors import ConflictError, EngineError, NotFoundError

if TYPE_CHECKING:
    import docker
    import requests

_TICK = 1e-6
"""More than a float of seconds loses of a time in nanoseconds: the engine is asked for so much more."""
_PIECE = 1 << 16
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
        return self._clients.call("cannot ask the engine about itself", self._introduce)

    def _introduce(self, client: docker.APIClient) -> EngineInfo:
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
        doing = f"cannot inspect image {reference}"
        return image_state(self._clients.call(doing, lambda client: client.inspect_image(reference)))

    def pull(self, reference: str, *, platform: str | None = None) -> None:
        """Fetch an image from its registry."""

        def pull(client: docker.APIClient) -> None:
            for progress in client.pull(reference, platform=platform, stream=True, decode=True):
                if "error" in progress:
                    msg = f"cannot pull image {reference}: {progress['error']}"
                    raise EngineError(msg)

        self._clients.call(f"cannot pull image {reference}", pull)

    def create_network(self, name: str, body: Mapping[str, object]) -> str:
        """Create a network from the body of POST /networks/create, and return its id."""
        whole = {**body, "Name": name, "CheckDuplicate": True}
        doing = f"cannot create network {name}"
        return str(self._clients.call(doing, lambda client: post(client, "/networks/create", whole))["Id"])

    def create_volume(self, name: str, body: Mapping[str, object]) -> None:
        """Create a volume from the body of POST /volumes/create."""
        whole = {**body, "Name": name}
        self._clients.call(f"cannot create volume {name}", lambda client: post(client, "/volumes/create", whole))

    def create_container(self, name: str, body: CreateBody, *, platform: str | None = None) -> str:
        """Create a container that is not started yet, and return its id."""
        made = self._clients.call(
            f"cannot create container {name}",
            lambda client: client.create_container_from_config(dict(body), name, platform),
        )
        return str(made["Id"])

    def connect(self, network: str, container: str, endpoint: Mapping[str, object]) -> None:
        """Attach a container to one more network."""
        body = {"Container": container, "EndpointConfig": endpoint}
        self._clients.call(
            f"cannot connect {container} to network {network}",
            lambda client: post(client, f"/networks/{quote(network)}/connect", body),
        )

    def start(self, container: str) -> None:
        """Start a created or stopped container."""
        self._clients.call(f"cannot start container {container}", lambda client: client.start(container))

    def stop(self, container: str, *, grace: float) -> None:
        """Signal it to stop and kill it after `grace` seconds, which the engine takes in whole ones."""
        self._clients.call(
            f"cannot stop container {container}", lambda client: client.stop(container, timeout=math.ceil(grace))
        )

    def kill(self, container: str, *, signal: str = "SIGKILL") -> None:
        """Send a signal to the container's first process."""
        self._clients.call(f"cannot kill container {container}", lambda client: client.kill(container, signal))

    def pause(self, container: str) -> None:
        """Freeze a running container."""
        self._clients.call(f"cannot pause container {container}", lambda client: client.pause(container))

    def unpause(self, container: str) -> None:
        """Let a frozen container go on."""
        self._clients.call(f"cannot unpause container {container}", lambda client: client.unpause(container))

    def inspect(self, container: str) -> ContainerState:
        """Say what the engine knows of one container."""
        doing = f"cannot inspect container {container}"
        return container_state(self._clients.call(doing, lambda client: client.inspect_container(container)))

    def logs(
        self,
        container: str,
        *,
        since: float | None = None,
        until: float | None = None,
        tail: int | None = None,
    ) -> list[LogLine]:
        """Return log lines, oldest first, between two times (inclusive).

        With `tail` the engine is asked for the end of the log alone, with room for what came after `until`: a
        flood of some megabytes takes seconds to read. Only where that was too much is all of it read.
        """
        params = _log_params(since)
        if tail is not None:
            asked = min(2 * tail, LOG_ENTRIES)
            entries = self._log_entries(container, {**params, "tail": str(asked)})
            lines = [line for line in log_lines(entries) if _within(line.at, since, until)]
            if len(lines) >= tail or len(entries) < asked:
                return lines[max(0, len(lines) - tail) :]
        if until is not None:
            params["until"] = f"{until + _TICK:.9f}"
        entries = self._log_entries(container, params)
        lines = [line for line in log_lines(entries) if _within(line.at, since, until)]
        return lines if tail is None else lines[-tail:]

    def _log_entries(self, container: str, params: Mapping[str, str]) -> list[Frame]:
        def read(client: docker.APIClient) -> list[Frame]:
            with send(client, "GET", f"/containers/{quote(container)}/logs", params=params) as response:
                response.raw.auto_close = False  # at its end, which a buffered reader asks for once more
                return last_bytes(frames(io.BufferedReader(response.raw, _PIECE).read))

        return self._clients.call(f"cannot read the log of container {container}", read)

    def log_head(self, container: str) -> list[LogLine]:
        """Return the first lines of a log, of all lives: at most its first 256 KiB."""
        params = {"stdout": "1", "stderr": "1", "timestamps": "1"}

        def read(client: docker.APIClient) -> list[Frame]:
            with send(client, "GET", f"/containers/{quote(container)}/logs", params=params) as response:
                return first_bytes(frames(response.raw.read))

        return list(log_lines(self._clients.call(f"cannot read the log of container {container}", read)))

    def follow(self, container: str, *, since: float | None = None) -> DockerLog:
        """Read the log of the present life while it grows, from `since` on."""
        doing = f"cannot follow the log of container {container}"
        path, params = f"/containers/{quote(container)}/logs", _log_params(since) | {"follow": "1"}
        response = self._clients.call(
            doing, lambda client: send(client, "GET", path, params=params, timeout=None), limit=OPENING
        )
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
        return self._clients.call(
            f"cannot run {command[0]} in container {container}",
            partial(
                run_exec,
                container=container,
                command=command,
                timeout=timeout,
                environment=environment,
                stdin=stdin,
            ),
        )

    def put_files(self, container: str, files: Mapping[str, bytes]) -> None:
        """Write files, by absolute path, into a container that is created or running."""
        for folder, archive in archives(files).items():
            doing = f"cannot write to {folder} of container {container}"
            self._clients.call(doing, partial(_put, container=container, folder=folder, archive=archive))

    def list_resources(self, labels: Mapping[str, str | None]) -> list[Resource]:
        """Find containers, then networks, then volumes that carry all `labels`, each kind by name."""
        wanted = {"label": [key if value is None else f"{key}={value}" for key, value in labels.items()]}
        containers, networks, volumes = self._clients.call(
            "cannot list what carries a label",
            lambda client: (
                client.containers(all=True, filters=wanted),
                client.networks(filters=wanted),
                client.volumes(filters=wanted)["Volumes"] or [],
            ),
        )
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
        with suppress(NotFoundError):
            self._clients.call(
                f"cannot remove container {container}",
                lambda client: client.remove_container(container, v=True, force=True),
            )

    def remove_network(self, network: str) -> None:
        """Remove a network; gone already is fine."""
        with suppress(NotFoundError):
            self._clients.call(f"cannot remove network {network}", lambda client: client.remove_network(network))

    def remove_volume(self, volume: str) -> None:
        """Remove a volume; gone already is fine."""
        with suppress(NotFoundError):
            self._clients.call(f"cannot remove volume {volume}", lambda client: client.remove_volume(volume))

    def events(self, labels: Mapping[str, str], *, since: float | None = None) -> DockerEvents:
        """Subscribe to the container events of everything that carries `labels`.

        The engine answers a moment before it subscribes, so the past since its own time at the call is asked
        for as well: nothing is missed, and with `since` the event of that very time comes again.
        """
        doing = "cannot subscribe to the engine's events"
        wanted = {"type": ["container"], "event": ACTIONS, "label": [f"{k}={v}" for k, v in labels.items()]}

        def subscribe(client: docker.APIClient) -> requests.Response:
            now = time_of(client.info()["SystemTime"]) or time.time()
            begin = now if since is None else since
            params = {"since": f"{begin - _TICK:.9f}", "filters": json.dumps(wanted)}
            return send(client, "GET", "/events", params=params, timeout=None)

        return DockerEvents(self._clients.call(doing, subscribe, limit=OPENING))

    def close(self) -> None:
        """Give back all connections."""
        self._clients.close()


def _offset(told: float, asked: float, answered: float) -> float:
    """Return the least difference of two clocks that explains a time told between two others."""
    return max(0.0, told - answered) + min(0.0, told - asked)


def _put(client: docker.APIClient, *, container: str, folder: str, archive: bytes) -> None:
    client.put_archive(container, folder, archive)


def _log_params(since: float | None) -> dict[str, str]:
    params = {"stdout": "1", "stderr": "1", "timestamps": "1", "tail": str(LOG_ENTRIES)}
    return params if since is None else params | {"since": f"{since - _TICK:.9f}"}


def _within(at: float, since: float | None, until: float | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)


def _resource(kind: str, identity: str, name: str, data: Mapping[str, Any]) -> Resource:
    return Resource(kind=kind, id=identity, name=name, labels=data["Labels"] or {})

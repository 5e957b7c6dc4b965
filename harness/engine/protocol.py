"""The seam to the container engine: what the rest of bootsmoke may ask of it.

The real engine (`DockerEngine`) and the scripted one (`FakeEngine`) satisfy one contract suite. Each method
raises `NotFoundError`, `ConflictError`, `EngineTimeoutError` or another `EngineError`, never an exception of
the library beneath. An `Engine` may be used from several threads at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from harness.engine.model import (
    ContainerState,
    CreateBody,
    EngineInfo,
    Event,
    ExecResult,
    ImageState,
    LogLine,
    Resource,
)


class EventStream(Protocol):
    """The engine's events from the moment of the call on; iterating blocks until the next one.

    A stream that ends although `close` was not called has been lost: whoever reads it inspects everything
    again and subscribes anew with `since`.
    """

    def __iter__(self) -> Iterator[Event]: ...

    def close(self) -> None:
        """End the stream, and with it a read that is under way in another thread; may be called twice."""
        ...


class LogStream(Protocol):
    """The log of one life while it is lived; iterating blocks until the next line.

    It ends by itself with the life, and then every line has been told: at about the time of the `die`, before the
    engine has cleaned up and answers other questions about the container. An engine that is lost in the middle
    is an `EngineError` of the iteration.
    """

    def __iter__(self) -> Iterator[LogLine]: ...

    def close(self) -> None:
        """End the stream, and with it a read that is under way in another thread; may be called twice."""
        ...


class Engine(Protocol):
    """A container engine."""

    def info(self) -> EngineInfo:
        """Say which engine answers."""
        ...

    def image(self, reference: str) -> ImageState:
        """Inspect an image by name or id; `NotFoundError` when the engine does not have it."""
        ...

    def pull(self, reference: str, *, platform: str | None = None) -> None:
        """Fetch an image from its registry."""
        ...

    def create_network(self, name: str, body: Mapping[str, object]) -> str:
        """Create a network from the body of POST /networks/create, and return its id."""
        ...

    def create_volume(self, name: str, body: Mapping[str, object]) -> None:
        """Create a volume from the body of POST /volumes/create."""
        ...

    def create_container(self, name: str, body: CreateBody, *, platform: str | None = None) -> str:
        """Create a container that is not started yet, and return its id."""
        ...

    def connect(self, network: str, container: str, endpoint: Mapping[str, object]) -> None:
        """Attach a container to one more network, with the body of an EndpointSettings."""
        ...

    def start(self, container: str) -> None:
        """Start a created or stopped container."""
        ...

    def stop(self, container: str, *, grace: float) -> None:
        """Signal it to stop and kill it after `grace` seconds; a pending restart is called off."""
        ...

    def kill(self, container: str, *, signal: str = "SIGKILL") -> None:
        """Send a signal to the container's first process."""
        ...

    def pause(self, container: str) -> None:
        """Freeze a running container; `EngineError` when it is none."""
        ...

    def unpause(self, container: str) -> None:
        """Let a frozen container go on; `EngineError` when it is none (500 of engine 20.10, no 409)."""
        ...

    def inspect(self, container: str) -> ContainerState:
        """Say what the engine knows of one container."""
        ...

    def logs(
        self,
        container: str,
        *,
        since: float | None = None,
        until: float | None = None,
        tail: int | None = None,
    ) -> list[LogLine]:
        """Return log lines, oldest first, between two times (inclusive); `tail` keeps only the last ones.

        At most the last 4 MiB are read, bytes that are no UTF-8 are replaced, and lines are cut at 64 KiB.
        """
        ...

    def log_head(self, container: str) -> list[LogLine]:
        """Return the first lines of a log, of all lives: at most its first 256 KiB."""
        ...

    def follow(self, container: str, *, since: float | None = None) -> LogStream:
        """Read the log of the present life while it grows, from `since` (inclusive) on.

        Of what was written before the call at most the last 4 MiB are read. Where no life is under way the
        stream ends with what there is.
        """
        ...

    def exec(
        self,
        container: str,
        command: Sequence[str],
        *,
        timeout: float,
        environment: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
    ) -> ExecResult:
        """Run a command inside a running container and wait for its end.

        `EngineTimeoutError` after `timeout` seconds (the command may go on); a command that is not there ends
        with 126 or 127, as a shell says it. `ConflictError` when the container is not running.
        """
        ...

    def put_files(self, container: str, files: Mapping[str, bytes]) -> None:
        """Write files, by absolute path, into a container that is created or running; mode 0644, root's.

        The folder of each file has to exist in the container (`NotFoundError`).
        """
        ...

    def list_resources(self, labels: Mapping[str, str | None]) -> list[Resource]:
        """Find containers, then networks, then volumes that carry all `labels`; None matches any value."""
        ...

    def remove_container(self, container: str) -> None:
        """Kill and remove a container with its anonymous volumes; gone already is fine."""
        ...

    def remove_network(self, network: str) -> None:
        """Remove a network; gone already is fine, `ConflictError` while something is attached."""
        ...

    def remove_volume(self, volume: str) -> None:
        """Remove a volume; gone already is fine, `ConflictError` while it is mounted."""
        ...

    def events(self, labels: Mapping[str, str], *, since: float | None = None) -> EventStream:
        """Subscribe to the container events of everything that carries `labels`.

        The subscription stands when this returns: what happens afterwards is in the stream.
        """
        ...

    def close(self) -> None:
        """Give back all connections."""
        ...

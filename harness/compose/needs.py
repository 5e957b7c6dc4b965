"""What a project needs a newer engine for: older ones ignore these keys in silence, so they are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.compose.model import Project, Service
from harness.compose.networks import by_priority
from harness.compose.source import locate
from harness.errors import ComposeError


@dataclass(frozen=True, slots=True)
class Need:
    """One key, and the first Engine API that knows it, with the Docker Engine that brought it."""

    path: str
    api: tuple[int, int]
    engine: str


def check_engine(project: Project, api_version: str) -> None:
    """Raise ComposeError for the first key that an engine with this API version (such as 1.41) does not know."""
    major, _, minor = api_version.partition(".")
    for need in needs(project):
        if (int(major), int(minor or 0)) < need.api:
            raise ComposeError(
                f"{need.path} needs Docker Engine {need.engine} or later; this engine's API is {api_version}",
                place=locate(project.files, need.path),
                help="use a newer engine, or leave the key out by an override file (`!reset`)",
            )


def needs(project: Project) -> Iterator[Need]:
    """Yield what the project's keys need; versions from the Engine API's changelog and Compose's own checks."""
    for service in project.services.values():
        path = f"services.{service.name}"
        if (service.config.get("healthcheck") or {}).get("start_interval"):
            yield Need(f"{path}.healthcheck.start_interval", (1, 44), "25")
        yield from _volume_needs(service, f"{path}.volumes")
        yield from _network_needs(service, f"{path}.networks")
    for key, network in project.networks.items():
        if network.get("enable_ipv4") is not None:
            yield Need(f"networks.{key}.enable_ipv4", (1, 48), "28")


def _volume_needs(service: Service, path: str) -> Iterator[Need]:
    for index, volume in enumerate(service.config.get("volumes") or []):
        if volume["type"] == "image":
            yield Need(f"{path}.{index}.type", (1, 48), "28")
        if _option(volume, "volume", "subpath"):
            yield Need(f"{path}.{index}.volume.subpath", (1, 45), "26")
        if _option(volume, "bind", "recursive") not in (None, "enabled"):
            yield Need(f"{path}.{index}.bind.recursive", (1, 44), "25")


def _network_needs(service: Service, path: str) -> Iterator[Need]:
    networks: Mapping[str, Any] = service.config.get("networks") or {}
    for place, key in enumerate(by_priority(service)):
        settings = networks[key] or {}
        if settings.get("gw_priority"):
            yield Need(f"{path}.{key}.gw_priority", (1, 48), "28")
        if settings.get("interface_name"):
            yield Need(f"{path}.{key}.interface_name", (1, 49), "28.1")
        if settings.get("mac_address") and place > 0:
            yield Need(f"{path}.{key}.mac_address", (1, 44), "25")


def _option(volume: Mapping[str, Any], kind: str, key: str) -> str | None:
    option: str | None = (volume.get(kind) or {}).get(key)
    return option

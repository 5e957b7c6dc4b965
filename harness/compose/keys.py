"""Every key of the compose model: carried out here, carried out elsewhere, without meaning here, or refused.

Compose has validated the files already; this walk makes sure that nothing it accepted is ignored in silence.
Paths are written with `*` for a name that the file chooses and `[]` for an item of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.compose.body import CARRIED

ELSEWHERE: Mapping[str, str] = {
    "name": "resolve: the project's name; a run has one of its own",
    "services.*.build": "build: Compose itself builds",
    "services.*.container_name": "networks: an alias, so that peers that dial it still reach it",
    "services.*.depends_on": "parse: the order and the conditions of the boot",
    "services.*.env_file": "resolve: Compose has put it into environment",
    "services.*.extends": "resolve: Compose has merged it",
    "services.*.image": "parse: Service.image",
    "services.*.label_file": "resolve: Compose has put it into labels",
    "services.*.platform": "parse: Service.platform",
    "services.*.pull_policy": "parse: Service.pull_policy",
    "services.*.scale": "parse: Service.replicas",
    "include": "resolve: Compose has merged it",
    "networks.*.external.name": "resolve: Compose has made it the network's name",
    "volumes.*.external.name": "resolve: Compose has made it the volume's name",
}
"""Keys that something else than the container's body carries out, and where."""

WITHOUT_MEANING: Mapping[str, str] = {
    "version": "obsolete: Compose ignores it",
    "services.*.attach": "says whose log `docker compose up` prints",
    "services.*.develop": "for `docker compose watch`",
    "services.*.profiles": "Compose has left out the services whose profile is not active",
    "services.*.pull_refresh_after": "says when an image is pulled again; see pull_policy",
    "services.*.deploy.endpoint_mode": "for a swarm; Compose ignores it",
    "services.*.deploy.labels": "labels of a swarm's service, not of its containers",
    "services.*.deploy.mode": "for a swarm; Compose ignores it",
    "services.*.deploy.placement": "for a swarm: here is one engine",
    "services.*.deploy.rollback_config": "for a swarm; Compose ignores it",
    "services.*.deploy.update_config": "for a swarm; Compose ignores it",
    "services.*.deploy.resources.reservations.cpus": "for a swarm; Compose ignores it",
    "services.*.deploy.resources.reservations.generic_resources": "for a swarm; Compose ignores it",
    "services.*.deploy.restart_policy.delay": "for a swarm; the engine has its own back-off",
    "services.*.deploy.restart_policy.window": "for a swarm; Compose ignores it",
    "services.*.networks.*.priority": "networks.by_priority: it orders the networks",
    "services.*.ports.[].app_protocol": "a remark for other tools",
    "services.*.ports.[].mode": "for a swarm; one engine publishes in one way",
    "services.*.ports.[].name": "a remark for the reader",
    "networks.*.name": "a run names its networks itself",
    "volumes.*.name": "a run names its volumes itself",
    "secrets.*.name": "secrets are found by their key",
    "configs.*.name": "configs are found by their key",
    "secrets.*.labels": "for a swarm; Compose ignores them",
    "configs.*.labels": "for a swarm; Compose ignores them",
}
"""Keys that need no carrying out, each with the reason."""

REFUSED: Mapping[str, str] = {
    "models": "bootsmoke does not run models; leave them out by an override file",
    "services.*.credential_spec": "it is for Windows containers only",
    "services.*.external_links": "a run has its own network: declare the other container as a service",
    "services.*.models": "bootsmoke does not run models; leave them out by an override file (`models: !reset {}`)",
    "services.*.post_start": "move the command into the service's entrypoint, or leave it out by an override file",
    "services.*.pre_start": "make it a service of its own with `service_completed_successfully`",
    "services.*.pre_stop": "handle the stop signal in the service, or leave it out by an override file",
    "services.*.provider": "replace the service by one with an image, in an override file",
    "services.*.use_api_socket": "mount the engine's socket by `volumes` instead",
    "secrets.*.driver": "Compose does not support it either: use file, environment or content",
    "secrets.*.driver_opts": "Compose does not support it either: use file, environment or content",
    "secrets.*.external": "Compose does not support it either: use file or environment",
    "secrets.*.template_driver": "Compose does not support it either: write the file as it shall be",
    "configs.*.driver": "Compose does not support it either: use file, environment or content",
    "configs.*.external": "Compose does not support it either: use file, environment or content",
    "configs.*.template_driver": "Compose does not support it either: write the file as it shall be",
}
"""Keys that are not carried out, each with what to do instead."""


_NESTED: Mapping[str, str] = {
    "": "services networks volumes secrets configs",
    "services.*.blkio_config": "weight weight_device device_read_bps device_read_iops device_write_bps"
    " device_write_iops",
    "services.*.blkio_config.weight_device.[]": "path weight Path Weight",
    "services.*.configs.[]": "source target uid gid mode",
    "services.*.deploy": "replicas resources restart_policy",
    "services.*.deploy.resources": "limits reservations",
    "services.*.deploy.resources.limits": "cpus memory pids",
    "services.*.deploy.resources.reservations": "memory devices",
    "services.*.deploy.resources.reservations.devices.[]": "capabilities count device_ids driver options",
    "services.*.deploy.restart_policy": "condition max_attempts",
    "services.*.depends_on.*": "condition required restart",
    "services.*.devices.[]": "source target permissions",
    "services.*.gpus.[]": "capabilities count device_ids driver options",
    "services.*.healthcheck": "test interval timeout retries start_period start_interval disable",
    "services.*.logging": "driver options",
    "services.*.networks.*": "aliases driver_opts gw_priority interface_name ipv4_address ipv6_address"
    " link_local_ips mac_address",
    "services.*.ports.[]": "target published host_ip protocol",
    "services.*.secrets.[]": "source target uid gid mode",
    "services.*.ulimits.*": "soft hard",
    "services.*.volumes.[]": "type source target read_only consistency bind volume tmpfs image",
    "services.*.volumes.[].bind": "propagation create_host_path selinux recursive",
    "services.*.volumes.[].volume": "nocopy subpath labels",
    "services.*.volumes.[].tmpfs": "size mode",
    "services.*.volumes.[].image": "subpath",
    "networks.*": "driver driver_opts ipam external internal attachable labels enable_ipv4 enable_ipv6",
    "networks.*.ipam": "driver config options",
    "networks.*.ipam.config.[]": "subnet gateway ip_range aux_addresses",
    "volumes.*": "driver driver_opts external labels",
    "secrets.*": "file environment content",
    "configs.*": "file environment content",
}
_RATES = ("device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops")

KNOWN: Mapping[str, frozenset[str]] = {
    **{path: frozenset(keys.split()) for path, keys in _NESTED.items()},
    **{f"services.*.blkio_config.{rate}.[]": frozenset({"path", "rate", "Path", "Rate"}) for rate in _RATES},
    "services.*": frozenset(CARRIED),
}
"""The keys that are carried out, by the path of the mapping that they stand in; other mappings are free."""

_NAMED = ("services", "networks", "volumes", "secrets", "configs", "services.*.networks", "services.*.depends_on")
_BY_NAME = frozenset((*_NAMED, "services.*.ulimits"))
"""Mappings whose keys are names that the file chooses."""


def offences(model: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the path of each key that is not carried out, and what to do about it."""
    yield from _walk(model, "", "")


def _walk(value: object, pattern: str, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, f"{pattern}.[]", f"{path}.{index}")
    elif isinstance(value, Mapping) and pattern in _BY_NAME:
        for name, item in value.items():
            yield from _walk(item, f"{pattern}.*", f"{path}.{name}")
    elif isinstance(value, Mapping) and pattern in KNOWN:
        for key, item in value.items():
            yield from _judge(key, item, pattern, path)


def _judge(key: str, item: object, pattern: str, path: str) -> Iterator[tuple[str, str]]:
    """Judge one key of a mapping with a fixed set of keys; keys without a value ask for nothing."""
    here, where = f"{pattern}.{key}".lstrip("."), f"{path}.{key}".lstrip(".")
    if key.startswith("x-") or item in (None, False, "", [], {}) or here in ELSEWHERE or here in WITHOUT_MEANING:
        return
    if here in REFUSED:
        yield where, REFUSED[here]
    elif key not in KNOWN[pattern]:
        yield where, "bootsmoke does not know this key: leave it out by an override file (`!reset`), or report it"
    else:
        yield from _walk(item, here, where)

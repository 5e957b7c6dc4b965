"""From a service to the body of POST /containers/create: what Docker Compose itself would send.

`CARRIED` is the one table of service keys. A key that stands neither in it nor in the tables of `keys` is
refused when the project is read, so that none can be ignored in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.compose import limits, mounts, networks
from harness.compose.fragment import Carry, Fragment, Scope, config, host, merge
from harness.compose.labels import container_labels
from harness.compose.model import Project, Service
from harness.compose.naming import Naming
from harness.compose.units import nanoseconds, seconds
from harness.engine.model import CreateBody


def container_body(
    project: Project, service: Service, number: int, naming: Naming, *, image_id: str = ""
) -> CreateBody:
    """Return the body that creates replica `number` (from 1) of a service.

    Beside it stand `networks.extra_endpoints` (to be connected after create) and `mounts.container_files` (to be
    put into the container then). `image_id` goes into Compose's label of that name.
    """
    scope = Scope(project, service, number, naming)
    body: Fragment = {
        "Image": service.image,
        "AttachStdout": True,
        "AttachStderr": True,
        "HostConfig": {"NetworkMode": "none", "OomKillDisable": False},
    }
    for key, carry in CARRIED.items():
        value = service.config.get(key)
        if value is not None and (value not in ({}, []) or key in _MAY_BE_EMPTY):
            body = merge(body, carry(value, scope))
    return merge(body, {"Labels": container_labels(project, service, number, naming, image_id)})


def _environment(value: Mapping[str, str | None], _: Scope) -> Fragment:
    """Carry out variables; one without a value takes the image's own away, as in Compose."""
    return {"Env": [name if text is None else f"{name}={text}" for name, text in value.items()]}


def _healthcheck(value: Mapping[str, Any], _: Scope) -> Fragment:
    """Carry out the healthcheck; what is left out comes from the image, or is the engine's default."""
    made: Fragment = {"Test": ["NONE"] if value.get("disable") else value.get("test")}
    for key, name in (
        ("interval", "Interval"),
        ("timeout", "Timeout"),
        ("start_period", "StartPeriod"),
        ("start_interval", "StartInterval"),
    ):
        made[name] = nanoseconds(value[key]) if value.get(key) else None
    made["Retries"] = value.get("retries")
    return {"Healthcheck": {name: setting for name, setting in made.items() if setting is not None}}


def _logging(value: Mapping[str, Any], _: Scope) -> Fragment:
    return {"HostConfig": {"LogConfig": {"Type": value.get("driver", ""), "Config": value.get("options")}}}


def _security(value: Sequence[str], _: Scope) -> Fragment:
    """Carry out `security_opt`; seccomp profiles were read in when the project was."""
    made: Fragment = {"SecurityOpt": [option for option in value if option != "systempaths=unconfined"]}
    if "systempaths=unconfined" in value:
        made |= {"MaskedPaths": [], "ReadonlyPaths": []}
    return {"HostConfig": made}


def _restart(_: str, scope: Scope) -> Fragment:
    return {"HostConfig": {"RestartPolicy": limits.restart_policy(scope.service.config)}}


def _shared(name: str) -> Carry:
    """Carry out a namespace that may be another service's."""
    return lambda value, scope: {"HostConfig": {name: scope.peer(value)}}


_MAY_BE_EMPTY = ("command", "entrypoint")
"""Keys for which an empty list says something: take nothing from the image."""

CARRIED: Mapping[str, Carry] = {
    "annotations": host("Annotations", dict),
    "blkio_config": limits.blkio,
    "cap_add": host("CapAdd", list),
    "cap_drop": host("CapDrop", list),
    "cgroup": host("CgroupnsMode"),
    "cgroup_parent": host("CgroupParent"),
    "command": config("Cmd", list),
    "configs": mounts.configs,
    "cpu_count": host("CpuCount", int),
    "cpu_percent": host("CpuPercent", lambda percent: int(float(percent) * 100)),
    "cpu_period": host("CpuPeriod", int),
    "cpu_quota": host("CpuQuota", int),
    "cpu_rt_period": host("CpuRealtimePeriod", int),
    "cpu_rt_runtime": host("CpuRealtimeRuntime", int),
    "cpu_shares": host("CpuShares", int),
    "cpus": host("NanoCpus", limits.nano_cpus),
    "cpuset": host("CpusetCpus"),
    "device_cgroup_rules": host("DeviceCgroupRules", list),
    "devices": limits.devices,
    "dns": host("Dns", list),
    "dns_opt": host("DnsOptions", list),
    "dns_search": host("DnsSearch", list),
    "domainname": config("Domainname"),
    "entrypoint": config("Entrypoint", list),
    "environment": _environment,
    "expose": networks.expose,
    "extra_hosts": networks.extra_hosts,
    "gpus": limits.gpus,
    "group_add": host("GroupAdd", lambda groups: [str(group) for group in groups]),
    "healthcheck": _healthcheck,
    "hostname": config("Hostname"),
    "init": host("Init"),
    "ipc": _shared("IpcMode"),
    "isolation": host("Isolation"),
    "labels": config("Labels", dict),
    "links": networks.links,
    "logging": _logging,
    "mac_address": config("MacAddress"),
    "mem_limit": host("Memory", int),
    "mem_reservation": host("MemoryReservation", int),
    "mem_swappiness": host("MemorySwappiness", int),
    "memswap_limit": host("MemorySwap", int),
    "network_mode": networks.network_mode,
    "networks": networks.networks,
    "oom_kill_disable": host("OomKillDisable"),
    "oom_score_adj": host("OomScoreAdj", int),
    "pid": _shared("PidMode"),
    "pids_limit": host("PidsLimit", int),
    "ports": networks.ports,
    "privileged": host("Privileged"),
    "read_only": host("ReadonlyRootfs"),
    "restart": _restart,
    "runtime": host("Runtime"),
    "secrets": mounts.secrets,
    "security_opt": _security,
    "shm_size": host("ShmSize", int),
    "stdin_open": config("OpenStdin"),
    "stop_grace_period": config("StopTimeout", lambda duration: int(seconds(duration))),
    "stop_signal": config("StopSignal"),
    "storage_opt": host("StorageOpt", dict),
    "sysctls": host("Sysctls", lambda sysctls: {name: str(value) for name, value in sysctls.items()}),
    "tmpfs": mounts.tmpfs,
    "tty": config("Tty"),
    "ulimits": limits.ulimits,
    "user": config("User"),
    "userns_mode": host("UsernsMode"),
    "uts": host("UTSMode"),
    "volume_driver": host("VolumeDriver"),
    "volumes": mounts.volumes,
    "volumes_from": mounts.volumes_from,
    "working_dir": config("WorkingDir"),
    # Behind the service's older keys, because its limits and its restart policy win over them.
    "deploy": limits.deploy,
}

"""What a container may use: memory, processors, block devices, devices, restarts (Compose's getDeployResources)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from harness.compose.fragment import Fragment, Scope

_CDI_NAME = re.compile(r"[A-Za-z][\w.-]*/[A-Za-z][\w-]*=[\w.:-]+")
"""A device of the Container Device Interface: vendor/class=name."""
_CONDITIONS = {"none": "no", "any": "always"}
"""`deploy.restart_policy.condition` in the words of the engine; the other words are the same."""


def nano_cpus(cpus: float | str) -> int:
    """Return a number of processors in billionths, as the Engine API counts them."""
    return int(float(cpus) * 1e9)


def deploy(value: Mapping[str, Any], scope: Scope) -> Fragment:
    """Carry out limits, reservations and the restart policy; they win over the service's older keys."""
    resources = value.get("resources") or {}
    made = _limits(resources.get("limits") or {}) | _reservations(resources.get("reservations") or {})
    if value.get("restart_policy"):
        made["RestartPolicy"] = restart_policy(scope.service.config)
    return {"HostConfig": made}


def _limits(limits: Mapping[str, Any]) -> Fragment:
    made: Fragment = {}
    if limits.get("memory"):
        made["Memory"] = int(limits["memory"])
    if limits.get("cpus"):
        made["NanoCpus"] = nano_cpus(limits["cpus"])
    if limits.get("pids"):
        made["PidsLimit"] = int(limits["pids"])
    return made


def _reservations(reservations: Mapping[str, Any]) -> Fragment:
    made: Fragment = {}
    if reservations.get("memory"):
        made["MemoryReservation"] = int(reservations["memory"])
    if reservations.get("devices"):
        made["DeviceRequests"] = [_device_request(device) for device in reservations["devices"]]
    return made


def gpus(value: Sequence[Mapping[str, Any]], _: Scope) -> Fragment:
    """Carry out `gpus`: device requests with the capability gpu."""
    requests = [_device_request({**gpu, "capabilities": [*gpu.get("capabilities", []), "gpu"]}) for gpu in value]
    return {"HostConfig": {"DeviceRequests": requests}}


def _device_request(device: Mapping[str, Any]) -> Fragment:
    return {
        "Driver": device.get("driver", ""),
        "Count": int(device.get("count", 0)),
        "DeviceIDs": device.get("device_ids"),
        "Capabilities": [list(device.get("capabilities") or [])],
        "Options": device.get("options"),
    }


def devices(value: Sequence[Mapping[str, Any]], _: Scope) -> Fragment:
    """Carry out `devices`: mappings of host devices, and names of the Container Device Interface."""
    cdi = [device["source"] for device in value if _is_cdi(device)]
    made: Fragment = {
        "Devices": [
            {
                "PathOnHost": device["source"],
                "PathInContainer": device.get("target") or device["source"],
                "CgroupPermissions": device.get("permissions", "rwm"),
            }
            for device in value
            if not _is_cdi(device)
        ]
    }
    if cdi:
        made["DeviceRequests"] = [{"Driver": "cdi", "DeviceIDs": cdi}]
    return {"HostConfig": made}


def _is_cdi(device: Mapping[str, Any]) -> bool:
    return device["source"] == device.get("target") and bool(_CDI_NAME.fullmatch(device["source"]))


def ulimits(value: Mapping[str, Any], _: Scope) -> Fragment:
    """Carry out `ulimits`, where one number means both the soft and the hard limit."""
    pairs = {
        name: limit if isinstance(limit, Mapping) else {"soft": limit, "hard": limit}
        for name, limit in value.items()
    }
    made = [
        {"Name": name, "Soft": pair.get("soft", 0), "Hard": pair.get("hard", 0)} for name, pair in pairs.items()
    ]
    return {"HostConfig": {"Ulimits": made}}


def blkio(value: Mapping[str, Any], _: Scope) -> Fragment:
    """Carry out `blkio_config`."""
    made: Fragment = {"BlkioWeight": value["weight"]} if value.get("weight") else {}
    if value.get("weight_device"):
        made["BlkioWeightDevice"] = [
            {"Path": _either(device, "path"), "Weight": _either(device, "weight")}
            for device in value["weight_device"]
        ]
    for key, name in (
        ("device_read_bps", "BlkioDeviceReadBps"),
        ("device_read_iops", "BlkioDeviceReadIOps"),
        ("device_write_bps", "BlkioDeviceWriteBps"),
        ("device_write_iops", "BlkioDeviceWriteIOps"),
    ):
        if value.get(key):
            made[name] = [
                {"Path": _either(rate, "path"), "Rate": int(_either(rate, "rate"))} for rate in value[key]
            ]
    return {"HostConfig": made}


def _either(device: Mapping[str, Any], key: str) -> Any:
    """Read a key that Compose writes with a capital letter: these structs of compose-go have no JSON names."""
    return device.get(key, device.get(key.capitalize()))


def restart_policy(service: Mapping[str, Any]) -> Fragment:
    """Return the engine's restart policy; `deploy.restart_policy` wins over `restart`, as in Compose."""
    policy = (service.get("deploy") or {}).get("restart_policy")
    if policy:
        name, retries = policy.get("condition", ""), int(policy.get("max_attempts") or 0)
    else:
        name, _, count = str(service.get("restart") or "").partition(":")
        retries = int(count or 0)
    return {"Name": _CONDITIONS.get(name, name), "MaximumRetryCount": retries}

"""Names for the volumes that have none.

An image's VOLUME, or an entry of `volumes` without a source, makes the engine create a volume without a name and
without labels: a force-recreated container would lose it, and a killed run would leave it behind for good. With a
name of the run's own it is kept, and found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from harness.engine.model import CreateBody


def name_anonymous(body: CreateBody, image_volumes: Iterable[str], prefix: str) -> tuple[CreateBody, list[str]]:
    """Return the body with a named volume for each that would be anonymous, and the names to be created.

    A container that takes volumes from another is left alone: a mount of its own would win over the other's.
    """
    host: dict[str, Any] = dict(body["HostConfig"])
    if host.get("VolumesFrom"):
        return body, []
    mounts = [dict(mount) for mount in host.get("Mounts") or []]
    taken = {mount["Target"].rstrip("/") for mount in mounts}
    taken |= {bind.split(":")[1].rstrip("/") for bind in host.get("Binds") or []}
    taken |= {path.rstrip("/") for path in host.get("Tmpfs") or {}}
    mounts += [
        {"Type": "volume", "Target": path}
        for path in sorted({path.rstrip("/") for path in image_volumes})
        if path not in taken
    ]
    names = []
    for mount in mounts:
        if mount["Type"] == "volume" and not mount.get("Source"):
            mount["Source"] = f"{prefix}.{hashlib.sha256(mount['Target'].encode()).hexdigest()[:12]}"
            names.append(mount["Source"])
    return {**body, "HostConfig": {**host, "Mounts": mounts}}, names

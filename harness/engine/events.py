"""The grammar of a container's events, and the reading of one event.

Verified on Docker Engine 20.10.24; `tests/engine/streams/` holds a recorded stream for each line. Exec events
(one healthcheck gives three) are filtered out by the engine itself, see `ACTIONS`.

::

    first start          create -> start
    exit                 die                           exitCode in the attributes
    policy restart       die -> start                  no `restart`, and nothing during back-off
    stop                 kill -> die -> stop           kill twice when the grace period runs out
    stop in back-off     stop
    kill                 kill -> die                   counts as a stop by hand: no policy restart
    out of memory        oom -> die                    exitCode 137
    rm -f                kill -> die -> destroy
    rm -f of a stopped   destroy
    healthcheck          health_status: healthy        split into action and detail; no event at an exit

An exit while the daemon is down gives no event at all. Where the engine cannot read the container's cgroup (a
cgroup v1 hierarchy is in use that is not mounted for it) out of memory is a `die` with 137 alone, and inspect does
not tell of it either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.engine.model import Event

ACTIONS = (
    "create",
    "start",
    "die",
    "oom",
    "kill",
    "stop",
    "restart",
    "pause",
    "unpause",
    "health_status",
    "destroy",
)
"""What is asked for. With `health_status` in the list the engine compares prefixes, which none of the exec
actions (exec_create, exec_start, exec_die) has in common with these."""


def parse_event(data: Mapping[str, Any]) -> Event:
    """Read one JSON object of GET /events about a container."""
    action, _, detail = data["Action"].partition(":")
    return Event(
        action=action,
        container=data["Actor"]["ID"],
        at=data["timeNano"] / 1e9,
        detail=detail.strip(),
        attributes=data["Actor"].get("Attributes") or {},
    )

"""The container engine: the only room that talks to one.

`docker` has the real engine, `fake` the scripted one, `sweep` the removal by labels: each is imported where it is
used, because the Docker SDK alone takes half a second to import.
"""

from harness.engine.labels import OWNER, RUN, SCENARIO, owner_is_alive, run_labels
from harness.engine.model import (
    ContainerState,
    CreateBody,
    EngineInfo,
    Event,
    ExecResult,
    HealthCheck,
    HealthProbe,
    ImageState,
    LogLine,
    Resource,
)
from harness.engine.protocol import Engine, EventStream, LogStream

__all__ = [
    "OWNER",
    "RUN",
    "SCENARIO",
    "ContainerState",
    "CreateBody",
    "Engine",
    "EngineInfo",
    "Event",
    "EventStream",
    "ExecResult",
    "HealthCheck",
    "HealthProbe",
    "ImageState",
    "LogLine",
    "LogStream",
    "Resource",
    "owner_is_alive",
    "run_labels",
]

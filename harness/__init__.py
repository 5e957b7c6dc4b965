"""Proves that a Compose stack boots twice, and names the migration to blame when it does not.

The few names that other programs may rely on; each is imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.errors import BootsmokeError
    from harness.ladder.discover import find_ladder
    from harness.outcome import Outcome, Verdict
    from harness.replay.api import replay
    from harness.scenario.load import discover, load
    from harness.scenario.model import Scenario
    from harness.scenario.prepare import prepare
    from harness.scenario.run import Options, Run

__version__ = "0.1.0"

__all__ = [
    "BootsmokeError",
    "Options",
    "Outcome",
    "Run",
    "Scenario",
    "Verdict",
    "__version__",
    "discover",
    "find_ladder",
    "load",
    "prepare",
    "replay",
]

_HOMES = {
    "BootsmokeError": "harness.errors",
    "Options": "harness.scenario.run",
    "Outcome": "harness.outcome",
    "Run": "harness.scenario.run",
    "Scenario": "harness.scenario.model",
    "Verdict": "harness.outcome",
    "discover": "harness.scenario.load",
    "find_ladder": "harness.ladder.discover",
    "load": "harness.scenario.load",
    "prepare": "harness.scenario.prepare",
    "replay": "harness.replay.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)

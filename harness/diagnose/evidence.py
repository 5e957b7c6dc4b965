"""What a failed boot left behind, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.engine.model import LogLine
    from harness.outcome import Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a failed boot of one service left behind."""

    service: str
    verdict: Verdict | None = None
    reason: str = ""
    """Why it was judged so, in one sentence; holds the engine's own words where it could not start."""
    exit_code: int | None = None
    """Of the exit that decided; None when it runs."""
    oom_killed: bool = False
    memory_limit: int = 0
    """Bytes that its container may use; 0 for no limit, and where it was not killed."""
    lines: Sequence[str] = ()
    """The log of its last life, oldest line first."""
    postgres: Sequence[LogLine] = ()
    """Postgres's own log of that time."""
    probe_output: str = ""
    """What the last failing probe said."""
    gave_up_after: float | None = None
    """Seconds from the start of a life that runs on to the moment at which it was given up."""
    passed_after: float | None = None
    """Seconds from its start to the moment at which its healthcheck passed after all, where it did so soon."""
    unawaited: str = ""
    """The Postgres service that it does not wait for, and that was not ready yet when its last life ended."""

"""How boots are judged, and what ended one, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.health import CRASH_BUDGET, Instance, State


@dataclass(frozen=True, slots=True)
class Settings:
    """How boots are judged; seconds."""

    probe_as_written: bool = False
    """Leave the healthcheck to the engine's own pace instead of asking it more often."""
    stability: float | None = None
    """Seconds without an exit that green needs; None for the default."""
    crash_budget: int = CRASH_BUDGET
    patience: float | None = None
    """Overrides what the healthcheck's own numbers add up to."""

    def otherwise(self, *, stability: float | None, patience: float | None) -> Settings:
        """Return these settings, with others for those that are not set."""
        return replace(
            self,
            stability=stability if self.stability is None else self.stability,
            patience=patience if self.patience is None else self.patience,
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """The container whose failure ended a boot."""

    instance: Instance
    container: str
    state: State

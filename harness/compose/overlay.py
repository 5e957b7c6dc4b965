"""A service with something changed: what a scenario's step asks for when it re-creates a container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.compose.model import Service


def with_overrides(
    service: Service, *, environment: Mapping[str, str] | None = None, image: str | None = None
) -> Service:
    """Return the service with variables added or replaced, and with another image, which is not built."""
    added = dict(environment or {})
    return replace(
        service,
        image=image or service.image,
        build=None if image else service.build,
        environment={**service.environment, **added},
        config={**service.config, "environment": {**(service.config.get("environment") or {}), **added}},
    )

"""A service with something changed: what a scenario's step asks for when it re-creates a container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.compose.model import Service


def with_overrides(
    service: Service, *, environment: Mapping[str, str] | None = None, image: str | None = None
) -> Service:
    """Return the service with variables added or replaced, and with another image, which is not built.

    The other image is pulled where it is missing, unless the file itself says `pull_policy: never`.
    """
    added = dict(environment or {})
    was_built = service.pull_policy == "never" and service.config.get("pull_policy") != "never"
    return replace(
        service,
        image=image or service.image,
        build=None if image else service.build,
        pull_policy="missing" if image and was_built else service.pull_policy,
        environment={**service.environment, **added},
        config={**service.config, "environment": {**(service.config.get("environment") or {}), **added}},
    )

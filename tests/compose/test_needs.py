"""Keys that older engines do not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harness.compose.model import Project
from harness.compose.needs import check_engine
from harness.errors import ComposeError

MakeProject = Callable[..., Project]


@pytest.mark.parametrize(
    ("service", "path", "enough"),
    [
        ({"healthcheck": {"start_interval": "1s", "start_period": "9s"}}, "healthcheck.start_interval", "1.44"),
        (
            {"volumes": [{"type": "volume", "target": "/a", "volume": {"subpath": "s"}}]},
            "volumes.0.volume.subpath",
            "1.45",
        ),
        ({"volumes": [{"type": "image", "source": "i", "target": "/a"}]}, "volumes.0.type", "1.48"),
        (
            {"volumes": [{"type": "bind", "source": "/b", "target": "/a", "bind": {"recursive": "disabled"}}]},
            "volumes.0.bind.recursive",
            "1.44",
        ),
        ({"networks": {"n": {"gw_priority": 1}}}, "networks.n.gw_priority", "1.48"),
        ({"networks": {"n": {"interface_name": "e"}}}, "networks.n.interface_name", "1.49"),
        ({"networks": {"a": None, "b": {"mac_address": "02:00:00:00:00:01"}}}, "networks.b.mac_address", "1.44"),
    ],
)
def test_newer_keys_are_refused_on_older_engines(
    make_project: MakeProject, service: Mapping[str, Any], path: str, enough: str
) -> None:
    """An engine that would ignore the key is told from one that carries it out, by its API version."""
    project = make_project({"a": service})
    check_engine(project, enough)
    major, minor = enough.split(".")
    with pytest.raises(ComposeError, match=rf"services\.a\.{path} needs Docker Engine"):
        check_engine(project, f"{major}.{int(minor) - 1}")


def test_a_plain_service_needs_nothing(make_project: MakeProject) -> None:
    """What engines have known for years is asked of all; the main network's address is the container's own."""
    service = {
        "healthcheck": {"interval": "1s"},
        "volumes": [{"type": "bind", "source": "/b", "target": "/a", "bind": {"recursive": "enabled"}}],
        "networks": {"a": {"mac_address": "02:00:00:00:00:01"}},
    }
    check_engine(make_project({"a": service}), "1.24")

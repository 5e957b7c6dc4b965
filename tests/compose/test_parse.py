"""From Compose's model to values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.compose.model import Project
from harness.compose.overlay import with_overrides

MakeProject = Callable[..., Project]


def test_built_images_have_tags_of_ours_for_all_who_run_them(make_project: MakeProject) -> None:
    """A build moves no tag of the user's, and a service that runs the built tag runs what was built."""
    build = {"context": "/c"}
    project = make_project(
        {
            "Api": {"build": build, "image": "mine:1"},
            "worker": {"image": "mine:1", "pull_policy": "always"},
            "other": {"build": build, "image": "mine:1"},
            "db": {"image": "postgres"},
        }
    )
    images = {name: service.image.partition(":")[0] for name, service in project.services.items()}
    assert images == {
        "Api": "bootsmoke/app-api",
        "worker": "bootsmoke/app-api",
        "other": "bootsmoke/app-other",
        "db": "postgres",
    }
    assert {name: service.pull_policy for name, service in project.services.items()} == {
        "Api": "never",
        "worker": "never",
        "other": "never",
        "db": "missing",
    }


def test_projects_of_one_name_do_not_share_what_they_build(make_project: MakeProject) -> None:
    """Two folders called `app`, or two sets of arguments, would else boot whichever image was built last."""
    first: dict[str, object] = {"context": "/one/app"}
    builds = [first, {"context": "/two/app"}, {**first, "args": {"V": "2"}}]
    images = {make_project({"server": {"build": build}}).services["server"].image for build in builds}
    assert len(images) == 3
    again = make_project({"server": {"build": dict(first)}}).services["server"].image
    assert again in images


@pytest.mark.parametrize(
    ("service", "name", "retries"),
    [
        ({}, "no", 0),
        ({"restart": "unless-stopped"}, "unless-stopped", 0),
        ({"restart": "on-failure:5"}, "on-failure", 5),
        ({"deploy": {"restart_policy": {"condition": "any"}}}, "always", 0),
        ({"restart": "always", "deploy": {"restart_policy": {"condition": "none"}}}, "no", 0),
        ({"deploy": {"restart_policy": {"condition": "on-failure", "max_attempts": 2}}}, "on-failure", 2),
    ],
)
def test_restart_policies(make_project: MakeProject, service: Mapping[str, Any], name: str, retries: int) -> None:
    """`deploy.restart_policy` wins over `restart`, in the engine's words."""
    policy = make_project({"a": service}).services["a"].restart
    assert (policy.name, policy.retries) == (name, retries)


def test_replicas_health_and_policies(make_project: MakeProject) -> None:
    """Scale wins over replicas; a disabled healthcheck is none; pull policies come down to three."""
    project = make_project(
        {
            "a": {
                "scale": 3,
                "deploy": {"replicas": 2},
                "healthcheck": {"test": ["NONE"]},
                "pull_policy": "weekly",
            },
            "b": {"deploy": {"replicas": 0}, "healthcheck": {"interval": "5s"}, "pull_policy": "always"},
        },
        variables={"DOCKER_DEFAULT_PLATFORM": "linux/arm64"},
    )
    a, b = project.services["a"], project.services["b"]
    assert (a.replicas, a.healthcheck, a.healthcheck_disabled, a.pull_policy) == (3, None, True, "missing")
    assert (b.replicas, b.pull_policy, b.platform) == (0, "always", "linux/arm64")
    assert b.healthcheck is not None
    assert (b.healthcheck.test, b.healthcheck.interval, b.healthcheck.retries) == ((), 5, 3)


def test_seccomp_profiles_are_read_in(make_project: MakeProject, tmp_path: Path) -> None:
    """The engine wants the profile itself, not the name of a file on this machine."""
    (tmp_path / "profile.json").write_text(
        json.dumps({"defaultAction": "SCMP_ACT_ALLOW"}, indent=2), encoding="utf-8"
    )
    options = ["seccomp=profile.json", "seccomp:unconfined", "label=disable"]
    config = make_project({"a": {"security_opt": options}}).services["a"].config
    assert config["security_opt"] == ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}', *options[1:]]


def test_overrides_leave_the_service_alone(make_project: MakeProject) -> None:
    """Variables are added and replaced, in the typed field and in what the body is made of; the old value stays."""
    service = make_project({"a": {"environment": {"A": "1", "B": None}}}).services["a"]
    changed = with_overrides(service, environment={"A": "2", "C": "3"}, image="other")
    assert changed.config["environment"] == {"A": "2", "B": None, "C": "3"}
    assert changed.environment == {"A": "2", "C": "3"}
    assert (changed.image, service.image) == ("other", "x")
    assert service.config["environment"] == {"A": "1", "B": None}
    assert with_overrides(service).image == "x"


def test_a_dependent_that_is_restarted_with_its_dependency_is_known(make_project: MakeProject) -> None:
    """Compose writes `restart` for a shared network, too."""
    needs = {"db": {"condition": "service_started", "restart": True}, "mq": {"condition": "service_started"}}
    project = make_project({"a": {"depends_on": needs}, "db": {}, "mq": {}})
    assert [(d.service, d.restart) for d in project.services["a"].depends_on] == [("db", True), ("mq", False)]

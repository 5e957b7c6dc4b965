"""Bodies of POST /containers/create."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harness.compose.body import container_body
from harness.compose.model import Project
from harness.compose.naming import Naming

MakeProject = Callable[..., Project]
NAMING = Naming("run", {"dev.bootsmoke.run": "7"})


@pytest.fixture
def body(make_project: MakeProject) -> Callable[..., Mapping[str, Any]]:
    """Give a function that returns the body of a lone service with these keys."""

    def build(number: int = 1, **service: Any) -> Mapping[str, Any]:
        project = make_project({"a": service})
        return container_body(project, project.services["a"], number, NAMING)

    return build


Body = Callable[..., Mapping[str, Any]]


def test_command_and_entrypoint_null_is_the_images_and_empty_is_nothing(body: Body) -> None:
    """Null leaves the image's own alone; an empty list takes it away."""
    assert "Cmd" not in body(command=None)
    assert body(command=[])["Cmd"] == []
    assert "Entrypoint" not in body(entrypoint=None)
    assert body(entrypoint=[])["Entrypoint"] == []


def test_a_variable_without_a_value_is_sent_bare(body: Body) -> None:
    """The engine reads a bare name as: without the image's own value."""
    assert body(environment={"A": "1=2", "B": "", "C": None})["Env"] == ["A=1=2", "B=", "C"]


@pytest.mark.parametrize(
    ("healthcheck", "expected"),
    [
        ({"test": ["CMD", "x"]}, {"Test": ["CMD", "x"]}),
        ({"test": ["NONE"]}, {"Test": ["NONE"]}),
        ({"disable": True}, {"Test": ["NONE"]}),
        ({"interval": "1m30s", "retries": 7}, {"Interval": 90_000_000_000, "Retries": 7}),
        (
            {"test": ["CMD-SHELL", "x"], "timeout": "1s", "start_period": "500ms", "start_interval": "1s"},
            {
                "Test": ["CMD-SHELL", "x"],
                "Timeout": 1_000_000_000,
                "StartPeriod": 500_000_000,
                "StartInterval": 1_000_000_000,
            },
        ),
    ],
)
def test_healthchecks(body: Body, healthcheck: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Durations are nanoseconds, disabling is the test NONE, and what is left out stays the image's."""
    assert body(healthcheck=healthcheck)["Healthcheck"] == expected


def test_labels_are_the_services_then_composes_then_the_runs(body: Body) -> None:
    """`docker compose -p run` finds the container, and so does the run; the file cannot override either."""
    labels = body(2, labels={"mine": "1", "com.docker.compose.project": "forged"})["Labels"]
    assert labels["mine"] == "1"
    assert labels["com.docker.compose.project"] == "run"
    assert labels["com.docker.compose.container-number"] == "2"
    assert labels["dev.bootsmoke.run"] == "7"


def test_limits_of_deploy_win(body: Body) -> None:
    """`deploy` stands above the older keys of the service, for limits and for the restart policy."""
    host = body(
        mem_limit="100",
        restart="always",
        deploy={"resources": {"limits": {"memory": "200", "cpus": 0.5}}, "restart_policy": {"condition": "none"}},
    )["HostConfig"]
    assert (host["Memory"], host["NanoCpus"]) == (200, 500_000_000)
    assert host["RestartPolicy"]["Name"] == "no"


def test_namespaces_of_other_services_are_the_runs_containers(body: Body) -> None:
    """`service:NAME` becomes the container of this run; other modes stay as they are."""
    host = body(network_mode="service:db", pid="service:db", ipc="host")["HostConfig"]
    assert (host["NetworkMode"], host["PidMode"], host["IpcMode"]) == (
        "container:run-db-1",
        "container:run-db-1",
        "host",
    )


def test_system_paths_may_be_unconfined(body: Body) -> None:
    """The option is the client's: it clears two lists instead of going to the engine."""
    host = body(security_opt=["systempaths=unconfined", "label=disable"])["HostConfig"]
    assert (host["SecurityOpt"], host["MaskedPaths"], host["ReadonlyPaths"]) == (["label=disable"], [], [])


def test_limits_and_devices(body: Body) -> None:
    """One number is both limits; a name of the Container Device Interface is a request, not a mapping."""
    host = body(
        ulimits={"nofile": 5, "nproc": {"soft": 1, "hard": 2}},
        devices=[{"source": "/dev/a", "target": "/dev/b"}, {"source": "v.com/c=all", "target": "v.com/c=all"}],
        gpus=[{"count": -1}],
        blkio_config={
            "weight_device": [{"Path": "/dev/a", "Weight": 5}],
            "device_read_bps": [{"path": "/dev/a", "rate": "9"}],
        },
    )["HostConfig"]
    assert host["Ulimits"] == [{"Name": "nofile", "Soft": 5, "Hard": 5}, {"Name": "nproc", "Soft": 1, "Hard": 2}]
    assert host["Devices"] == [{"PathOnHost": "/dev/a", "PathInContainer": "/dev/b", "CgroupPermissions": "rwm"}]
    assert host["DeviceRequests"][0] == {"Driver": "cdi", "DeviceIDs": ["v.com/c=all"]}
    assert (host["DeviceRequests"][1]["Count"], host["DeviceRequests"][1]["Capabilities"]) == (-1, [["gpu"]])
    assert host["BlkioWeightDevice"] == [{"Path": "/dev/a", "Weight": 5}]
    assert host["BlkioDeviceReadBps"] == [{"Path": "/dev/a", "Rate": 9}]

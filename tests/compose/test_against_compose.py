"""What Docker Compose creates, and what bootsmoke creates, for the same file: `docker inspect` of both."""

from __future__ import annotations

import json
import os
import re
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import docker
import pytest

from harness.compose.binary import find_compose
from harness.compose.body import container_body
from harness.compose.model import Project
from harness.compose.mounts import container_files, volume_body
from harness.compose.naming import Naming
from harness.compose.needs import check_engine
from harness.compose.networks import extra_endpoints, network_body
from harness.compose.resolve import resolve
from harness.engine import Engine

pytestmark = pytest.mark.docker

FILES = Path(__file__).parent / "files"
RICH = FILES / "rich.yml"
SECRETS = FILES / "secrets.yml"
ENVIRONMENT = {**os.environ, "FROM_HOST": "given"}

MADE_UP = re.compile(
    r"/(Id|Created|HostnamePath|HostsPath|LogPath|ResolvConfPath|NetworkID|EndpointID|SandboxID|SandboxKey)$"
    r"|/GraphDriver/|/State/|/(Name|CreatedAt|Mountpoint)$|/ConfigOnly|^/networks/default/IPAM/Config"
)
"""What the engine makes up for each container, network or volume."""
EXPLAINED: Mapping[str, str] = {
    r"^/(networks|volumes)/.*/Labels/com\.docker\.compose\.config-hash$": "only Compose asks for it",
    r"^/containers/(beside|job)-1/Config/Labels/.*config-hash$": "Compose hashes the ids of its peers",
    r"^/containers/(db|job)-1/(HostConfig/)?Mounts.*/run/secrets\"": "the folder of secrets with a content",
    r"/HostConfig/CapAdd": "Compose's client writes CAP_NET_ADMIN for NET_ADMIN; to the engine both are one",
    r"/NetworkSettings/Networks/RUN_back/IPAddress$": "Compose repeats the address of IPAMConfig, which decides",
    r"/NetworkSettings/Networks/RUN_default/MacAddress$": "engines from 25 on read it here, older ones in Config",
}
"""Differences that are wanted: path -> why. Any other difference fails the test."""


class Compose:
    """Docker Compose on the rich file, at the engine of the tests."""

    def __init__(self, address: str) -> None:
        self._environment = {**ENVIRONMENT, "DOCKER_HOST": address}

    def __call__(self, project: str, *arguments: str) -> str:
        """Run a command for a project, and return what it prints."""
        command = [*find_compose().command, "-f", str(RICH), "--profile", "extra", "-p", project, *arguments]
        done = subprocess.run(
            command, env=self._environment, check=True, capture_output=True, text=True, timeout=90
        )
        return done.stdout

    def remove(self, project: str) -> None:
        """Remove whatever carries the project's label."""
        self(project, "down", "--remove-orphans", "--volumes", "--timeout", "0")


def _create(engine: Engine, project: Project, naming: Naming) -> None:
    check_engine(project, engine.info().api_version)
    for key in project.networks:
        engine.create_network(naming.network(key), network_body(project, key, naming))
    for key in project.volumes:
        engine.create_volume(naming.volume(key), volume_body(project, key, naming))
    for service in project.order():
        image = engine.image(service.image).id
        for number in range(1, service.replicas + 1):
            body = container_body(project, service, number, naming, image_id=image)
            container = engine.create_container(naming.container(service.name, number), body)
            for network, endpoint in extra_endpoints(project, service, number, naming).items():
                engine.connect(network, container, endpoint)
            engine.put_files(container, container_files(project, service))


def _seen(client: docker.APIClient, project: str) -> dict[str, Any]:
    """Return what the engine tells of a project's containers, networks and volumes, by path."""
    mine = {"label": f"com.docker.compose.project={project}"}
    found: dict[str, Any] = {"containers": {}, "networks": {}, "volumes": {}}
    ids: dict[str, str] = {}
    for listed in client.containers(all=True, filters=mine):
        labels = listed["Labels"]
        key = f"{labels['com.docker.compose.service']}-{labels['com.docker.compose.container-number']}"
        container = client.inspect_container(listed["Id"])
        # Compose lists the dependencies in the random order of a Go map.
        dependencies = container["Config"]["Labels"]["com.docker.compose.depends_on"]
        container["Config"]["Labels"]["com.docker.compose.depends_on"] = sorted(dependencies.split(","))
        found["containers"][key] = container
        ids[listed["Id"]] = key
    for listed in client.networks(filters=mine):
        found["networks"][listed["Labels"]["com.docker.compose.network"]] = client.inspect_network(listed["Id"])
    for listed in client.volumes(filters=mine)["Volumes"]:
        found["volumes"][listed["Labels"]["com.docker.compose.volume"]] = listed
    text = json.dumps(found).replace("cmp-the-database", f"{project}-db-1").replace(project, "RUN")
    for id_, key in ids.items():
        text = text.replace(id_, f"RUN-{key}").replace(id_[:12], f"RUN-{key}")
    return dict(_leaves(json.loads(text), ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}/{key}")
    elif not MADE_UP.search(path):
        items = value if isinstance(value, list) else []
        yield from ((f"{path}[{json.dumps(_without_made_up(item), sort_keys=True)}]", True) for item in items)
        yield path, None if isinstance(value, list) else value or None


def _without_made_up(item: Any) -> Any:
    """Take the engine's own names of anonymous volumes out of an item of a list."""
    hidden = re.compile(r"[0-9a-f]{64}")
    return json.loads(hidden.sub("ANONYMOUS", json.dumps(item)))


@pytest.fixture
def client(engine_address: str) -> Iterator[docker.APIClient]:
    """Give a bare client, to read all that inspect tells."""
    client = docker.APIClient(engine_address, version="auto")
    yield client
    client.close()


@pytest.fixture
def compose(engine_address: str) -> Compose:
    """Give the Compose that speaks to the engine of the tests."""
    return Compose(engine_address)


@pytest.fixture
def names(compose: Compose) -> Iterator[tuple[str, str]]:
    """Give two project names, and remove afterwards, by Compose, whatever carries one."""
    run = uuid.uuid4().hex[:8]
    names = (f"cmpa{run}", f"cmpb{run}")
    yield names
    for name in names:
        compose.remove(name)


def test_creates_what_compose_creates(
    client: docker.APIClient, docker_engine: Engine, compose: Compose, names: tuple[str, str]
) -> None:
    """Containers, networks and volumes of a rich file equal Compose's own but for the listed differences."""
    theirs_name, ours_name = names
    compose(theirs_name, "create")
    theirs = _seen(client, theirs_name)
    compose.remove(theirs_name)  # its fixed subnet is free again
    project = resolve([RICH], profiles=["extra"], environment=ENVIRONMENT)
    _create(docker_engine, project, Naming(ours_name, keep_ports=True))
    ours = _seen(client, ours_name)
    paths = {path for path in theirs.keys() | ours.keys() if theirs.get(path) != ours.get(path)}
    unexplained = {
        path: (theirs.get(path), ours.get(path))
        for path in sorted(paths)
        if not any(re.search(pattern, path) for pattern in EXPLAINED)
    }
    assert not unexplained, json.dumps(unexplained, indent=1)
    unused = [pattern for pattern in EXPLAINED if not any(re.search(pattern, path) for path in paths)]
    assert not unused, f"explained, but equal: {unused}"


def test_compose_sees_our_containers(docker_engine: Engine, compose: Compose, names: tuple[str, str]) -> None:
    """`docker compose -p RUN ps` lists what bootsmoke created, and `down --volumes` leaves nothing of it."""
    _, ours = names
    project = resolve([RICH], environment=ENVIRONMENT)
    _create(docker_engine, project, Naming(ours))
    listed = json.loads("[" + ",".join(compose(ours, "ps", "--all", "--format", "json").split("\n")[:-1]) + "]")
    assert {entry["Service"] for entry in listed} == {"db", "server", "job", "beside"}
    compose.remove(ours)
    assert docker_engine.list_resources({"com.docker.compose.project": ours}) == []


def test_secrets_and_configs_reach_the_process(docker_engine: Engine, names: tuple[str, str]) -> None:
    """A started service reads its secrets (file and variable, renamed) and its config with a content."""
    _, ours = names
    _create(docker_engine, resolve([SECRETS], environment=ENVIRONMENT), Naming(ours))
    reader = f"{ours}-reader-1"
    docker_engine.start(reader)
    command = ["sh", "-c", "cat /run/secrets/password /run/secrets/renamed /run/secrets/hello; id -u"]
    answer = docker_engine.exec(reader, command, timeout=20)
    assert answer.output == "not-a-secret\ngivenhello given $HOME\n70\n"
    assert answer.exit_code == 0

"""Building images by Compose."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import docker
import pytest

from harness.cancellation import Cancellation
from harness.compose.build import build_images, build_model
from harness.compose.model import Project
from harness.compose.resolve import resolve
from harness.errors import CancelledError, ComposeError
from harness.redact import Redactor

MakeProject = Callable[..., Project]


def test_the_model_has_only_what_a_build_needs(make_project: MakeProject) -> None:
    """Our tags, our labels, secrets without their content; no further tags that would move the user's."""
    project = make_project(
        {
            "a": {
                "build": {"context": "/c", "tags": ["mine:2"], "labels": {"l": "1"}, "secrets": [{"source": "s"}]},
                "image": "mine:1",
                "platform": "linux/amd64",
                "volumes": [{"type": "volume", "source": "v", "target": "/v"}],
            },
            "b": {},
        },
        volumes={"v": {}},
        secrets={"s": {"environment": "S"}},
        variables={"S": "hidden"},
    )
    assert build_model(project, {"run": "7"}) == {
        "name": "app",
        "services": {
            "a": {
                "image": project.services["a"].image,
                "platform": "linux/amd64",
                "build": {"context": "/c", "labels": {"l": "1", "run": "7"}, "secrets": [{"source": "s"}]},
            }
        },
        "secrets": {"s": {"environment": "S"}},
    }


def test_nothing_to_build_asks_nobody(make_project: MakeProject, tmp_path: Path) -> None:
    """Without `build` no builder runs and no log is written."""
    assert build_images(make_project({"a": {}}), log=tmp_path / "log") == ()
    assert not (tmp_path / "log").exists()


COMPOSE = """#!/bin/sh
if [ "$1" = version ]; then echo 2.40.3; exit; fi
echo "ARG TOKEN=hunter22"
exec /bin/sleep 30
"""


@pytest.fixture
def slow(tmp_path: Path) -> Mapping[str, str]:
    """Give an environment with a Compose whose builds print a secret and take half a minute."""
    program = tmp_path / "bin" / "docker-compose"
    program.parent.mkdir()
    program.write_text(COMPOSE, encoding="utf-8")
    program.chmod(0o755)
    return {"PATH": str(program.parent)}


def test_a_cancelled_run_does_not_wait_for_its_build(
    make_project: MakeProject, slow: Mapping[str, str], tmp_path: Path
) -> None:
    """The builder is ended at once, and it is a cancellation, no failed build; no secret stands in the log."""
    cancellation, log = Cancellation(), tmp_path / "build.log"
    threading.Timer(0.5, cancellation.cancel).start()
    began = time.monotonic()
    with pytest.raises(CancelledError):
        build_images(
            make_project({"a": {"build": {"context": "/c"}}}),
            log=log,
            environment=slow,
            redact=Redactor(["hunter22"]).text,
            cancellation=cancellation,
        )
    assert time.monotonic() - began < 5
    assert log.read_text(encoding="utf-8") == "ARG TOKEN=***\n"


def test_a_build_has_its_time(make_project: MakeProject, slow: Mapping[str, str], tmp_path: Path) -> None:
    """One that takes longer is ended, and told with the last lines of its log."""
    project = make_project({"a": {"build": {"context": "/c"}}})
    with pytest.raises(ComposeError, match=r"longer than 0 s:\n  ARG TOKEN"):
        build_images(project, log=tmp_path / "build.log", environment=slow, timeout=0.4)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project that builds one image from a file of the context and an argument, and another."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text(
        "FROM postgres:16-alpine\nARG PRICE\nLABEL price=$PRICE\nCOPY here /here\n", encoding="utf-8"
    )
    (tmp_path / "app" / "other").write_text("FROM postgres:16-alpine\n", encoding="utf-8")
    (tmp_path / "app" / "here").touch()
    file = tmp_path / "compose.yml"
    name = f"build{uuid.uuid4().hex[:8]}"
    file.write_text(
        f"name: {name}\nservices:\n  a:\n    build: {{context: app, args: {{PRICE: 5$$}}}}\n    image: mine\n"
        "  b:\n    build: {context: app, dockerfile: other}\n",
        encoding="utf-8",
    )
    return resolve([file])


@pytest.fixture
def client(engine_address: str, project: Project) -> Iterator[docker.APIClient]:
    """Give a client of the engine; what is built is removed afterwards."""
    client = docker.APIClient(engine_address, version="auto")
    yield client
    for service in project.services.values():
        if client.images(service.image):
            client.remove_image(service.image, force=True)
    client.close()


@pytest.mark.docker
@pytest.mark.parametrize("buildkit", ["1", "0"])
def test_builds_under_our_own_tag(
    client: docker.APIClient, engine_address: str, project: Project, tmp_path: Path, buildkit: str
) -> None:
    """BuildKit and the classic builder both give our tag, our labels, the arguments as written, and a log."""
    log = tmp_path / "logs" / "build.log"
    environment = {**os.environ, "DOCKER_HOST": engine_address, "DOCKER_BUILDKIT": buildkit}
    tags = build_images(project, log=log, labels={"dev.bootsmoke.test": "built"}, environment=environment)
    assert tags == (project.services["a"].image, project.services["b"].image)
    labels = client.inspect_image(tags[0])["Config"]["Labels"]
    assert (labels["price"], labels["dev.bootsmoke.test"]) == ("5$", "built")
    assert "COPY here /here" in log.read_text(encoding="utf-8")
    assert client.images("mine") == []


@pytest.mark.docker
@pytest.mark.usefixtures("client")
def test_a_failing_dockerfile_is_the_users(engine_address: str, project: Project, tmp_path: Path) -> None:
    """The error shows the end of the log, its path, and the place of the `build` that failed; exit code 2."""
    dockerfile = "FROM postgres:16-alpine\nRUN echo oh no; exit 7\n"
    (tmp_path / "app" / "other").write_text(dockerfile, encoding="utf-8")
    log = tmp_path / "build.log"
    with pytest.raises(ComposeError, match="the build failed") as caught:
        build_images(project, log=log, environment={**os.environ, "DOCKER_HOST": engine_address})
    assert "7" in caught.value.message
    assert str(caught.value.place) == f"{tmp_path / 'compose.yml'}:7:5"
    assert str(log) in caught.value.help
    assert caught.value.exit_code == 2

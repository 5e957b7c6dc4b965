"""What a run did not make, it does not touch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.compose.model import Project
from harness.errors import ComposeError

MakeProject = Callable[..., Project]
Load = Callable[..., Project]
EXTERNAL = "services:\n  db:\n    image: x\n    volumes: ['data:/d']\nvolumes:\n  data: {external: true}\n"
FOLDER = (
    "services:\n  db:\n    image: x\n    volumes:\n      - ./conf:/etc/db\n      - ./pg:/var/lib/postgresql/data\n"
)


def test_external_volumes_are_refused_and_the_advice_works(load: Load, tmp_path: Path) -> None:
    """The error shows the place; the override that its help writes makes the volume the run's own."""
    with pytest.raises(ComposeError, match="external volume data") as caught:
        load(EXTERNAL)
    assert str(caught.value.place) == f"{tmp_path / 'compose.yml'}:6:10"
    override = caught.value.help.partition("`")[2].rstrip("`")
    project = load(EXTERNAL, others={"compose.override.yml": override})
    assert not project.volumes["data"].get("external")


def test_external_volumes_that_nobody_mounts_are_no_matter(load: Load) -> None:
    """Only what a service of the boot uses counts."""
    assert load(EXTERNAL.replace("    volumes: ['data:/d']\n", "")).services


def test_a_database_in_a_host_folder_is_refused(load: Load, tmp_path: Path) -> None:
    """A bind mount of a database's folder is shown with file, line and column; read-only it passes."""
    with pytest.raises(ComposeError, match="keeps its database in the host's folder") as caught:
        load(FOLDER)
    assert str(caught.value.place) == f"{tmp_path / 'compose.yml'}:6:9"
    assert load(FOLDER.replace("/data", "/data:ro")).services


@pytest.mark.parametrize(
    ("target", "environment", "refused"),
    [
        ("/var/lib/postgresql", {}, True),
        ("/var/lib/postgresql/18/docker", {}, True),
        ("/var/lib", {}, True),
        ("/var/lib/postgresql-tools", {}, False),
        ("/docker-entrypoint-initdb.d", {}, False),
        ("/pg", {"PGDATA": "/pg/data"}, True),
        ("/pg", {}, False),
        ("/bitnami/postgresql", {}, True),
        ("/data/db", {}, True),
    ],
)
def test_known_folders_of_databases(
    make_project: MakeProject, target: str, environment: Mapping[str, str], refused: bool
) -> None:
    """Inside, at or above a known folder, or PGDATA's, is refused; a name that merely begins alike is not."""
    volume: dict[str, Any] = {"type": "bind", "source": "/host", "target": target}
    service = {"db": {"volumes": [volume], "environment": environment}}
    if not refused:
        assert make_project(service)
        return
    with pytest.raises(ComposeError, match="/host"):
        make_project(service)


def test_a_volume_made_of_a_host_folder_is_one(make_project: MakeProject) -> None:
    """A local volume with a device is a bind mount in disguise; one of tmpfs is the run's own."""
    services = {"db": {"volumes": [{"type": "volume", "source": "d", "target": "/var/lib/mysql"}]}}
    options = {"type": "none", "o": "bind", "device": "/srv/mysql"}
    with pytest.raises(ComposeError, match="/srv/mysql"):
        make_project(services, volumes={"d": {"driver_opts": options}})
    assert make_project(services, volumes={"d": {"driver_opts": {"type": "tmpfs", "device": "tmpfs"}}})


def test_volumes_of_foreign_containers_are_refused(make_project: MakeProject) -> None:
    """Another service's volumes are the run's own; a container's from elsewhere are not."""
    assert make_project({"a": {"volumes_from": ["b"]}, "b": {}})
    with pytest.raises(ComposeError, match="volumes of a container:old"):
        make_project({"a": {"volumes_from": ["container:old:ro"]}})


@pytest.mark.parametrize("asked", [{"mode": "0400"}, {"uid": "70"}, {"gid": "70"}])
def test_owners_and_modes_of_contents_are_refused(make_project: MakeProject, asked: Mapping[str, str]) -> None:
    """A content becomes a file of root's that all may read: what asks for less is refused, not ignored."""
    configs = {"c": {"content": "x"}}
    with pytest.raises(ComposeError, match="owner or a mode"):
        make_project({"a": {"configs": [{"source": "c", **asked}]}}, configs=configs)
    assert make_project({"a": {"configs": [{"source": "c", "mode": "0444", "uid": "0"}]}}, configs=configs)


def test_contents_in_a_read_only_service(make_project: MakeProject) -> None:
    """The folder of secrets takes files even there; other places do not, and are refused."""
    top = {"configs": {"c": {"content": "x"}}, "secrets": {"s": {"environment": "S"}}, "variables": {"S": "1"}}
    assert make_project({"a": {"read_only": True, "secrets": [{"source": "s"}]}}, **top)
    with pytest.raises(ComposeError, match="read-only service a"):
        make_project({"a": {"read_only": True, "configs": [{"source": "c"}]}}, **top)


def test_notes_say_what_is_different(make_project: MakeProject, tmp_path: Path) -> None:
    """container_name, names of networks, modes of mounted secrets and lazy pulls are said, one sentence each."""
    (tmp_path / "s").touch()
    project = make_project(
        {"a": {"container_name": "c", "pull_policy": "daily", "secrets": [{"source": "s", "mode": "0400"}]}},
        networks={"n": {"name": "mine"}, "m": {"name": "app_m"}},
        secrets={"s": {"file": str(tmp_path / "s")}},
    )
    assert len(project.notes) == 4
    assert "container_name c is a network alias" in project.notes[0]
    assert "mode of secrets s are ignored" in project.notes[1]
    assert "pulls only what is missing" in project.notes[2]
    assert "network n: its name mine is not used" in project.notes[3]

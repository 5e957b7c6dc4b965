"""Volumes, host paths, secrets and configs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.compose.body import container_body
from harness.compose.model import Project
from harness.compose.mounts import container_files, volume_body
from harness.compose.naming import Naming

MakeProject = Callable[..., Project]


def _host(project: Project) -> Mapping[str, Any]:
    host: Mapping[str, Any] = container_body(project, project.services["a"], 1, Naming("run"))["HostConfig"]
    return host


def test_named_volumes_are_the_runs_own(make_project: MakeProject) -> None:
    """A volume's name comes from the run and its key, whatever name the file gives it; the notes say so."""
    project = make_project(
        {"a": {"volumes": [{"type": "volume", "source": "d", "target": "/d", "read_only": True}]}},
        volumes={"d": {"name": "shared", "driver": "local", "labels": {"l": "1"}}},
    )
    assert _host(project)["Binds"] == ["run_d:/d:ro"]
    body = volume_body(project, "d", Naming("run"))
    assert body["Driver"] == "local"
    assert body["Labels"]["l"] == "1"
    assert body["Labels"]["com.docker.compose.volume"] == "d"
    assert any("its name shared is not used" in note for note in project.notes)


@pytest.mark.parametrize(
    ("version", "bind", "in_binds"),
    [
        ("2.40.3", None, True),
        ("2.40.3", {"create_host_path": True}, True),
        ("2.40.3", {}, False),
        ("5.0.0", {}, True),
        ("5.0.0", {"create_host_path": False}, False),
        ("5.0.0", {"propagation": "rslave"}, False),
    ],
)
def test_host_paths_are_created_as_the_version_of_compose_means(
    make_project: MakeProject, version: str, bind: Mapping[str, Any] | None, in_binds: bool
) -> None:
    """Compose 2 prints create_host_path only if true, 5 only if false; `Binds` creates, `Mounts` refuses."""
    volume = {"type": "bind", "source": "/src", "target": "/t"} | ({} if bind is None else {"bind": bind})
    host = _host(make_project({"a": {"volumes": [volume]}}, version=version))
    assert host["Binds"] == (["/src:/t:rw"] if in_binds else [])
    assert len(host["Mounts"]) == (0 if in_binds else 1)


def test_mounts_that_need_options(make_project: MakeProject) -> None:
    """Anonymous volumes, tmpfs, images and options that `Binds` does not know go into `Mounts`."""
    volumes = [
        {"type": "volume", "target": "/anonymous", "volume": {}},
        {"type": "volume", "source": "d", "target": "/sub", "volume": {"subpath": "s", "nocopy": True}},
        {"type": "tmpfs", "target": "/fast", "tmpfs": {"size": "1024", "mode": 448}},
        {"type": "image", "source": "other", "target": "/image", "image": {"subpath": "x"}},
        {"type": "bind", "source": "/s", "target": "/t", "bind": {"recursive": "disabled"}},
    ]
    mounts = _host(make_project({"a": {"volumes": volumes}}, volumes={"d": {}}))["Mounts"]
    assert [mount.get("Source") for mount in mounts] == [None, "run_d", None, "other", "/s"]
    assert mounts[1]["VolumeOptions"] == {"NoCopy": True, "Subpath": "s"}
    assert mounts[2]["TmpfsOptions"] == {"SizeBytes": 1024, "Mode": 0o700}
    assert mounts[3]["ImageOptions"] == {"Subpath": "x"}
    assert mounts[4]["BindOptions"] == {"CreateMountpoint": False, "NonRecursive": True}


def test_tmpfs_and_volumes_from(make_project: MakeProject) -> None:
    """Options stand behind the first colon; another service means the first container of this run."""
    project = make_project({"a": {"tmpfs": ["/run", "/t:size=1m"], "volumes_from": ["b:ro", "d"]}})
    assert _host(project)["Tmpfs"] == {"/run": "", "/t": "size=1m"}
    assert _host(project)["VolumesFrom"] == ["run-b-1:ro", "run-d-1"]


def test_secrets_and_configs_are_mounted_or_put_in(make_project: MakeProject, tmp_path: Path) -> None:
    """What is a file is mounted read-only; what has a content is a file to be put in, in a folder that exists."""
    file = tmp_path / "s"
    file.write_text("x", encoding="utf-8")
    project = make_project(
        {
            "a": {
                "secrets": [
                    {"source": "s", "target": "/elsewhere"},
                    {"source": "v"},
                    {"source": "v", "target": "w"},
                ],
                "configs": [{"source": "c", "mode": "0444"}, {"source": "f"}],
            }
        },
        secrets={"s": {"file": str(file)}, "v": {"environment": "V"}},
        configs={"c": {"content": "text $"}, "f": {"file": str(file)}},
        variables={"V": "secret"},
    )
    assert _host(project)["Mounts"] == [
        {"Type": "bind", "Source": str(file), "Target": "/f", "ReadOnly": True},
        {"Type": "volume", "Target": "/run/secrets"},
        {
            "Type": "bind",
            "Source": str(file),
            "Target": "/elsewhere",
            "ReadOnly": True,
            "BindOptions": {"CreateMountpoint": False},
        },
    ]
    assert container_files(project, project.services["a"]) == {
        "/run/secrets/v": b"secret",
        "/run/secrets/w": b"secret",
        "/c": b"text $",
    }


def test_a_volume_over_a_secret_wins(make_project: MakeProject, tmp_path: Path) -> None:
    """One target is mounted once; the service's own volume is meant, as with Compose."""
    file = tmp_path / "s"
    file.write_text("x", encoding="utf-8")
    project = make_project(
        {
            "a": {
                "volumes": [{"type": "volume", "source": "d", "target": "/run/secrets/s"}],
                "secrets": [{"source": "s"}],
            }
        },
        volumes={"d": {}},
        secrets={"s": {"file": str(file)}},
    )
    assert _host(project)["Binds"] == ["run_d:/run/secrets/s:rw"]
    assert _host(project)["Mounts"] == []

"""Volumes without a name get one."""

from __future__ import annotations

from harness.boot.anonymous import name_anonymous


def test_an_images_volume_that_nothing_is_mounted_at_gets_a_name_of_the_runs_own() -> None:
    """The same path has the same name in the next container, so a force-recreate keeps it."""
    body, names = name_anonymous({"HostConfig": {}}, ["/data/"], "run_db-1")
    assert len(names) == 1
    assert names[0].startswith("run_db-1.")
    assert body["HostConfig"]["Mounts"] == [{"Type": "volume", "Target": "/data", "Source": names[0]}]
    assert name_anonymous({"HostConfig": {}}, ["/data"], "run_db-1")[1] == names


def test_a_path_that_the_compose_file_mounts_is_left_as_it_is() -> None:
    """Binds, mounts and tmpfs alike."""
    host = {
        "Binds": ["run_pg:/a:rw"],
        "Mounts": [{"Type": "bind", "Source": "/x", "Target": "/b"}],
        "Tmpfs": {"/c": ""},
    }
    body, names = name_anonymous({"HostConfig": host}, ["/a", "/b", "/c"], "run_db-1")
    assert names == []
    assert body["HostConfig"]["Mounts"] == host["Mounts"]


def test_a_mount_without_a_source_gets_a_name() -> None:
    """`volumes: [/data]` is such a one."""
    host = {"Mounts": [{"Type": "volume", "Target": "/data", "ReadOnly": True}]}
    body, names = name_anonymous({"HostConfig": host}, [], "run_db-1")
    assert [mount["Source"] for mount in body["HostConfig"]["Mounts"]] == names


def test_a_container_that_takes_volumes_from_another_keeps_them() -> None:
    """A mount of its own would win over the other's."""
    host = {"VolumesFrom": ["run-db-1"]}
    assert name_anonymous({"HostConfig": host}, ["/data"], "run_web-1") == ({"HostConfig": host}, [])

"""What is kept between servers, and which leftovers may be removed."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

import pytest

from harness.replay import cache

OLD = (0, 0)


def cluster(folder: Path, name: str = "bootsmoke-0123456789ab") -> Path:
    """Make what looks like an old cluster."""
    made = folder / name
    (made / "data").mkdir(parents=True)
    os.utime(made, OLD)
    return made


def test_sweep_removes_a_dead_cluster(tmp_path: Path) -> None:
    """An old folder whose lock nobody holds has lost its supervisor."""
    dead = cluster(tmp_path)
    cache.sweep(tmp_path)
    assert not dead.exists()


def test_sweep_keeps_what_is_locked_young_or_foreign(tmp_path: Path) -> None:
    """A folder that is locked, new, or of another name stays."""
    living, young = cluster(tmp_path), cluster(tmp_path, "bootsmoke-aaaaaaaaaaaa")
    foreign = cluster(tmp_path, "bootsmoke-notes")
    os.utime(young)
    lock = os.open(living, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    cache.sweep(tmp_path)
    os.close(lock)
    assert living.exists()
    assert young.exists()
    assert foreign.exists()


def test_sweep_follows_no_link(tmp_path: Path) -> None:
    """A link of a cluster's name is not followed: it may lead anywhere."""
    elsewhere = cluster(tmp_path / "elsewhere")
    (tmp_path / "run").mkdir()
    link = tmp_path / "run/bootsmoke-0123456789ab"
    link.symlink_to(elsewhere)
    os.utime(link, OLD, follow_symlinks=False)
    cache.sweep(tmp_path / "run")
    assert (elsewhere / "data").exists()


def test_programs_out_of_reach_are_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs in a folder that others cannot enter are copied, modes and links and all, and found again."""
    monkeypatch.setattr(cache, "_ROOTS_CACHE", tmp_path / "reachable")
    root = tmp_path / "private"
    (root / "bin").mkdir(parents=True)
    (root / "bin/postgres").write_text("#!/bin/sh\n")
    (root / "bin/postgres").chmod(0o755)
    (root / "bin/postmaster").symlink_to("postgres")
    root.chmod(0o700)
    copy = cache.reachable_copy(root, "some-postgres-18.0")
    assert os.access(copy / "bin/postgres", os.X_OK)
    assert (copy / "bin/postmaster").readlink() == Path("postgres")
    assert cache.reachable_copy(root, "some-postgres-18.0") == copy
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_programs_in_reach_stay_where_they_are() -> None:
    """A folder that everybody can enter is used as it stands."""
    assert cache.reachable_copy(Path("/usr"), "usr") == Path("/usr")


def test_folder_for_clusters_respects_tmpdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TMPDIR comes first where a socket's path fits; a longer one is passed over."""
    monkeypatch.setattr(cache, "unprivileged", lambda: None)
    monkeypatch.setenv("TMPDIR", "set")
    monkeypatch.setattr(tempfile, "tempdir", "/var/tmp")  # noqa: S108
    assert cache.run_folders()[0] == Path("/var/tmp")  # noqa: S108
    long = tmp_path / ("x" * 60)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert cache.run_folders() == [Path("/tmp")]  # noqa: S108


@pytest.mark.parametrize(("value", "folder"), [("/elsewhere", "/elsewhere"), ("relative", "/home/me/.cache")])
def test_cache_folder(monkeypatch: pytest.MonkeyPatch, value: str, folder: str) -> None:
    """The cache is where XDG says; a relative path is to be ignored, and means ~/.cache."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert cache.cache_folder() == Path(folder) / "bootsmoke"

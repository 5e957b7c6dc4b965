"""What is kept between servers, and which leftovers may be removed."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.replay import cache
from harness.replay.binaries import choose

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


@pytest.mark.postgres
@pytest.mark.parametrize("major", [17, 18])
def test_programs_out_of_reach_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, major: int) -> None:
    """Programs in a folder that others cannot enter are copied, and run there with their own libraries."""
    monkeypatch.setattr(cache, "_ROOTS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(cache, "reachable", lambda _: False)
    binaries = choose(major, ())
    copy = cache.reachable_copy(binaries)
    command = [str(copy.program("initdb")), "--version"]
    assert f" {major}." in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert copy.extensions == binaries.extensions
    assert cache.reachable_copy(binaries) == copy
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [binaries.name]


def test_reach(tmp_path: Path) -> None:
    """A folder is in reach when all users may enter it and all folders above it."""
    inner = tmp_path / "outer/inner"
    inner.mkdir(parents=True)
    assert cache.reachable(Path("/usr/bin"))
    inner.parent.chmod(0o700)
    assert not cache.reachable(inner)


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

"""What is kept on this machine between servers, and where a server of an unprivileged user can stand.

Postgres refuses to run as root, so that root starts it as `nobody`, who has to reach its programs and its data.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import re
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from harness.errors import PostgresError
from harness.replay.binaries import Binaries
from harness.replay.supervisor import Owner, copy_tree

_ROOTS_CACHE = Path("/var/cache/bootsmoke")
_MEMORY = Path("/dev/shm")  # noqa: S108 - as for /tmp below
_PLENTY = 1 << 30
"""Bytes; a container that was given the usual 64 MB must not run full in the middle of a ladder."""
_LONGEST_FOLDER = 60
"""Bytes; a socket's path in it has 107 at most, unix(7)."""
_RUN = re.compile(r"bootsmoke-[0-9a-f]{12}")
_UNFINISHED_SECONDS = 60.0
"""A folder younger than this may be one that its supervisor has not locked yet."""


def cache_folder() -> Path:
    """Return this user's cache folder: XDG Base Directory Specification 0.8."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".cache"
    return base / "bootsmoke"


def unprivileged() -> Owner | None:
    """Return uid and gid of `nobody` for root; None for a user who can run Postgres as it is."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def reachable(folder: Path) -> bool:
    """Whether every user can enter the folder."""
    resolved = folder.resolve()
    return all(path.stat().st_mode & 0o001 for path in (resolved, *resolved.parents))


def reachable_copy(binaries: Binaries) -> Binaries:
    """Return the binaries, or a copy of them that every user can enter; made once, and never seen unfinished."""
    if reachable(binaries.root):
        return binaries
    copy = replace(binaries, base=_ROOTS_CACHE / binaries.name)
    if not copy.base.is_dir():
        _copy(binaries, copy.base)
    return copy


def _copy(binaries: Binaries, target: Path) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        for part in binaries.parts:
            (draft / part).parent.mkdir(parents=True, exist_ok=True)
            copy_tree(binaries.base / part, draft / part, None)
        draft.rename(target)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if not target.is_dir():  # or another process was first
            raise PostgresError(f"cannot copy Postgres to where the user nobody can run it: {error}") from None


def run_folders() -> list[Path]:
    """Return the folders in which a temporary cluster may stand, the best one first.

    TMPDIR, where it is set; otherwise memory, where there is plenty: the thousand small files of a cluster are
    copied ten times faster there than on a disk; then the machine's folder for temporary files.
    """
    wanted = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - a random name, and made with mode 0700
    if "TMPDIR" not in os.environ and _has_room(_MEMORY):
        wanted.insert(0, _MEMORY)
    return [folder for folder in wanted if _can_hold_cluster(folder)]


def _has_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free >= _PLENTY
    except OSError:
        return False


def _can_hold_cluster(folder: Path) -> bool:
    name_fits = len(os.fsencode(folder)) <= _LONGEST_FOLDER
    return name_fits and os.access(folder, os.W_OK) and (unprivileged() is None or reachable(folder))


def sweep(folder: Path) -> None:
    """Remove this user's clusters in a folder whose supervisor is dead: those that nobody holds the lock of."""
    for run in folder.glob("bootsmoke-*"):
        if _RUN.fullmatch(run.name) and _is_dead(run):
            shutil.rmtree(run, ignore_errors=True)


def _is_dead(run: Path) -> bool:
    try:
        status = run.lstat()
        if time.time() - status.st_mtime < _UNFINISHED_SECONDS:
            return False
        lock = os.open(run, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True

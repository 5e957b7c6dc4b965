"""Runs one Postgres for as long as its parent lives, and leaves nothing behind.

A program of its own, started by path as `python -I -S supervisor.py PLAN`, so that it outlives a harness that is
killed: standard library only. Its standard input is a pipe whose other end the harness holds; when that end
closes, however the harness ended, Postgres is stopped and the run's folder removed. Should this program be killed
itself, the kernel stops Postgres, and a later start removes the folder: it is locked as long as this program runs.

The plan is a JSON object: `folder` (made here, and removed), `template` (a cluster to copy; made here if it is
missing or damaged), `owner` (uid and gid that Postgres runs as, or null), `initdb` and `postgres` (commands).
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import zlib
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when the thread that made it ends."""
_QUIT_SECONDS = 10.0
"""Twice what Postgres gives its own children before it kills them."""
_libc = ctypes.CDLL(None)

Owner = tuple[int, int]


def main(plan: dict[str, Any]) -> int:
    """Serve until the parent lets go of standard input; the exit status is the one of what ended first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent's end is the one reason to stop
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder, owner = Path(plan["folder"]), plan["owner"] and tuple(plan["owner"])
    folder.mkdir(mode=0o700)
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        if owner:
            os.chown(folder, *owner)
        status = prepare(Path(plan["template"]), folder / "data", plan["initdb"], owner)
        return status or serve(plan["postgres"], owner)
    finally:
        shutil.rmtree(folder)


def prepare(template: Path, data: Path, initdb: list[str], owner: Owner | None) -> int:
    """Fill `data` with a new cluster, from the template where that is whole; return the status of initdb."""
    if copy_template(template, data, owner):
        return 0
    status = spawn(initdb, owner).wait()
    if not status:
        keep_template(data, template)
    return status


def serve(command: list[str], owner: Owner | None) -> int:
    """Run Postgres until it ends by itself or standard input does."""
    server = spawn(command, owner)
    threading.Thread(target=_quit_at_end_of_input, args=(server,), daemon=True).start()
    return server.wait()


def _quit_at_end_of_input(server: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1):
        pass
    # Postgres's immediate shutdown: no checkpoint for data that nobody will read, but its shared memory is freed.
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(_QUIT_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


def spawn(command: list[str], owner: Owner | None) -> subprocess.Popen[bytes]:
    """Start a command as the owner; the kernel stops it when this program dies."""
    who: dict[str, Any] = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - there is no thread yet
        **who,
    )


def _die_with_parent() -> None:
    """Run in the child, after its change of user, which would undo this."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def copy_template(template: Path, data: Path, owner: Owner | None) -> bool:
    """Copy a kept cluster to `data`; False, and the template removed, when it is missing or not what was kept."""
    try:
        kept = (template / "checksum").read_text()
        is_whole = kept == f"{copy_tree(template / 'data', data, owner):08x}"
    except OSError:  # there is none, or it cannot be read: whoever called makes it anew
        is_whole = False
    if not is_whole:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(template, ignore_errors=True)
    return is_whole


def keep_template(data: Path, template: Path) -> None:
    """Keep a copy of a new cluster; whoever of several comes first wins, and none is ever seen unfinished."""
    draft = template.with_name(f".{template.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True, mode=0o700)
        checksum = copy_tree(data, draft / "data", None)
        (draft / "checksum").write_text(f"{checksum:08x}")
        draft.rename(template)
    except OSError as error:
        # Another one was first, or there is no place to keep it: the server runs all the same.
        print(f"the template is not kept: {error}", file=sys.stderr)  # noqa: T201 - the log of this program
        shutil.rmtree(draft, ignore_errors=True)


def copy_tree(source: Path, target: Path, owner: Owner | None, checksum: int = 0) -> int:
    """Copy a folder with its modes and links to a new one that `owner` has; return a CRC-32 of names and bytes."""
    target.mkdir(mode=0o700)
    for old in sorted(source.iterdir()):
        new = target / old.name
        checksum = zlib.crc32(os.fsencode(old.name), checksum)
        if old.is_symlink():
            new.symlink_to(old.readlink())
        elif old.is_dir():
            checksum = copy_tree(old, new, owner, checksum)
        else:
            content = old.read_bytes()
            new.write_bytes(content)
            checksum = zlib.crc32(content, checksum)
            new.chmod(old.stat().st_mode)
        if owner:
            os.chown(new, *owner, follow_symlinks=False)
    target.chmod(source.stat().st_mode)
    if owner:
        os.chown(target, *owner)
    return checksum


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))

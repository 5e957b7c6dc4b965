"""A private Postgres server on this machine: up in a fraction of a second, gone with the process."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import tempfile
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness import detached
from harness.errors import PostgresError
from harness.replay import cache, supervisor
from harness.replay.binaries import Binaries, choose
from harness.replay.server import Server

_INITDB = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--wal-segsize=1")
# The same on every machine: whole Unicode for upper() and lower(), order by code point.
_LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_LOCALE_BEFORE_17 = ("--locale=C.UTF-8",)
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "shared_buffers": "32MB",
    "max_wal_size": "64MB",
    "autovacuum": "off",
    "jit": "off",
    "dynamic_shared_memory_type": "mmap",  # in the data directory: nothing is ever left in /dev/shm
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}
_SETTINGS_OF = {18: {"io_method": "sync"}}  # no workers for reading what is in memory anyway
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
_START_SECONDS = 60.0


@contextmanager
def embedded(major: int | None = None, *, extensions: Collection[str] = ()) -> Iterator[Server]:
    """Run a server of this major version, or of the first installed one that has all the extensions.

    It listens on a unix socket that this user alone reaches, and ends with the block or with this process, even
    when that is killed. PostgresError when there are no such binaries, or when they do not start.
    """
    binaries = choose(major, extensions)
    folder = _place() / f"bootsmoke-{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryFile() as log, _process(binaries, folder, log) as process:
        _wait_until_ready(process, folder, log)
        # `options`, though empty, keeps PGOPTIONS of the environment away.
        conninfo = make_conninfo(
            host=str(folder), user="postgres", dbname="postgres", options="", application_name="bootsmoke"
        )
        with Server(conninfo, strategy="file_copy") as server:
            yield server


def _place() -> Path:
    """Return where a cluster goes, with what dead runs have left there removed."""
    folders = cache.run_folders()
    if not folders:
        raise PostgresError("no folder for a temporary Postgres", help="set TMPDIR to one that can be written")
    for folder in folders:
        cache.sweep(folder)
    return folders[0]


@contextmanager
def _process(binaries: Binaries, folder: Path, log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the supervisor of a server, in a session of its own, where no Ctrl-C reaches it, until the block ends."""
    plan = _plan(binaries, folder)
    with detached.start(supervisor.__file__, plan, stderr=log, environment=_ENVIRONMENT) as process:
        yield process


def _plan(binaries: Binaries, folder: Path) -> dict[str, object]:
    owner = cache.unprivileged()
    runnable = cache.reachable_copy(binaries) if owner else binaries
    initdb = (*_INITDB, *(_LOCALE if binaries.major >= 17 else _LOCALE_BEFORE_17))
    settings = _SETTINGS | _SETTINGS_OF.get(binaries.major, {})
    options = [f"--{name}={value}" for name, value in settings.items()]
    data = str(folder / "data")
    return {
        "folder": str(folder),
        "template": str(cache.cache_folder() / f"{binaries.name}-{_fingerprint(initdb)}"),
        "owner": owner,
        "initdb": [str(runnable.program("initdb")), *initdb, "-D", data],
        "postgres": [str(runnable.program("postgres")), "-D", data, "-k", str(folder), *options],
    }


def _fingerprint(initdb: tuple[str, ...]) -> str:
    """Name what else a kept template depends on."""
    return hashlib.sha256(" ".join((platform.machine(), *initdb)).encode()).hexdigest()[:8]


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path, log: IO[bytes]) -> None:
    """Wait as pg_ctl does, until the last line of postmaster.pid says so."""
    attempts = Retrying(
        retry=retry_if_result(lambda ended: not ended),
        wait=wait_fixed(0.005),
        stop=stop_after_delay(_START_SECONDS),
    )
    try:
        attempts(lambda: _is_ready(folder) or process.poll() is not None)
        why = "it ended"
    except RetryError:
        why = f"it was not ready after {_START_SECONDS:.0f} s"
    if not _is_ready(folder):
        log.seek(0)
        said = log.read().decode(errors="replace").strip()
        raise PostgresError(f"the embedded Postgres did not start: {why}\n{said}")


def _is_ready(folder: Path) -> bool:
    try:
        return (folder / "data/postmaster.pid").read_text().rstrip().endswith("ready")
    except FileNotFoundError:
        return False

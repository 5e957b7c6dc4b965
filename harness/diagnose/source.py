"""What `bootsmoke diagnose` is given: a log, or what a run has left, as a folder or packed."""

from __future__ import annotations

import io
import json
import re
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from harness.diagnose.model import Cause
from harness.diagnose.postgres_log import is_postgres
from harness.errors import Place, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

JOURNAL = "journal.jsonl"
MOST = 16 * 1024 * 1024
"""Bytes of a log that are read: its last ones, because there it says why it ended."""
_SAVED = r"{}/{}-\d+-(\d+)\.log"
"""Where a run keeps the logs of a container: a number for each time that it was replaced or had failed."""
_MOST_MEMBERS = 10_000
_MOST_UNPACKED = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """What was given."""

    name: str
    """As a person would name it: `-` is the standard input."""
    log: str
    """The log; of a run those of the service that failed and of Postgres, empty where none was kept."""
    cause: Cause | None = None
    """What the run itself found out, with more at hand than its logs."""


def load(path: Path) -> Source:
    """Return what a file, a folder, an archive or `-` holds; UsageError where it cannot be read, or is no run."""
    if str(path) == "-":
        return Source("-", _text(_tail(sys.stdin.buffer)))
    try:
        if path.is_dir():
            return _run(str(path), _folder(path))
        if tarfile.is_tarfile(path):
            return _run(str(path), _archive(path))
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - MOST))
            return Source(str(path), _text(file.read(MOST)))
    except (OSError, EOFError, tarfile.TarError) as error:
        words = getattr(error, "strerror", None) or str(error)
        help_ = "name a log, `-` for the standard input, or a run's folder below .bootsmoke"
        raise UsageError(f"cannot be read: {words}", place=Place(str(path)), help=help_) from error


def _tail(stream: BinaryIO) -> bytes:
    kept = b""
    while piece := stream.read(MOST):
        kept = (kept + piece)[-MOST:]
    return kept


def _text(data: bytes) -> str:
    """Decode what a shell has saved; PowerShell writes UTF-16."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return data.decode(encoding, errors="replace")


def _folder(path: Path) -> dict[str, bytes]:
    """Return the files of a run's folder by their path in it; links are not followed."""
    files = (file for file in sorted(path.rglob("*")) if file.is_file() and not file.is_symlink())
    named = {file.relative_to(path).as_posix(): file for file in files if _is_wanted(file.name)}
    return {name: _end(file) for name, file in named.items()}


def _end(file: Path) -> bytes:
    with file.open("rb") as stream:
        if file.name != JOURNAL:
            stream.seek(max(0, file.stat().st_size - MOST))
        return stream.read(_MOST_UNPACKED)


def _archive(path: Path) -> dict[str, bytes]:
    """Return the files of a packed run by their path below the journal's folder; nothing is written anywhere."""
    found, size = {}, 0
    with tarfile.open(path) as archive:
        for number, member in enumerate(archive):
            size += member.size
            if number >= _MOST_MEMBERS or size > _MOST_UNPACKED:
                raise UsageError("is too large for what a run leaves", place=Place(str(path)))
            stream = archive.extractfile(member) if member.isfile() and _is_wanted(member.name) else None
            if stream is not None:
                found[PurePosixPath(member.name).as_posix()] = stream.read()
    top = next((str(PurePosixPath(name).parent) for name in found if PurePosixPath(name).name == JOURNAL), ".")
    return {name.removeprefix(f"{top}/") if top != "." else name: data for name, data in found.items()}


def _is_wanted(name: str) -> bool:
    return name.endswith((".log", JOURNAL))


def _run(name: str, files: Mapping[str, bytes]) -> Source:
    """Return the run's own cause and the log of the service that failed last."""
    if JOURNAL not in files:
        raise UsageError(
            f"holds no {JOURNAL}", place=Place(name), help="name a run's folder below .bootsmoke, or a log"
        )
    failed = _failed(_text(files[JOURNAL]), name)
    if failed is None:
        return Source(name, "")
    scenario, service, cause = failed
    return Source(name, _logs(files, scenario, service), cause)


def _logs(files: Mapping[str, bytes], scenario: str, service: str) -> str:
    """Return the last log of the service, behind those of Postgres, whose own lines can be told from it."""
    of_it = {
        int(found[1]): path
        for path in files
        if (found := re.fullmatch(_SAVED.format(re.escape(scenario), re.escape(service)), path))
    }
    others = (
        _text(data) for path, data in files.items() if path.startswith(f"{scenario}/") and path.endswith(".log")
    )
    postgres = [text for text in others if is_postgres(text.splitlines())]
    return "\n".join([*postgres, _text(files[of_it[max(of_it)]])]) if of_it else ""


def _failed(journal: str, name: str) -> tuple[str, str, Cause | None] | None:
    """Return scenario, service and cause of the last boot that failed, as the journal tells them."""
    found = None
    try:
        for line in io.StringIO(journal):
            record = json.loads(line) if line.endswith("\n") else {}
            for result in record["results"] if record.get("kind") == "boot.finished" else ():
                if result["verdict"] != "ready":
                    cause = Cause.of(result["cause"]) if result["cause"] else None
                    found = (str(record["scenario"]), str(result["service"]), cause)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError("is no journal of a run", place=Place(f"{name}/{JOURNAL}")) from error
    return found

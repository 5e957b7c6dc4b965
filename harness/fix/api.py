"""`fix` for programs: starts or finds the Postgres, looks for fixes of a ladder, and writes what is proved."""

from __future__ import annotations

import codecs
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.fix.blame import blamed
from harness.fix.block import fits
from harness.fix.model import FileFix, Fixed, Fixes, Left
from harness.fix.plan import carry_out
from harness.fix.run import Search
from harness.ladder import text
from harness.ladder.model import load
from harness.replay.api import open_server
from harness.replay.extensions import extensions_of
from harness.replay.model import Options
from harness.replay.run import replay
from harness.sql.edits import apply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.fix.blame import Blame
    from harness.fix.plan import Edited, Part
    from harness.fix.timeline import Key
    from harness.ladder.model import Ladder, Migration
    from harness.replay.server import Server


def fix(
    ladder: Ladder, *, postgres: str | None = None, pg: int | None = None, setup: Path | str | None = None
) -> Fixes:
    """Look for edits that make a ladder replay-safe, and prove them on a real Postgres; nothing is written.

    The arguments are those of `harness.replay.api.replay`, and so are the errors.
    """
    before = load(Path(setup)) if setup is not None else None
    ladder.check()
    with open_server(postgres, pg, extensions_of([*ladder.migrations, *([before] if before else [])])) as server:
        return fix_on(server, ladder, before)


def fix_on(server: Server, ladder: Ladder, setup: Migration | None = None) -> Fixes:
    """Do the same on a server that runs."""
    before = replay(ladder, server, Options(setup=setup))
    if before.ok or not before.cold.ok:
        return Fixes(ladder, before, before)
    search = Search(ladder, server, setup)
    edited, after = search.run(before)
    blames = blamed(after, edited, search.plan)
    files = tuple(
        _file(migration, edited.parts[migration.name], search.reasons, safe=after.ok)
        for migration in ladder.migrations
        if migration.name in edited.parts
    )
    left = tuple(_left(ladder, search, blame) for blame in blames)
    known = blamed(before, carry_out(ladder, {}), {})
    unproved = _worse(left, known, blames) or (_dumped(search, edited) if files else "")
    return Fixes(ladder, before, after, files, left, unproved, search.rounds)


def _file(migration: Migration, parts: Sequence[Part], reasons: Mapping[Key, str], *, safe: bool) -> FileFix:
    whole = text.read(migration.path)
    fixes = []
    for part in parts:
        keys = [(migration.name, number) for number in range(part.first, part.last + 1)]
        why = next(reasons[key] for key in keys if key in reasons)
        line = migration.statements[part.first - 1].line
        fixes.append(Fixed(str(migration.path), line, part.first, why, replace(part.fix, safe=safe)))
    edits = [edit for part in parts for edit in part.fix.edits]
    return FileFix(migration.path, whole, apply(whole, edits), tuple(fixes))


def _left(ladder: Ladder, search: Search, blame: Blame) -> Left:
    name, number = blame.key
    migration = next(migration for migration in ladder.migrations if migration.name == name)
    statement = migration.statements[number - 1]
    tried = search.tried.get(blame.key, 0)
    if not fits(statement.text):
        why = "a DO block, which could guard it, cannot carry it out"
    elif tried:
        why = f"none of the fixes that were tried helps ({tried})"
    else:
        why = "nothing in the catalog tells later whether it has been carried out"
    return Left(str(migration.path), statement.line, number, blame.what, why)


def _worse(left: Sequence[Left], before: Sequence[Blame], after: Sequence[Blame]) -> str:
    """Say where fixes make a later boot worse than it was: a statement is wrong that was not."""
    known = {blame.key for blame in before}
    worse = [item for item, blame in zip(left, after, strict=True) if blame.key not in known]
    return (
        "" if not worse else f"with the fixes {worse[0].path}:{worse[0].line} goes wrong as well: {worse[0].what}"
    )


def _dumped(search: Search, edited: Edited) -> str:
    """Let pg_dump have the last word on the cold boot: it also knows what snapshots leave out."""
    line = search.dumps_differ(edited)
    return line and f"pg_dump tells the cold boot from the original's: {line}"


def write(files: Iterable[FileFix]) -> None:
    """Write files in place, each at one moment, or none; UsageError where one is no more what it was."""
    ready: list[tuple[Path, Path]] = []
    try:
        ready.extend((_beside(file), file.path) for file in files)
        while ready:
            temporary, path = ready[-1]
            temporary.replace(path)
            ready.pop()
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)


def _beside(file: FileFix) -> Path:
    """Write the text to a new file beside the one that it is to replace, with the same rights."""
    data = file.path.read_bytes()
    mark = data[:3] if data.startswith(codecs.BOM_UTF8) else b""
    if data[len(mark) :] != file.before.encode():
        raise UsageError(f"{file.path} has changed since it was read", help="run fix again")
    handle, name = tempfile.mkstemp(dir=file.path.parent, prefix=f".{file.path.name}.")
    with os.fdopen(handle, "wb") as stream:
        stream.write(mark + file.after.encode())
    Path(name).chmod(file.path.stat().st_mode)
    return Path(name)

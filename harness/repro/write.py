"""Writes what reproduces a failure: a folder that `replay` takes, and one script for psql."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import BootsmokeError, UsageError
from harness.ladder.discover import find_ladder
from harness.ladder.model import load
from harness.redact import MASK
from harness.replay.apply import is_transaction_control
from harness.replay.run import session_part
from harness.repro.bench import Bench
from harness.repro.model import STYLE, Boot, Failure, Part, Repro, one_line

if TYPE_CHECKING:
    from harness.ladder.model import Migration
    from harness.replay.server import Server

SCRIPT, SETUP, SEED = "repro.sql", "setup.sql", "seed.sql"
"""Beside the migrations: the script for psql, what stands before them, and rows between the boots."""

_HOW = f"""\
-- Run it on an empty database of its own:
--   createdb repro && psql -X -d repro -f {SCRIPT}
-- It prints:
"""
_LOOK = """
\\echo what is in the tables now
SELECT format('TABLE %I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 \\gexec"""
_SETTINGS = "SET client_min_messages = warning;"


def refuse_taken(folder: Path) -> None:
    """Raise UsageError where a folder cannot be written to without touching what is in it."""
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder} is there already", help="name a new or an empty folder: --output DIR")


def write(found: Repro, folder: Path, server: Server, secrets: Collection[str] = ()) -> None:
    """Write the part that fails to a new folder, and let the server prove that what was written fails alike.

    String literals that hold one of the secrets are masked. UsageError where the folder holds something or cannot
    be made, BootsmokeError where the masked part fails no more: then the folder is there all the same.
    """
    if found.part is None or found.failure is None:
        raise ValueError("nothing was reproduced")
    refuse_taken(folder)
    texts = {migration.name: migration.text for migration in found.part.ladder().migrations}
    texts[SCRIPT] = script(found, found.part, found.failure)
    if found.setup is not None:
        texts[SETUP] = found.setup.text
    if found.seed is not None:
        texts[SEED] = found.seed.text
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(_masked(text, secrets))
    except OSError as error:
        raise UsageError(
            f"cannot write {folder}: {error.strerror}", help="name another with --output DIR"
        ) from error
    _prove(found, found.failure, folder, server)


def _masked(text: str, secrets: Collection[str]) -> str:
    for secret in secrets:
        text = text.replace(f"'{secret}'", f"'{MASK}'")
    return text


def _prove(found: Repro, failure: Failure, folder: Path, server: Server) -> None:
    setup = load(folder / SETUP) if found.setup is not None else None
    seed = load(folder / SEED) if found.seed is not None else None
    bench = Bench(server, setup, bool(found.rows), seed, failure.is_change)
    seen = bench.symptoms(find_ladder(folder, STYLE))
    if not any((each.boot, each.error.message) == (failure.boot, failure.error.message) for each in seen):
        raise BootsmokeError(f"what was written to {folder} does not fail alike", help="report this as a bug")


def script(found: Repro, part: Part, failure: Failure) -> str:
    """Return the script for psql: both boots one after the other, up to the failure."""
    return "\n".join(_script(found, part, failure)) + "\n"


def _script(found: Repro, part: Part, failure: Failure) -> Iterator[str]:
    boots = ["first boot, on an empty database", "second boot, on the same database"]
    boots = boots[: 1 if failure.boot is Boot.COLD else 2]
    error = failure.error
    whole = one_line(found.ladder.root.absolute().name)
    yield f"-- {whole}: {len(part.steps)} of its {found.statements} statements."
    if failure.is_change:
        yield f"-- Both boots pass, and the second one changes the database: {one_line(error.message)}."
    else:
        yield f"-- The {failure.boot} boot fails."
    yield _HOW + "\n".join(f"--   {text}" for text in boots)
    yield (
        f"--   ERROR:  {error.sqlstate}: {one_line(error.message)}"
        if error.sqlstate
        else "--   and after each what is in the tables"
    )
    yield "\n\\set ON_ERROR_STOP on\n\\set QUIET on\n\\set VERBOSITY verbose"
    for number, boot in enumerate(boots):
        yield from _boot(found, part, boot, is_first=number == 0)
        if failure.is_change:
            yield _LOOK


def _boot(found: Repro, part: Part, title: str, *, is_first: bool) -> Iterator[str]:
    yield f"\n\\echo {title}"
    if not is_first:
        yield "\\connect"
    yield _SETTINGS
    if found.setup is not None:
        yield f"\n-- what stands before the migrations\n{found.setup.text}" if is_first else _session(found.setup)
    for migration in part.ladder().migrations:
        yield f"\n-- {migration.name}"
        yield from _file(migration, whole=migration.name not in found.piecewise)
    if is_first and found.rows:
        yield f"\n-- rows, as an application would have written them\n{found.rows}"


def _session(setup: Migration) -> str:
    text = session_part(setup).text
    return f"{text};" if text else ""


def _file(migration: Migration, *, whole: bool) -> Iterator[str]:
    """Yield a file as a server sends it: one transaction, unless it says BEGIN itself or cannot be one."""
    statements = migration.statements
    wrap = whole and len(statements) > 1 and not any(map(is_transaction_control, statements))
    yield f"BEGIN;\n{migration.text}\nCOMMIT;" if wrap else migration.text

"""`replay` for programs: finds the ladder, starts or finds the Postgres, and replays."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from harness.errors import UsageError
from harness.ladder.discover import find_ladder
from harness.ladder.model import Ladder, load
from harness.replay import run
from harness.replay.extensions import extensions_of
from harness.replay.given import given
from harness.replay.model import Options, Replay
from harness.replay.postgres import embedded
from harness.replay.server import Server


def replay(  # noqa: PLR0913 - each is an option of the command
    ladder: Ladder | Path | str,
    *,
    style: str | None = None,
    postgres: str | None = None,
    pg: int | None = None,
    setup: Path | str | None = None,
    seed: Path | str | None = None,
    canary: bool = True,
    race: int = 0,
    interrupt: bool = False,
) -> Replay:
    """Boot a ladder cold and warm on a real Postgres, and return what failed and what changed.

    The ladder is a value or the folder that it lies in, of a guessed or a named style. Postgres is an embedded one,
    of major version `pg` or the newest that has the ladder's extensions, or the server that the URL `postgres`
    names, where databases of our own are made and dropped. `setup` and `seed` are files of SQL: the first is run
    before the ladder, the second puts the owner's rows in before the warm boot, where the canary's are else. `race`
    is how many boots are to race each other; `interrupt` kills first boots after every statement.

    UsageError (LadderError among them) for what was given wrong, PostgresError when no fitting server runs.
    """
    if not isinstance(ladder, Ladder):
        ladder = find_ladder(Path(ladder), style)
    before = load(Path(setup)) if setup is not None else None
    rows = load(Path(seed)) if seed is not None else None
    options = Options(setup=before, canary=canary, seed=rows, race=race, interrupt=interrupt)
    ladder.check()
    extensions = extensions_of([*ladder.migrations, *([before] if before else [])])
    with open_server(postgres, pg, extensions) as server:
        return run.replay(ladder, server, options)


def open_server(url: str | None, major: int | None, extensions: frozenset[str]) -> AbstractContextManager[Server]:
    """Return the server that a URL names or, without one, an embedded one; see `replay`."""
    if url is None:
        return embedded(major, extensions=extensions)
    if major is not None:
        raise UsageError("--postgres names a server, --pg the embedded one", help="leave one of them out")
    return given(url, extensions=extensions)

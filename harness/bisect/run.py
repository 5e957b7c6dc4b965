"""Bisects: tries both ends first, then what halves the history, each state of the ladder once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.bisect.model import Bisection, Health, Trial, is_skipped
from harness.bisect.past import ladder_at
from harness.bisect.search import Search
from harness.errors import LadderError, UsageError
from harness.git import Commit, History, Repository
from harness.ladder.model import Ladder, load
from harness.replay import run
from harness.replay.api import open_server
from harness.replay.extensions import extensions_of
from harness.replay.model import Options, Replay
from harness.replay.server import Server

Listener = Callable[[Trial], None]


def bisect(
    path: Path,
    *,
    good: str,
    bad: str = "HEAD",
    style: str | None = None,
    setup: Path | None = None,
    postgres: str | None = None,
    pg: int | None = None,
    tell: Listener = lambda _: None,
) -> Bisection:
    """Find the first commit after which the ladder at a path does not survive a second boot.

    Where the cold boot fails in the bad commit, the first commit with a failing cold boot is searched for. Else
    commits whose cold boot fails are skipped; commits without a readable ladder always are. The style is the one
    of the bad commit, if none is named. `setup` is a file as it is now. `tell` gets each trial once it is done.

    UsageError when an end cannot be judged, or the good one is bad; PostgresError when no fitting server runs.
    """
    repository = Repository(path)
    ends = repository.commit(good), repository.commit(bad)
    newest = _ladder(repository, ends[1], style, "--bad")
    oldest = _ladder(repository, ends[0], newest.style, "--good")
    before = load(setup) if setup else None
    needed = extensions_of([*newest.migrations, *oldest.migrations, *([before] if before else [])])
    with open_server(postgres, pg, needed) as server:
        trials = _Trials(repository, newest, server, Options(setup=before), tell)
        return _bisected(repository, newest, trials, *ends)


def _ladder(repository: Repository, commit: Commit, style: str | None, option: str) -> Ladder:
    try:
        ladder = ladder_at(repository, commit, style)
        ladder.check()
    except LadderError as error:
        message = f"{option} {commit.short} has no ladder that can be replayed: {error.message}"
        raise UsageError(message, place=error.place, help=f"name another commit: {option} REV") from None
    return ladder


def _bisected(repository: Repository, newest: Ladder, trials: _Trials, good: Commit, bad: Commit) -> Bisection:
    ends = trials.of(good), trials.of(bad)
    found = Bisection(
        path=repository.path or ".",
        style=newest.style,
        why_style=newest.why,
        postgres=trials.version,
        good=ends[0],
        bad=ends[1],
        touching=0,
        trials=(),
        suspects=(),
        first_bad=None,
    )
    _refuse(found.good, "--good", found.wanted)
    if found.bad.health is Health.GOOD:
        return replace(found, trials=trials.told)
    bases = _bases(repository, trials, found)
    history = _history(repository, found, bases)
    suspects = _search(history, trials, found.wanted)
    single = trials.of(suspects[0]) if len(suspects) == 1 else None
    return replace(found, touching=len(history), trials=trials.told, suspects=tuple(suspects), first_bad=single)


def _refuse(trial: Trial, what: str, wanted: Health) -> None:
    """Raise UsageError for a commit that should be good and is not."""
    if trial.health is Health.GOOD or (trial.health is Health.BAD and wanted is Health.COLD):
        return
    why = {Health.COLD: "its cold boot fails", Health.BAD: "its warm boot fails or changes the database"}
    raise UsageError(
        f"{what} {trial.commit.short} is not good: {why.get(trial.health, trial.error)}",
        help="name a commit from which the ladder boots twice without a change: --good REV",
    )


def _bases(repository: Repository, trials: _Trials, found: Bisection) -> list[Commit]:
    """Return where the histories of both ends part; what is bad there was mended on the way to the good end."""
    good, bad = found.good.commit, found.bad.commit
    bases = repository.bases(good, bad)
    if not bases:
        message = f"{good.short} and {bad.short} have no common history"
        raise UsageError(message, help="fetch the whole history, or name others")
    if bad in bases:
        raise UsageError(f"--bad {bad.short} comes before --good {good.short}", help="swap them")
    for base in bases:
        _refuse(trials.of(base), "the common ancestor of both ends", found.wanted)
    return bases


def _history(repository: Repository, found: Bisection, bases: list[Commit]) -> History:
    """Return the commits that touch the ladder; all on the way where the last of those differs from the bad end.

    That is so when a merge has brought back an old ladder: git follows the side that it took, and leaves it out.
    """
    history = repository.history(found.good.commit, found.bad.commit)
    newest = history[list(history)[-1]][0] if history else found.good.commit
    if repository.entry(newest) == repository.entry(found.bad.commit):
        return history
    return repository.descent(bases, found.bad.commit)


def _search(history: History, trials: _Trials, wanted: Health) -> list[Commit]:
    search = Search({sha: parents for sha, (_, parents) in history.items()})
    following: str | None = list(history)[-1]
    while following is not None:
        health = trials.of(history[following][0]).health
        if is_skipped(health, wanted):
            search.skip(following)
        elif health is wanted:
            search.bad(following)
        else:
            search.good(following)
        following = search.next()
    return [history[sha][0] for sha in search.suspects]


class _Trials:
    """The replays of commits, in the style of one ladder: one replay for each state of the folder."""

    def __init__(
        self, repository: Repository, like: Ladder, server: Server, options: Options, tell: Listener
    ) -> None:
        self.version = server.version
        self._repository = repository
        self._like = like
        self._server = server
        self._options = options
        self._tell = tell
        self._by_commit: dict[str, Trial] = {}
        self._by_ladder: dict[str, Trial] = {}

    @property
    def told(self) -> tuple[Trial, ...]:
        """All commits that were tried, in that order."""
        return tuple(self._by_commit.values())

    def of(self, commit: Commit) -> Trial:
        """Return what a commit's ladder comes to."""
        if commit.sha not in self._by_commit:
            trial = self._made(commit)
            self._by_commit[commit.sha] = trial
            self._tell(trial)
        return self._by_commit[commit.sha]

    def _made(self, commit: Commit) -> Trial:
        entry = self._repository.entry(commit)
        state = entry.id if entry else ""
        if state in self._by_ladder:
            return replace(self._by_ladder[state], commit=commit, repeated=True)
        trial = self._replayed(commit)
        self._by_ladder[state] = trial
        return trial

    def _replayed(self, commit: Commit) -> Trial:
        try:
            ladder = ladder_at(self._repository, commit, self._like.style)
            found = run.replay(replace(ladder, why=self._like.why), self._server, self._options)
        except LadderError as error:
            return Trial(commit, Health.UNREADABLE, None, _one_line(error), repeated=False)
        return Trial(commit, _health(found), found, "", repeated=False)


def _health(replay: Replay) -> Health:
    if not replay.cold.ok:
        return Health.COLD
    return Health.GOOD if replay.ok else Health.BAD


def _one_line(error: LadderError) -> str:
    where = f"{error.place}: " if error.place else ""
    return where + error.message

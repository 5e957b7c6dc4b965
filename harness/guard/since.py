"""What the guard would have said of a ladder at an earlier commit, so that only what is new is told.

A statement that nobody has touched counts as new when it is a later change that makes it fail: a unique key that
is replaced stops the INSERT of an old file whose ON CONFLICT names it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.errors import LadderError
from harness.guard.judge import judge

if TYPE_CHECKING:
    from harness.git import Commit, Repository
    from harness.guard.model import Choice
    from harness.ladder.model import Ladder, Migration


def known_at(revision: str, ladder: Ladder, choice: Choice, setup: Migration | None) -> frozenset[str]:
    """Return the fingerprints of all findings at the commit where this work tree left a revision.

    UsageError when there is no such commit, or no repository. A ladder that was not there, or that could not be
    read then, leaves everything new.
    """
    from harness.git import Repository  # noqa: PLC0415 - only where history is asked for

    repository = Repository(ladder.root)
    commit = _base(repository, revision)
    before = _ladder(repository, commit, ladder)
    if before is None:
        return frozenset()
    return frozenset(finding.mark for finding in judge(before, choice, setup).findings)


def _base(repository: Repository, revision: str) -> Commit:
    asked = repository.commit(revision)
    bases = repository.bases(asked, repository.commit("HEAD"))
    return bases[0] if bases else asked


def _ladder(repository: Repository, commit: Commit, now: Ladder) -> Ladder | None:
    """Return the ladder as it was: the same files where only some were asked for."""
    from harness.bisect.past import ladder_at  # noqa: PLC0415

    try:
        before = ladder_at(repository, commit, now.style)
        for migration in before.migrations:
            _ = migration.statements
    except LadderError:
        return None
    return replace(before, root=now.root)

"""Which commit to try next: bisection of a history with branches, as `git bisect` does it; pure.

It rests on one assumption: a commit that has a bad ancestor in the history is bad itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_GOLDEN = 0.618033988749895


class Search:
    """What is known of a history's commits.

    `suspects` may be the first bad commit: those that are an ancestor of all bad ones (or the bad one itself) and
    of no good one. They are sets of bits, one for each commit in the history's order.
    """

    def __init__(self, parents: Mapping[str, Sequence[str]]) -> None:
        """Begin with commits and their parents, parents first; a parent that is no key is known to be good."""
        self._commits = list(parents)
        self._ancestors: dict[str, int] = {}
        for number, (commit, its_parents) in enumerate(parents.items()):
            mask = 1 << number
            for parent in its_parents:
                mask |= self._ancestors.get(parent, 0)
            self._ancestors[commit] = mask
        self._suspects = (1 << len(self._commits)) - 1
        self._closed: set[str] = set()
        self._skips = 0

    @property
    def suspects(self) -> list[str]:
        """The commits that may be the first bad one, parents first; a single one is it."""
        return [commit for number, commit in enumerate(self._commits) if self._suspects >> number & 1]

    def good(self, commit: str) -> None:
        """Take note of a good commit."""
        self._suspects &= ~self._ancestors[commit]

    def bad(self, commit: str) -> None:
        """Take note of a bad commit; it stays a suspect and need not be tried again."""
        self._suspects &= self._ancestors[commit]
        self._closed.add(commit)

    def skip(self, commit: str) -> None:
        """Take note of a commit that cannot be judged."""
        self._closed.add(commit)
        self._skips += 1

    def next(self) -> str | None:
        """Return the commit that halves the suspects best; None when no other can be tried.

        After a skip it looks elsewhere: where one commit cannot be judged, its neighbours often cannot either.
        `git bisect` then goes by chance; here it goes by the fractions of the golden ratio's multiples.
        """
        open_ = [commit for commit in self.suspects if commit not in self._closed]
        if not open_:
            return None
        open_.sort(key=self._gain, reverse=True)
        away = (self._skips * _GOLDEN) % 1
        return open_[int(away * away * len(open_))]

    def _gain(self, commit: str) -> int:
        """Return how many suspects are ruled out at least, whatever the commit turns out to be."""
        below = (self._ancestors[commit] & self._suspects).bit_count()
        return min(below, self._suspects.bit_count() - below)

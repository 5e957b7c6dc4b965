"""A repository's history through git's plumbing: nothing is checked out, and the index is not looked at.

What a repository's own settings could run is kept away: no hook, file system monitor, filter, textconv, external
diff or signature check has a part in these commands, and no transport may fetch what a partial clone lacks.
Variables such as GIT_DIR, which git sets for its hooks, are not passed on: the repository is the one around a path.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BootsmokeError, UsageError

_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_SETTINGS = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}
_FORMAT = "--format=%an%x00%as%x00%s"
_WHOLE = "fetch the whole history (git fetch --unshallow; fetch-depth: 0 in CI)"


class GitError(BootsmokeError):
    """Git could not read what it was asked for; the message is its own."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `date` is the author's day, such as 2026-03-01."""

    sha: str
    author: str
    date: str
    subject: str

    @property
    def short(self) -> str:
        """The first ten digits."""
        return self.sha[:10]


@dataclass(frozen=True, slots=True)
class Head:
    """The commit that is checked out, and whether files that git tracks are not as they are in it."""

    sha: str
    changed: bool


History = dict[str, tuple[Commit, tuple[str, ...]]]
"""Commits by their names, each with its parents; parents come first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, folder or link in a tree: `mode` as git writes it (100644, 120000, ...)."""

    mode: str
    kind: str
    id: str
    name: str


class Repository:
    """The repository that a path lies in; the path itself need not be in the work tree any more."""

    def __init__(self, path: Path) -> None:
        """Find it; UsageError where there is none, or where git refuses to read it."""
        whole = path.resolve()
        self._folder = next(folder for folder in (whole, *whole.parents) if folder.is_dir())
        try:
            self.top = Path(os.fsdecode(self._run("rev-parse", "--show-toplevel").removesuffix(b"\n")))
        except GitError as error:
            raise UsageError(f"{path} is in no git work tree: {error.message}") from None
        self._folder = self.top
        self.path = whole.relative_to(self.top).as_posix().removeprefix(".")
        """The path from the top of the repository, with slashes; empty for the top itself."""

    def commit(self, revision: str) -> Commit:
        """Return the commit that a revision means; UsageError when it means none."""
        try:
            found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except GitError:
            advice = _WHOLE if self._is_shallow() else "name a commit, a branch or a tag"
            raise UsageError(f"git knows no commit {revision!r}", help=advice) from None
        sha = found.decode().strip()
        return self._described("--no-walk", sha)[sha][0]

    def head(self) -> Head:
        """Return what is checked out; UsageError in a repository without a commit."""
        commit = self.commit("HEAD")
        try:
            self._run("diff-index", "--quiet", commit.sha, "--")
        except GitError as error:
            if error.message:
                raise
            return Head(commit.sha, changed=True)
        return Head(commit.sha, changed=False)

    def bases(self, one: Commit, other: Commit) -> list[Commit]:
        """Return the best common ancestors of two commits; empty when they have none."""
        try:
            found = self._run("merge-base", "--all", one.sha, other.sha)
        except GitError as error:
            if error.message:
                raise
            return []
        return [self.commit(sha) for sha in found.decode().split()]

    def history(self, good: Commit, bad: Commit) -> History:
        """Return the commits of good..bad that touch the path, each with the nearest such ones as its parents."""
        limit = ("--", f":(top,literal){self.path}") if self.path else ()
        return self._described("--topo-order", "--reverse", "--parents", bad.sha, f"^{good.sha}", *limit)

    def descent(self, bases: Sequence[Commit], bad: Commit) -> History:
        """Return all commits on the ways from some commits to the bad one, whether they touch the path or not."""
        walk = ("--topo-order", "--reverse", "--parents", "--ancestry-path")
        return self._described(*walk, bad.sha, *(f"^{base.sha}" for base in bases))

    def entry(self, commit: Commit) -> Entry | None:
        """Return what stands at the path in a commit: a tree or a blob; None when nothing does."""
        name = os.fsencode(f"{commit.sha}:{self.path}")
        answer = self._run("cat-file", "--batch-check=%(objecttype) %(objectname)", send=name + b"\n").split()
        if answer[0] not in (b"tree", b"blob"):
            return None
        return Entry("", answer[0].decode(), answer[1].decode(), Path(self.path).name)

    def entries(self, tree: str, *, below: bool = False) -> list[Entry]:
        """Return what is in a tree, `<commit>:<path>` or an object's name; `below`: all files in and below it."""
        listing = self._run("ls-tree", "-z", "--full-tree", *(["-r"] if below else []), tree)
        return [_entry(*item.split(b"\t", 1)) for item in listing.split(b"\0") if item]

    def contents(self, ids: Sequence[str]) -> Iterator[bytes]:
        """Yield the contents of blobs; GitError when one is not there."""
        answer = self._run("cat-file", "--batch", send="".join(f"{id_}\n" for id_ in ids).encode())
        start = 0
        for id_ in ids:
            head, _, _ = answer[start : start + 200].partition(b"\n")
            if b" blob " not in head:
                raise GitError(f"the repository lacks {id_}", help="fetch what a partial clone has left out")
            start += len(head) + 1
            end = start + int(head.split()[2])
            yield answer[start:end]
            start = end + 1

    def _described(self, *walk: str) -> History:
        text = self._run("rev-list", "--encoding=UTF-8", _FORMAT, *walk).decode(errors="replace")
        lines = text.split("\n")
        found = {}
        for head, told in zip(lines[0:-1:2], lines[1::2], strict=True):
            sha, *parents = head.removeprefix("commit ").split()
            author, date, subject = told.split("\0")
            found[sha] = Commit(sha, author, date, subject), tuple(parents)
        return found

    def _is_shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def _run(self, *words: str, send: bytes = b"") -> bytes:
        """Run git and return what it printed; GitError with its last words when it fails."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            done = subprocess.run(
                [*_GIT, "-C", str(self._folder), *words],
                input=send,
                env=environment | _SETTINGS,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise UsageError("git is not installed", help="the history of files is read through it") from None
        if done.returncode:
            raise GitError(done.stderr.decode(errors="replace").strip().removeprefix("fatal: "))
        return done.stdout


def _entry(head: bytes, name: bytes) -> Entry:
    mode, kind, id_ = head.decode().split()
    return Entry(mode, kind, id_, os.fsdecode(name))

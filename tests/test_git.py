"""What is read of a repository, and what its settings cannot make git do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.git import Entry, GitError, Repository
from tests.bisect.writing import Written


def test_only_commits_that_touch_the_path(written: Written) -> None:
    """The history is that of the folder, and each commit's parent is the one that touched it before."""
    good = written.commit("one", {"db/m/1.sql": "1"})
    written.commit("elsewhere", {"readme": "x", "db/mm/1.sql": "y"})
    two = written.commit("two", {"db/m/2.sql": "2"})
    written.commit("elsewhere again", {"readme": "z"})
    three = written.commit("three", {"db/m/1.sql": None})
    repository = Repository(written.top / "db/m")
    history = repository.history(repository.commit(good), repository.commit("main"))
    assert [(commit.subject, parents) for commit, parents in history.values()] == [
        ("two", (good,)),
        ("three", (two,)),
    ]
    assert list(history) == [two, three]
    assert len(repository.descent([repository.commit(good)], repository.commit("HEAD"))) == 4


def test_a_commit(written: Written) -> None:
    """A revision of any kind becomes a commit, whatever bytes its author's name has."""
    written.git("-c", "user.name=Änn | x", "commit", "--allow-empty", "-m", "Eins: ü\n\nbody", "--author=Änn <a@b>")
    written.git("tag", "-a", "v1", "-m", "a tag")
    commit = Repository(written.top).commit("v1")
    assert (commit.author, commit.date, commit.subject) == ("Änn", "2026-03-01", "Eins: ü")
    assert commit.sha == written.git("rev-parse", "HEAD")
    assert commit.sha.startswith(commit.short)


@pytest.mark.parametrize("revision", ["nope", "--help", "-n1", "", "HEAD:db", "HEAD~9"])
def test_no_commit(written: Written, revision: str) -> None:
    """What is no commit is wrong usage, also where it looks like an option."""
    written.commit("one", {"db/1.sql": "1"})
    with pytest.raises(UsageError, match="git knows no commit") as caught:
        Repository(written.top).commit(revision)
    assert caught.value.help == "name a commit, a branch or a tag"


def test_a_shallow_clone(written: Written, tmp_path: Path) -> None:
    """Where the history was cut off, the advice is to fetch it."""
    good = written.commit("one", {"1.sql": "1"})
    written.commit("two", {"2.sql": "2"})
    clone = tmp_path / "clone"
    written.git("clone", "--quiet", "--depth=1", f"file://{written.top}", str(clone))
    with pytest.raises(UsageError, match="git knows no commit") as caught:
        Repository(clone).commit(good)
    assert "git fetch --unshallow" in caught.value.help


def test_no_repository(tmp_path: Path) -> None:
    """A path outside of any work tree is wrong usage, with git's own words."""
    with pytest.raises(UsageError, match="is in no git work tree: not a git repository"):
        Repository(tmp_path / "not/there")


def test_the_repository_is_the_one_around_the_path(
    written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the working directory nor what git sets for its hooks leads elsewhere."""
    written.commit("one", {"db/m/1.sql": "1"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    (tmp_path / "link").symlink_to(written.top / "db")
    repository = Repository(Path("link/m"))
    assert (repository.top, repository.path) == (written.top, "db/m")
    assert repository.commit("HEAD").subject == "one"


def test_trees_and_contents(written: Written) -> None:
    """Files below a folder come with their modes, whatever their names, and their contents as committed."""
    (written.top / "m").mkdir()
    (written.top / "m/link").symlink_to("1.sql")
    written.commit("one", {"m/1.sql": "a\nb", "m/d/ü \t\n.sql": "", "m/big.sql": "x" * 100_000})
    repository = Repository(written.top / "m")
    tree = repository.entry(repository.commit("HEAD"))
    assert tree is not None
    assert tree.kind == "tree"
    files = repository.entries(tree.id, below=True)
    assert [(file.mode, file.name) for file in files] == [
        ("100644", "1.sql"),
        ("100644", "big.sql"),
        ("100644", "d/ü \t\n.sql"),
        ("120000", "link"),
    ]
    contents = list(repository.contents([file.id for file in files]))
    assert contents == [b"a\nb", b"x" * 100_000, b"", b"1.sql"]
    assert repository.entries("HEAD:")[0] == Entry("040000", "tree", tree.id, "m")
    with pytest.raises(GitError, match=f"the repository lacks {'1' * 40}"):
        list(repository.contents([files[0].id, "1" * 40]))


def test_nothing_at_the_path(written: Written) -> None:
    """A commit without the folder has no entry."""
    written.commit("one", {"1.sql": "1"})
    repository = Repository(written.top / "m")
    assert repository.entry(repository.commit("HEAD")) is None


def test_bases(written: Written) -> None:
    """The common ancestor of two branches is found; histories that began apart have none."""
    base = written.commit("base", {"1.sql": "1"})
    written.git("checkout", "--quiet", "-b", "side")
    written.commit("side", {"2.sql": "2"})
    written.git("checkout", "--quiet", "main")
    written.commit("main", {"3.sql": "3"})
    written.git("checkout", "--quiet", "--orphan", "alone")
    written.commit("alone", {"4.sql": "4"})
    repository = Repository(written.top)
    main, side, alone = (repository.commit(name) for name in ("main", "side", "alone"))
    assert [commit.sha for commit in repository.bases(main, side)] == [base]
    assert repository.bases(main, alone) == []


def test_a_hostile_repository(written: Written, tmp_path: Path) -> None:
    """What a repository's settings and attributes would run is not run, and nothing of it is written to."""
    written.commit("one", {"m/1.sql": "1\n", ".gitattributes": "*.sql filter=evil diff=evil text eol=crlf\n"})
    written.commit("two", {"m/1.sql": "2\n"})
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\necho ran >> {tmp_path}/ran\ncat\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "diff.evil.textconv", "diff.external", "filter.evil.smudge", "gpg.program"):
        written.git("config", name, str(trap))
    for name in ("core.pager", "core.sshCommand", "filter.evil.clean", "filter.evil.process", "core.editor"):
        written.git("config", name, str(trap))
    written.git("config", "log.showSignature", "true")
    hook = written.top / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.symlink_to(trap)
    (written.top / "m/1.sql").write_text("not committed\n")
    before = _files(written.top)
    repository = Repository(written.top / "m")
    good, bad = repository.commit("HEAD~1"), repository.commit("HEAD")
    assert repository.bases(good, bad) == [good]
    assert len(repository.history(good, bad)) == 1
    tree = repository.entry(bad)
    assert tree is not None
    (file,) = repository.entries(tree.id, below=True)
    assert list(repository.contents([file.id])) == [b"2\n"]
    assert not (tmp_path / "ran").exists()
    assert _files(written.top) == before


def test_nothing_is_fetched(written: Written, tmp_path: Path) -> None:
    """What a partial clone lacks is not fetched behind one's back, through no transport."""
    written.commit("one", {"m/1.sql": "1"})
    written.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    written.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{written.top}", str(clone))
    repository = Repository(clone / "m")
    tree = repository.entry(repository.commit("HEAD"))
    assert tree is not None
    (file,) = repository.entries(tree.id, below=True)
    with pytest.raises(GitError):
        list(repository.contents([file.id]))


def test_without_git(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git is told what git is needed for."""
    monkeypatch.setenv("PATH", str(written.top))
    with pytest.raises(UsageError, match="git is not installed"):
        Repository(written.top)


def test_a_repository_that_git_does_not_trust(written: Written) -> None:
    """Where git refuses to read somebody else's repository, its reason is told."""
    if os.geteuid():
        pytest.skip("only root can make a repository that belongs to somebody else")
    subprocess.run(["chown", "-R", "65534", str(written.top)], check=True)
    with pytest.raises(UsageError, match="dubious ownership"):
        Repository(written.top)


def _files(top: Path) -> dict[str, tuple[int, bytes]]:
    found = (path for path in top.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in found}

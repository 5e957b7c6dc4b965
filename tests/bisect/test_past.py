"""The ladder as it was in a commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bisect.past import ladder_at
from harness.errors import LadderError
from harness.git import Repository
from harness.ladder.model import Ladder
from tests.bisect.writing import Written


def ladder(written: Written, path: str, revision: str = "HEAD", style: str | None = None) -> Ladder:
    """Read the ladder of a commit."""
    repository = Repository(written.top / path)
    return ladder_at(repository, repository.commit(revision), style)


def test_what_was_committed_counts(written: Written) -> None:
    """A dirty or an empty work tree is no matter; paths are those in the repository."""
    written.commit("one", {"db/m/2_b.up.sql": "b;", "db/m/10_c.up.sql": "c;", "db/m/2_b.down.sql": "d;"})
    written.commit("two", {"db/m/2_b.up.sql": None, "db/m/10_c.up.sql": None, "db/m/2_b.down.sql": None})
    found = ladder(written, "db/m", "HEAD~1")
    assert (found.style, found.root) == ("golang-migrate", Path("db/m"))
    assert [(str(m.path), m.name, m.text) for m in found.migrations] == [
        ("db/m/2_b.up.sql", "2_b.up.sql", "b;"),
        ("db/m/10_c.up.sql", "10_c.up.sql", "c;"),
    ]


def test_the_top_of_the_repository(written: Written) -> None:
    """The ladder may lie at the top itself."""
    written.commit("one", {"1.sql": "a;", "2.sql": "b;"})
    assert [str(m.path) for m in ladder(written, ".").migrations] == ["1.sql", "2.sql"]


def test_a_single_file(written: Written) -> None:
    """A file is a ladder, too; the files beside it are not part of it."""
    written.commit("one", {"db/schema.sql": "a;", "db/other.sql": "b;"})
    assert [str(m.path) for m in ladder(written, "db/schema.sql").migrations] == ["db/schema.sql"]


def test_a_style_that_is_known_by_what_stands_above(written: Written) -> None:
    """The files above the folder count as they were in the commit: here a crate of Rust."""
    written.commit("one", {"a/b/migrations/20240101000000_x.sql": "a;", "a/Cargo.toml": "[package]"})
    written.commit("two", {"a/Cargo.toml": None})
    assert ladder(written, "a/b/migrations", "HEAD~1").style == "sqlx"
    assert ladder(written, "a/b/migrations", "HEAD").style != "sqlx"


def test_a_record_beside_the_files(written: Written) -> None:
    """What a tool writes down beside its migrations is read from the same commit."""
    journal = '{"entries": [{"tag": "0001_b"}, {"tag": "0000_a"}]}'
    files: dict[str, str | None] = {"m/0000_a.sql": "a;", "m/0001_b.sql": "b;", "m/meta/_journal.json": journal}
    written.commit("one", files)
    assert [m.name for m in ladder(written, "m").migrations] == ["0001_b.sql", "0000_a.sql"]


def test_no_ladder(written: Written) -> None:
    """Without the folder, or without migrations in it, the error has the path in the repository alone."""
    written.commit("one", {"m/readme": "x"})
    with pytest.raises(LadderError, match="no migrations found in m: looked for"):
        ladder(written, "m")
    with pytest.raises(LadderError, match=r"^n: there is no such folder in "):
        ladder(written, "n")


def test_an_unreadable_file(written: Written) -> None:
    """The place of an error is the one in the repository."""
    written.commit("one", {"db/m/1.sql": "a;\n\0"})
    with pytest.raises(LadderError) as caught:
        ladder(written, "db/m")
    assert str(caught.value.place) == "db/m/1.sql:2:1"


def test_links(written: Written, tmp_path: Path) -> None:
    """A link within the folder is followed; one that leads out of it is refused, and nothing is read through it."""
    (written.top / "m").mkdir()
    (written.top / "m/2.sql").symlink_to("1.sql")
    written.commit("one", {"m/1.sql": "a;"})
    assert [m.text for m in ladder(written, "m").migrations] == ["a;", "a;"]
    (tmp_path / "secret.sql").write_text("secret;")
    (written.top / "m/3.sql").symlink_to(tmp_path / "secret.sql")
    written.commit("two", {})
    with pytest.raises(LadderError, match=r"^m/3.sql: a link that leads out"):
        ladder(written, "m")


def test_names_that_lead_elsewhere(written: Written) -> None:
    """A tree that was made by hand, with a file `..` or one below a link, writes nothing outside."""
    blob = written.git("hash-object", "-w", "--stdin", send=b"evil;")
    for listing in (f"100644 blob {blob}\t..\n", f"120000 blob {blob}\ta\n100644 blob {blob}\ta\n"):
        tree = _tree(written, listing)
        written.git(
            "update-ref",
            "HEAD",
            written.git("commit-tree", "-m", "evil", _tree(written, f"40000 tree {tree}\tm\n")),
        )
        with pytest.raises(LadderError, match=r"^m: cannot lay out the ladder of "):
            ladder(written, "m")


def _tree(written: Written, listing: str) -> str:
    """Write a tree object as it stands: git itself would refuse to make these."""
    entries = [line.split() for line in listing.splitlines()]
    data = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(id_) for mode, _, id_, name in entries)
    return written.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", send=data)

"""Archives for the files that go into a container."""

from __future__ import annotations

import io
import tarfile

import pytest

from harness.engine.archive import archives


def test_each_folder_has_an_archive_of_its_own() -> None:
    """Files are grouped by folder, with mode 0644, root's, and their content."""
    made = archives({"/etc/a": b"1", "/etc/b": b"22", "/c": b""})
    assert sorted(made) == ["/", "/etc"]
    with tarfile.open(fileobj=io.BytesIO(made["/etc"])) as tar:
        members = tar.getmembers()
        assert [(m.name, m.size, m.mode, m.uid, m.gid) for m in members] == [
            ("a", 1, 0o644, 0, 0),
            ("b", 2, 0o644, 0, 0),
        ]
        content = tar.extractfile("b")
        assert content is not None
        assert content.read() == b"22"


def test_the_same_files_give_the_same_bytes() -> None:
    """Neither the order nor the time of the call is in the archive."""
    assert archives({"/a": b"1", "/b": b"2"}) == archives({"/b": b"2", "/a": b"1"})


@pytest.mark.parametrize("path", ["relative", "./here", "", "/", "/etc/../a"])
def test_only_absolute_paths_of_files_are_taken(path: str) -> None:
    """A path that is relative, climbs or names no file is refused by name."""
    with pytest.raises(ValueError, match="not the absolute path of a file"):
        archives({path: b""})

"""Folders as the styles look at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder
from harness.ladder.folder import Folder
from tests.ladder.laying import lay, names

if TYPE_CHECKING:
    from pathlib import Path


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    """A migration that is a link to a file elsewhere is an error that names the link."""
    lay(tmp_path, "secret.sql")
    folder = lay(tmp_path / "migrations", "1_a.up.sql")
    (folder / "2_b.up.sql").symlink_to(tmp_path / "secret.sql")
    with pytest.raises(LadderError, match=r"2_b\.up\.sql: a link that leads out of the migrations' folder"):
        find_ladder(folder)


def test_a_link_that_stays_inside_is_read(tmp_path: Path) -> None:
    """Links within the folder are how a mounted ConfigMap looks."""
    folder = lay(tmp_path, "..v1/1_a.up.sql")
    (folder / "..data").symlink_to("..v1")
    (folder / "1_a.up.sql").symlink_to("..data/1_a.up.sql")
    assert names(folder) == ["1_a.up.sql"]


def test_a_link_to_a_folder_outside_is_refused(tmp_path: Path) -> None:
    """Where migrations have folders of their own, a folder that is a link to elsewhere is an error."""
    lay(tmp_path, "elsewhere/2_b/up.sql")
    folder = lay(tmp_path / "migrations", "1_a/up.sql")
    (folder / "2_b").symlink_to(tmp_path / "elsewhere" / "2_b")
    with pytest.raises(LadderError, match=r"2_b: a link that leads out"):
        find_ladder(folder)


def test_a_link_to_nothing_is_said(tmp_path: Path) -> None:
    """A broken link is a migration that cannot be read, and no reason to pass it by."""
    folder = lay(tmp_path, "1_a.up.sql")
    (folder / "2_b.up.sql").symlink_to("absent.sql")
    with pytest.raises(LadderError, match="cannot read the migration: No such file"):
        find_ladder(folder)


def test_hidden_files_are_none(tmp_path: Path) -> None:
    """What an editor or git leaves behind a dot is no migration."""
    assert Folder(lay(tmp_path, ".x.sql", ".git/1_a.sql", "b/.c/1.sql", "b/2.sql", "1.sql")).below == (
        "1.sql",
        "b/2.sql",
    )


def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    """The system's reason stands in the error."""
    with pytest.raises(LadderError, match="absent: cannot read the migrations' folder: No such file"):
        _ = Folder(tmp_path / "absent").names

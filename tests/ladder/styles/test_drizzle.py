"""Drizzle's files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, only, placed, styled

if TYPE_CHECKING:
    from pathlib import Path


def journal(folder: Path, *tags: str) -> Path:
    """Write the journal that lists these migrations."""
    (folder / "meta").mkdir(exist_ok=True)
    entries = [{"idx": index, "when": index, "tag": tag, "breakpoints": True} for index, tag in enumerate(tags)]
    (folder / "meta" / "_journal.json").write_text(json.dumps({"entries": entries}))
    return folder


def test_the_journal_decides(tmp_path: Path) -> None:
    """Its order is the tool's, and a file that it does not list is not run."""
    folder = journal(lay(tmp_path, "0000_b.sql", "0001_a.sql", "extra.sql"), "0001_a", "0000_b")
    assert styled(folder) == ("drizzle", ["0001_a.sql", "0000_b.sql"])
    assert find_ladder(folder).notes == ("not part of the ladder in the style drizzle: extra.sql",)


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    """A journal that lists what is not there is an error that names both."""
    with pytest.raises(LadderError, match=r"_journal\.json: lists 0001_b\.sql, which is not there"):
        find_ladder(journal(lay(tmp_path, "0000_a.sql"), "0000_a", "0001_b"))


@pytest.mark.parametrize("text", ["{", "[]", '{"entries": [1]}', '{"entries": [{}]}'])
def test_a_broken_journal(tmp_path: Path, text: str) -> None:
    """What is no journal is refused by name."""
    folder = journal(lay(tmp_path, "0000_a.sql"))
    (folder / "meta" / "_journal.json").write_text(text)
    with pytest.raises(LadderError, match="not a journal of Drizzle"):
        find_ladder(folder)


def test_breakpoints_keep_statements_apart(tmp_path: Path) -> None:
    """A statement may lack its semicolon before a breakpoint; places stay the file's."""
    text = "select 'ä'--> statement-breakpoint\nselect 2;--> statement-breakpoint\nselect 3"
    folder = journal(lay(tmp_path, **{"0000_a": text}), "0000_a")
    assert placed(only(folder)) == [(1, "select 'ä'"), (2, "select 2"), (3, "select 3")]


def test_the_folders_of_version_1(tmp_path: Path) -> None:
    """A folder for each migration, with a snapshot.json, by the folders' names."""
    lay(
        tmp_path,
        *(f"{n}/{file}" for n in ("20250102_b", "20250101_a") for file in ("migration.sql", "snapshot.json")),
    )
    assert styled(tmp_path) == ("drizzle", ["20250101_a/migration.sql", "20250102_b/migration.sql"])

"""Supabase's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ladder.laying import lay, names, styled

if TYPE_CHECKING:
    from pathlib import Path


def test_its_folder_is_known_by_its_place(tmp_path: Path) -> None:
    """Files in supabase/migrations go by name; those without a timestamp are skipped."""
    folder = lay(tmp_path / "supabase" / "migrations", "20240102000000_b.sql", "20240101000000_a.sql", "seed.sql")
    assert styled(folder) == ("supabase", ["20240101000000_a.sql", "20240102000000_b.sql"])


def test_an_old_init_file_is_skipped(tmp_path: Path) -> None:
    """A first <timestamp>_init.sql from before 2021-12-09 is not run; a later one is."""
    lay(tmp_path, "20211208000000_init.sql", "20220101000000_init.sql")
    assert names(tmp_path, "supabase") == ["20220101000000_init.sql"]

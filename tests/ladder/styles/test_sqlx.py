"""sqlx's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, names, styled

if TYPE_CHECKING:
    from pathlib import Path


def test_in_a_crate_files_go_by_number(tmp_path: Path) -> None:
    """Simple and reversible migrations in one order, by number, where a Cargo.toml stands above."""
    lay(tmp_path, "Cargo.toml")
    folder = lay(tmp_path / "migrations", "10_c.sql", "9_b.up.sql", "9_b.down.sql", "1_a.sql")
    assert styled(folder) == ("sqlx", ["1_a.sql", "9_b.up.sql", "10_c.sql"])


def test_a_crate_beyond_the_repository_does_not_count(tmp_path: Path) -> None:
    """The search for a Cargo.toml ends at the top of the git repository."""
    lay(tmp_path, "Cargo.toml")
    folder = lay(tmp_path / "repo" / "migrations", "1_a.up.sql")
    (tmp_path / "repo" / ".git").mkdir()
    assert styled(folder) == ("golang-migrate", ["1_a.up.sql"])


def test_no_transaction_is_the_first_line(tmp_path: Path) -> None:
    """The words count at the very beginning of the file alone."""
    lay(tmp_path, **{"1_a": "-- no-transaction\nselect 1;\n", "2_b": "\n-- no-transaction\nselect 1;\n"})
    assert names(tmp_path, "sqlx") == ["1_a.sql", "2_b.sql"]
    assert [m.transactional for m in find_ladder(tmp_path, "sqlx").migrations] == [False, True]

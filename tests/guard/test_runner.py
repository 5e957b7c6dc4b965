"""How a ladder is applied, as far as what stands around it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.guard.model import Choice, Runner
from harness.guard.runner import guess
from harness.ladder.discover import find_ladder


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with a ladder in db/."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "db").mkdir()
    (tmp_path / "db/1_a.up.sql").write_text("CREATE TABLE a (x int);")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def guessed(repository: Path) -> Choice:
    """Return what is guessed of the repository's ladder."""
    return guess(find_ladder(repository / "db"))


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("go.mod", "require github.com/golang-migrate/migrate/v4 v4.17.0", "go.mod names golang-migrate/migrate"),
        ("db/package.json", '{"dependencies": {"@prisma/client": "5"}}', "db/package.json names prisma"),
        ("Cargo.toml", 'sqlx = { version = "0.8" }', "Cargo.toml names sqlx"),
        ("pom.xml", "<artifactId>flyway-core</artifactId>", "pom.xml names flyway-core"),
        ("requirements.txt", "Alembic==1.13", "requirements.txt names alembic"),
        ("diesel.toml", "", "diesel.toml belongs to Diesel"),
        (
            "src/run.py",
            'run("CREATE TABLE IF NOT EXISTS schema_migrations (v int)")',
            "src/run.py speaks of the table schema_migrations",
        ),
        (
            "db/0.up.sql",
            "CREATE TABLE public.schema_version (v int);",
            "0.up.sql speaks of the table schema_version",
        ),
    ],
)
def test_a_tracker_in_sight(name: str, text: str, why: str, repository: Path) -> None:
    """A tool that the project names, its own file, or a tracker's table."""
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert guessed(repository) == Choice(Runner.TRACKED, why)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("go.mod", "require github.com/lib/pq v1.10.9"),
        ("package.json", '{"dependencies": {"knexus": "1", "prisma-like": "1"}}'),
        ("README.md", "CREATE TABLE schema_migrations"),
        ("src/run.py", "# there is no schema_migrations"),
        ("node_modules/x/run.js", "CREATE TABLE knex_migrations"),
    ],
)
def test_no_tracker_in_sight(name: str, text: str, repository: Path) -> None:
    """A layout alone, or a word that looks alike, proves nothing."""
    path = repository / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text)
    assert guessed(repository).runner is Runner.EVERY_BOOT


def test_a_bare_folder(repository: Path) -> None:
    """Without a repository around it, not even the ladder's own words count."""
    (repository / ".git").rmdir()
    (repository / "db/0_t.up.sql").write_text("CREATE TABLE schema_migrations (v int);")
    assert guessed(repository) == Choice(Runner.EVERY_BOOT, "no repository around it shows a tool with a tracker")

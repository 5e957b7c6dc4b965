"""Which way the server applies a ladder, guessed from what is around it: a tool with a tracker, or its table."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harness.guard.model import Choice, Runner

if TYPE_CHECKING:
    from harness.ladder.model import Ladder

_TOOLS = {
    "go.mod": (
        "golang-migrate/migrate", "pressly/goose", "rubenv/sql-migrate", "amacneil/dbmate", "jackc/tern",
        "uptrace/bun", "ariga.io/atlas", "go-pg/migrations",
    ),
    "package.json": (
        "prisma", "drizzle-orm", "drizzle-kit", "knex", "typeorm", "sequelize", "umzug", "node-pg-migrate",
        "postgres-migrations", "db-migrate", "graphile-migrate", "kysely",
    ),
    "Cargo.toml": ("sqlx", "diesel", "refinery", "sea-orm-migration"),
    "pom.xml": ("flyway-core", "org.flywaydb", "flyway-maven-plugin", "liquibase-core", "org.liquibase"),
    "build.gradle": ("flyway-core", "org.flywaydb", "flyway-maven-plugin", "liquibase-core", "org.liquibase"),
    "build.gradle.kts": ("flyway-core", "org.flywaydb", "flyway-maven-plugin", "liquibase-core", "org.liquibase"),
    "pyproject.toml": ("alembic", "yoyo-migrations", "django"),
    "requirements.txt": ("alembic", "yoyo-migrations", "django"),
    "Gemfile": ("rails", "sequel", "dbmate"),
    "mix.exs": ("ecto_sql",),
    "composer.json": ("doctrine/migrations", "laravel/framework", "robmorgan/phinx"),
}  # fmt: skip
"""Files in which a project names what it is made of, and tools with a tracker that they may name."""

_OWN_FILES = {
    "alembic.ini": "Alembic", "flyway.conf": "Flyway", "flyway.toml": "Flyway", "diesel.toml": "Diesel",
    "dbconfig.yml": "sql-migrate", "atlas.hcl": "Atlas", "knexfile.js": "Knex", "knexfile.ts": "Knex",
    "drizzle.config.ts": "Drizzle", "drizzle.config.js": "Drizzle", "liquibase.properties": "Liquibase",
    "schema.prisma": "Prisma", "sqitch.conf": "Sqitch", "supabase/config.toml": "Supabase",
}  # fmt: skip
"""Files that only a tool with a tracker has."""

_TABLES = (
    "schema_migrations", "flyway_schema_history", "goose_db_version", "gorp_migrations",
    "__diesel_schema_migrations", "_sqlx_migrations", "refinery_schema_history", "databasechangelog",
    "knex_migrations", "_prisma_migrations", "__drizzle_migrations", "alembic_version", "pgmigrations",
    "schema_version", "seaql_migrations", "django_migrations", "migrations_history", "applied_migrations",
    "schema_history",
)  # fmt: skip
"""Tables in which tools, and programs that have read of them, write down what has been applied."""
_IN_SQL = re.compile(
    rf"\b(?:table|exists|into|from|update)\s+[\"\w.]{{0,40}}?({'|'.join(_TABLES)})\b", re.IGNORECASE
)

_SOURCES = (".go", ".py", ".js", ".ts", ".mjs", ".rs", ".java", ".kt", ".rb", ".ex", ".exs", ".php", ".cs", ".sh")
_SKIPPED = frozenset(
    (
        "node_modules",
        "vendor",
        "venv",
        "site-packages",
        "target",
        "dist",
        "build",
        "testdata",
        "test",
        "tests",
        "docs",
    )
)
_ABOVE = 8
_MOST_FILES = 400
_MOST_BYTES = 200_000


def guess(ladder: Ladder) -> Choice:
    """Return how the ladder is applied, as far as the repository around it shows.

    A layout alone proves nothing: a server of one's own may use any tool's names. A tool that the project names
    among what it is made of does, and so does a tracker's table in its code.
    """
    folders = _surroundings(ladder.root)
    if not (folders[-1] / ".git").exists():
        return Choice(Runner.EVERY_BOOT, "no repository around it shows a tool with a tracker")
    found = _own_file(folders) or _named_tool(folders) or _table(ladder, folders)
    if found:
        return Choice(Runner.TRACKED, found)
    return Choice(Runner.EVERY_BOOT, f"no tool with a tracker, nor its table, is in sight in {_shown(folders[-1])}")


def _surroundings(root: Path) -> list[Path]:
    """Return the ladder's folder and those above it up to the top of its repository; without one it alone."""
    folder = root.resolve()
    above = [folder, *list(folder.parents)[:_ABOVE]]
    top = next((index for index, each in enumerate(above) if (each / ".git").exists()), 0)
    return above[: top + 1]


def _own_file(folders: list[Path]) -> str:
    for folder in folders:
        for name, tool in _OWN_FILES.items():
            if (folder / name).is_file():
                return f"{_shown(folder / name)} belongs to {tool}"
    return ""


def _named_tool(folders: list[Path]) -> str:
    for folder in folders:
        for name, tools in _TOOLS.items():
            text = _text(folder / name)
            tool = next((tool for tool in tools if text and _names(text, tool)), "")
            if tool:
                return f"{_shown(folder / name)} names {tool}"
    return ""


def _names(text: str, tool: str) -> bool:
    """Whether a list of what a project is made of holds a tool as a word of its own: sqlx, and not sqlx-like."""
    return re.search(rf"(?<![\w-]){re.escape(tool)}(?![\w-])", text, re.IGNORECASE) is not None


def _table(ladder: Ladder, folders: list[Path]) -> str:
    for migration in ladder.migrations:
        if name := _tracker(migration.text):
            return f"{migration.name} speaks of the table {name}"
    for path in _sources(folders[-1]):
        if name := _tracker(_text(path)):
            return f"{_shown(path)} speaks of the table {name}"
    return ""


def _tracker(text: str) -> str:
    """Return the tracker's table that SQL in a text names."""
    lower = text.lower()
    if not any(name in lower for name in _TABLES):
        return ""
    found = _IN_SQL.search(text)
    return found[1] if found else ""


def _sources(top: Path) -> Iterator[Path]:
    """Yield the first few hundred source files of a repository, always the same."""
    count = 0
    for folder, below, names in os.walk(top):
        below[:] = sorted(name for name in below if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            if name.endswith(_SOURCES):
                count += 1
                if count > _MOST_FILES:
                    return
                yield Path(folder) / name


def _text(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            return opened.read(_MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)

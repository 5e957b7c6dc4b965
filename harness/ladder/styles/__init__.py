"""The layouts of migrations, the most telling first: `guess` takes the first that recognises a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.ladder.styles.dbmate import Dbmate
from harness.ladder.styles.diesel import Diesel
from harness.ladder.styles.drizzle import Drizzle
from harness.ladder.styles.flyway import Flyway
from harness.ladder.styles.golang_migrate import GolangMigrate
from harness.ladder.styles.goose import Goose
from harness.ladder.styles.hasura import Hasura
from harness.ladder.styles.plain import Numbered, Plain, Tree
from harness.ladder.styles.prisma import Prisma
from harness.ladder.styles.sql_migrate import SqlMigrate
from harness.ladder.styles.sqlx import Sqlx
from harness.ladder.styles.style import Script, Source, Style
from harness.ladder.styles.supabase import Supabase

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

__all__ = ["STYLES", "Script", "Source", "Style", "guess", "named"]

STYLES: tuple[Style, ...] = (
    Drizzle(),
    Goose(),
    SqlMigrate(),
    Dbmate(),
    Flyway(),
    Supabase(),
    Sqlx(),
    GolangMigrate(),
    Prisma(),
    Hasura(),
    Diesel(),
    Numbered(),
    Plain(),
    Tree(),
)


def guess(folder: Folder) -> tuple[Style, str] | None:
    """Return the style of a folder and why; None when it holds no migrations."""
    reasons = ((style, style.recognise(folder)) for style in STYLES)
    return next(((style, why) for style, why in reasons if why), None)


def named(name: str) -> Style:
    """Return the style of a name; UsageError lists them."""
    found = next((style for style in STYLES if style.name == name), None)
    if found is None:
        choices = ", ".join(sorted(style.name for style in STYLES))
        raise UsageError(f"no style of migrations is called {name!r}", help=f"one of {choices}")
    return found

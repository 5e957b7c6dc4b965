"""What the environment tells the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self


class SettingsError(Exception):
    """A variable is missing or has no meaning; the text names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One boot's settings; secrets stay out of `repr`."""

    database_url: str = field(repr=False)
    bootstrap_token: str = field(repr=False)
    """Empty: no key can be bootstrapped."""
    migrations: Path
    host: str
    port: int
    advisory_lock: bool
    """Whether servers that boot at the same moment climb the ladder one after the other."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read DATABASE_URL (required), BOOTSTRAP_TOKEN, MIGRATIONS_DIR, HOST, PORT and ADVISORY_LOCK."""
        if not environment.get("DATABASE_URL"):
            raise SettingsError("DATABASE_URL is not set")
        port = environment.get("PORT", "8080")
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise SettingsError(f"PORT is {port!r}, not a number from 1 to 65535")
        lock = environment.get("ADVISORY_LOCK", "on")
        if lock not in ("on", "off"):
            raise SettingsError(f"ADVISORY_LOCK is {lock!r}, neither on nor off")
        return cls(
            database_url=environment["DATABASE_URL"],
            bootstrap_token=environment.get("BOOTSTRAP_TOKEN", "").strip(),
            migrations=Path(environment.get("MIGRATIONS_DIR", "/app/migrations")),
            host=environment.get("HOST", "127.0.0.1"),
            port=int(port),
            advisory_lock=lock == "on",
        )

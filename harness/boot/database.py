"""SQL on the Postgres of a stack, by the psql in its own container.

That needs no published port, no password on this machine and no driver for its version, and it works just as well
when the engine is on another machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from harness.engine.model import ContainerState, ExecResult
from harness.engine.protocol import Engine
from harness.errors import BootsmokeError

_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Database:
    """One database, as the superuser that the image made."""

    engine: Engine
    container: str
    user: str
    name: str
    password: str
    port: int

    @classmethod
    def of(
        cls, engine: Engine, postgres: ContainerState, port: int, client: Mapping[str, str] | None = None
    ) -> Database:
        """Return the database that the image made, or that the environment of its client names."""

        def setting(name: str, default: str) -> str:
            return postgres.environment.get(name) or _from_file(engine, postgres, name) or default

        user = setting("POSTGRES_USER", "postgres")
        name = _named_by(client or {}) or setting("POSTGRES_DB", user)
        return cls(engine, postgres.id, user, name, setting("POSTGRES_PASSWORD", ""), port)

    def psql(self, script: str) -> str:
        """Run a psql script, unaligned and tuples only, and return what it printed; the first error is raised."""
        result = self._run(script, "-v", "ON_ERROR_STOP=1")
        if result.exit_code:
            raise BootsmokeError(
                f"psql in the Postgres container ended with {result.exit_code}: {result.output.strip()[-500:]}",
                help="bootsmoke needs psql in the Postgres image, and the user that POSTGRES_USER names",
            )
        return result.output

    def psql_lenient(self, script: str, *, timeout: float = _TIMEOUT) -> str:
        """Run a psql script whatever its statements come to, and return what it printed, errors included."""
        return self._run(script, timeout=timeout).output

    def named(self, name: str) -> Database:
        """Return another database of the same server."""
        return replace(self, name=name)

    def _run(self, script: str, *options: str, timeout: float = _TIMEOUT) -> ExecResult:
        words = ("psql", "-XqAt", "-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, "-d", self.name)
        environment = {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"}
        return self.engine.exec(
            self.container,
            (*words, *options),
            timeout=timeout,
            environment=environment,
            stdin=script.encode(),
        )


def _from_file(engine: Engine, postgres: ContainerState, name: str) -> str:
    """Read a setting that was given as a file (`POSTGRES_PASSWORD_FILE`), as the official image allows."""
    path = postgres.environment.get(f"{name}_FILE")
    if not path:
        return ""
    return engine.exec(postgres.id, ("cat", path), timeout=10.0).output.strip("\n")


def _named_by(client: Mapping[str, str]) -> str:
    """Return the database that a client's environment names, by a URL or by PGDATABASE; empty when none does."""
    for value in client.values():
        if value.startswith(("postgres://", "postgresql://", "postgresql+")):
            return unquote(urlsplit(value).path.lstrip("/"))
        if value.startswith("jdbc:postgresql://"):
            return unquote(urlsplit(value.removeprefix("jdbc:")).path.lstrip("/"))
    return client.get("PGDATABASE", "")

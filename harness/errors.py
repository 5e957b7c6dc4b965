"""The exceptions of bootsmoke, each with the exit code that it means on the command line.

::

    BootsmokeError                 3   the harness could not do its work
    ├── UsageError                 2   what was given is wrong; says where and what to do
    │   ├── ComposeError               the compose files
    │   ├── ScenarioError              a scenario file
    │   └── LadderError                the migrations
    ├── CancelledError           130   somebody asked to stop
    ├── PostgresError              3   no Postgres to replay on, or none with what the ladder needs
    └── EngineError                3   the container engine said no, or nothing
        ├── EngineUnavailableError     no engine answers
        ├── EngineTimeoutError         a call took longer than it was given
        ├── NotFoundError              no such container, image, network or volume
        └── ConflictError              the name is taken, or the state forbids it

A failed boot is not an exception: it is a verdict, and a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands: 1-based line and column, 0 when unknown."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.path, *numbers])


class BootsmokeError(Exception):
    """The root of all errors that bootsmoke raises on purpose.

    `message` says what happened, `place` where, `help` what to do about it.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, place: Place | None = None, help: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.message = message
        self.place = place
        self.help = help

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        what_to_do = f"\n  help: {self.help}" if self.help else ""
        return f"{where}{self.message}{what_to_do}"


class UsageError(BootsmokeError):
    """What was given on the command line or in a file is wrong."""

    exit_code = 2


class ComposeError(UsageError):
    """A compose file is invalid, or asks for something that bootsmoke does not carry out."""


class ScenarioError(UsageError):
    """A scenario file is invalid."""


class LadderError(UsageError):
    """The migrations cannot be found, read or split."""


class CancelledError(BootsmokeError):
    """Somebody asked to stop, by Ctrl-C or a signal."""

    exit_code = 130


class PostgresError(BootsmokeError):
    """No Postgres can be had to replay on, or none that has what the ladder needs."""


class EngineError(BootsmokeError):
    """The container engine refused or failed; says nothing about the stack under test."""


class EngineUnavailableError(EngineError):
    """No engine answers at the address that was tried."""


class EngineTimeoutError(EngineError):
    """An engine call took longer than the time that it was given."""


class NotFoundError(EngineError):
    """The engine has no such container, image, network or volume."""


class ConflictError(EngineError):
    """The engine has something of that name already, or its state forbids the call."""

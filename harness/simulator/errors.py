"""How a statement ends that does not pass."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - a verdict of Postgres's, not an error of ours
    """Postgres refuses the statement with this SQLSTATE.

    `about` names what the refusal rests on (tables, columns, types, ...), without schemas: where one of these is
    in doubt, so is the refusal.
    """

    def __init__(self, sqlstate: str, message: str, *about: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message
        self.about = frozenset(about)


class Unsure(Exception):  # noqa: N818 - what we do not know
    """What the statement does cannot be told; `reason` is one clause for the reader."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

"""What was reproduced, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from harness.ladder.model import Ladder, Migration
from harness.ladder.styles import named

if TYPE_CHECKING:
    from harness.diagnose.model import Cause
    from harness.replay.apply import StatementError
    from harness.simulator.simulate import Step

STYLE = "golang-migrate"
"""The layout of a part that is written: files are sent whole, and a .sql file of another name is none of them."""


class Boot(StrEnum):
    """Which of the two boots."""

    COLD = "cold"
    WARM = "warm"


@dataclass(frozen=True, slots=True)
class Failure:
    """Where two boots of a ladder stop, or what the second one changes."""

    boot: Boot
    error: StatementError
    """A change has no SQLSTATE, and a message of our own."""

    @property
    def is_change(self) -> bool:
        """Whether every statement passes, and the database is not what it was."""
        return not self.error.sqlstate


@dataclass(frozen=True)
class Part:
    """Some statements of a ladder, as a ladder of its own: each file holds those of one file."""

    steps: Sequence[Step]
    """In the order of the boot."""

    @cached_property
    def files(self) -> Mapping[str, Sequence[Step]]:
        """The statements by the name of the file that they are written to, in order.

        The files keep their names where golang-migrate would take them in this order. Statements of a file that is
        sent outside of a transaction have a file each.
        """
        groups = [list(group) for _, group in groupby(self.steps, _group)]
        own = [f"{_word(group[0].migration)}.up.sql" for group in groups]
        if len(set(own)) < len(own) or named(STYLE).sorted(own) != own:
            own = [f"{n:03}_{_word(group[0].migration)}.up.sql" for n, group in enumerate(groups, start=1)]
        return dict(zip(own, groups, strict=True))

    def ladder(self, root: Path = Path()) -> Ladder:
        """Return the ladder, as it is when its files are written to a folder."""
        texts = {name: "\n".join(map(_text, steps)) for name, steps in self.files.items()}
        return Ladder(root, STYLE, tuple(Migration(name, root / name, text) for name, text in texts.items()))

    def step(self, error: StatementError) -> Step:
        """Return the statement that an error of this ladder is about."""
        return self.files[PurePosixPath(error.path).name][error.statement - 1]


def _group(step: Step) -> tuple[str, int]:
    return step.migration.name, 0 if step.migration.transactional else step.statement.number


def _word(migration: Migration) -> str:
    return re.sub(r"[^\w-]+", "_", migration.stem)[:80]


def _text(step: Step) -> str:
    """Return a statement with where it is from; one that was cut says so."""
    data = step.migration.text.encode()
    is_whole = data[step.statement.start : step.statement.end].decode() == step.statement.text
    cut = "" if is_whole else ", without what the failure does not need"
    return f"-- {one_line(step.migration.name)}:{step.statement.line}{cut}\n{step.statement.text};\n"


def one_line(text: str) -> str:
    """Return a text that stays within one comment of SQL."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Repro:
    """What became of the attempt to make a failure happen again."""

    ladder: Ladder
    postgres: str
    """The server's version, such as 18.1."""
    cause: Cause | None
    """What was to be proved; None: whatever fails."""
    failure: Failure | None
    """Where the boots of the whole ladder stop; None when both pass."""
    differs: tuple[str, ...] = ()
    """What is otherwise than in the cause, one clause each; empty when it is the same failure."""
    part: Part | None = None
    """The statements that it takes; None when the failure was not reproduced."""
    setup: Migration | None = None
    """What has to stand before them."""
    seed: Migration | None = None
    """The owner's rows, which were put in between the two boots."""
    rows: str = ""
    """INSERTs that have to stand between the two boots: rows as an application would have written them."""
    piecewise: frozenset[str] = frozenset()
    """The files of the part that cannot run in a transaction: they are sent statement by statement."""
    folder: Path | None = None
    """Where it was written to."""
    trials: int = 0
    """How many parts were booted on Postgres."""
    seconds: float = field(default=0.0, compare=False)

    @property
    def reproduced(self) -> bool:
        """Whether a failure happened, and the one that was asked for."""
        return self.failure is not None and not self.differs

    @property
    def statements(self) -> int:
        """How many statements the whole ladder has."""
        return sum(len(migration.statements) for migration in self.ladder.migrations)

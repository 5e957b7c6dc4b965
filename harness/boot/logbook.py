"""What the containers of a boot have logged, put into the journal: reports are rendered from that alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from harness.diagnose.explain import shown
from harness.errors import EngineError, LadderError
from harness.health import Instance

if TYPE_CHECKING:
    from harness.boot.model import Failure
    from harness.boot.stack import Stack
    from harness.diagnose.model import Cause
    from harness.engine.model import LogLine
    from harness.ladder.model import Ladder, Migration
    from harness.redact import Redactor

_Life = tuple[float | None, float | None, Sequence["LogLine"]]
"""When it began and ended by the engine's clock, and its log."""

HEAD, TAIL = 40, 160
"""Lines of a life's log that a report quotes: its first and its last ones."""
_LONGEST = 500
"""Characters of one such line."""
_LONGEST_READ = 64 * 1024
_READ = 2000
"""Lines in which migrations are looked for: a container's last ones."""
_BEFORE, _AFTER, _MOST = 3, 3, 40
"""Lines of a migration around a failing statement, and of the statement itself."""

_WORD = re.compile(r"[\w.\-]{1,200}")
_TELLING = re.compile(r"\d.*[_-]|[_-].*\d")
"""A file's name without `.sql` has a number and a hyphen: `users` alone may be any word of a log."""


def tell_lives(stack: Stack, failure: Failure) -> None:
    """Record the logs of the failed container's first and last life; of one that still runs, its present log."""
    try:
        lives = _lives(stack, failure)
    except EngineError as error:  # the verdict stands all the same
        text = f"the log of {failure.instance} could not be read: {error.message}"
        stack.journal.record("warning", text=text)
        return
    chosen = {number: lives[number - 1] for number in (1, len(lives))}
    for number, (began, ended, lines) in chosen.items():
        quoted = lines if len(lines) <= HEAD + TAIL else [*lines[:HEAD], *lines[-TAIL:]]
        stack.journal.record(
            "life.log",
            **_about(failure.instance),
            life=number,
            of=len(lives),
            began_ago=_ago(stack, began),
            ended_ago=_ago(stack, ended),
            omitted=len(lines) - len(quoted),
            head=HEAD,
            lines=[[line.stream, _short(line.text, stack.journal.redactor)] for line in quoted],
        )


def _lives(stack: Stack, failure: Failure) -> Sequence[_Life]:
    ended = [(life.began_at, life.ended_at, life.lines) for life in stack.watch.lives(failure.instance)]
    return ended or [(failure.state.life, None, stack.engine.logs(failure.container, tail=HEAD + TAIL))]


def _short(line: str, redactor: Redactor) -> str:
    """Cut a line after its secrets are gone: half a secret would not be found any more."""
    return redactor.text(line[:_LONGEST_READ])[:_LONGEST]


def tell_migrations(stack: Stack, instances: Iterable[Instance], ladder: Ladder, since: float) -> None:
    """Record which migrations the containers' logs name since a time of the engine's, and when."""
    words = words_of(ladder)
    for instance in instances:
        container = stack.containers(instance.service).get(instance)
        if container is None:
            continue
        about = {**_about(instance), "migrations": []}
        try:
            lines = stack.engine.logs(container, since=since, tail=_READ)
        except EngineError as error:  # a log driver that cannot be read: the timeline lacks them, and says why
            stack.journal.record("container.migrations", **about, unread=error.message)
            continue
        told = [{"name": name, "ago": _ago(stack, at)} for name, at in named(lines, words)]
        stack.journal.record("container.migrations", **(about | {"migrations": told}))


def named(lines: Iterable[LogLine], words: dict[str, str]) -> Iterator[tuple[str, float]]:
    """Yield the migrations that lines speak of, with the time of the line.

    A line that names several, such as a list of what is to come, tells of none.
    """
    for line in lines:
        found = {words[word] for word in _WORD.findall(line.text[:4096]) if word in words}
        if len(found) == 1:
            yield found.pop(), line.at


def words_of(ladder: Ladder) -> dict[str, str]:
    """Return the words by which a log may name a migration; one that two of them share names none."""
    words: dict[str, str] = {}
    shared: set[str] = set()
    for migration in ladder.migrations:
        mine = {migration.path.name, migration.name.rpartition("/")[2]}
        mine |= {migration.stem} if _TELLING.search(migration.stem) else set()
        for word in mine:
            shared |= {word} if words.setdefault(word, migration.name) != migration.name else set()
    return {word: name for word, name in words.items() if word not in shared}


def source_of(cause: Cause, ladder: Ladder | None) -> dict[str, Any] | None:
    """Return the lines of the migration around the statement that a cause names; None where there is none.

    `start` is the number of the first line, `first` and `last` are those of the statement.
    """
    migration = next((one for one in ladder.migrations if shown(one.path) == cause.path), None) if ladder else None
    if migration is None or cause.line is None:
        return None
    last = _last_line(migration, cause.line)
    start = max(1, cause.line - _BEFORE)
    text = migration.text.split("\n")[start - 1 : min(last + _AFTER, cause.line + _MOST)]
    return {"start": start, "first": cause.line, "last": last, "lines": [line[:_LONGEST] for line in text]}


def _last_line(migration: Migration, line: int) -> int:
    """Return the last line of the statement on a line; of a file that cannot be split the line itself."""
    try:
        return next((one.end_line for one in migration.statements if one.line == line), line)
    except LadderError:
        return line


def _ago(stack: Stack, at: float | None) -> float | None:
    return None if at is None else round(stack.watch.now() - at, 4)


def _about(instance: Instance) -> dict[str, Any]:
    return {"service": instance.service, "number": instance.number}

"""The file that the log itself names: all that is known without a ladder, or of migrations that are no SQL files.

A trace shows the migration's own line (Rails, Django, Alembic, Knex, TypeORM, Sequelize, Ecto, Laravel).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.diagnose.mentions import Role, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LIMIT = 4096
_REACH = 80
_LAST = 200
_SQL = re.compile(r"[\w.-]{1,200}\.sql\b")
_FRAME = re.compile(
    r"""(?P<path>[\w./@~-]{0,300}?(?:migrat\w{0,20}|versions|changelogs?)/[\w./-]{1,200}"""
    r"""\.(?:rb|py|[cm]?[jt]s|exs|php|go|cs|kt|java))(?:["']?, line |:line |:)(?P<line>\d{1,6})"""
)
_LIBRARY = re.compile(r"node_modules/|(?:site|dist)-packages/|/gems/|rubygems|/vendor/|^vendor/|^node:")
_INSIDE = re.compile(r"^\s|^from |^at ")


def named_file(lines: Sequence[str], index: int | None) -> tuple[str, int | None] | None:
    """Return file and line as the line that decided names them, or its trace, or what was begun last."""
    if index is None:
        return None
    found = _SQL.search(lines[index][:_LIMIT])
    if found is not None:
        return found.group(), None
    frames = (frame for line in _trace(lines, index) if (frame := _FRAME.search(line)))
    own = next((frame for frame in frames if not _LIBRARY.search(frame["path"])), None)
    return (own["path"], int(own["line"])) if own else _begun(lines[:index])


def _begun(lines: Sequence[str]) -> tuple[str, None] | None:
    """Return the file that is named last, if it is named as one that was begun or that failed."""
    for line in reversed(lines[-_LAST:]):
        found = _SQL.search(line[:_LIMIT])
        if found is not None:
            return (found.group(), None) if role_of(line) is Role.BEGUN else None
    return None


def _trace(lines: Sequence[str], index: int) -> Iterator[str]:
    """Yield the trace below a complaint, or, as Python prints it, above; the innermost call first."""
    for line in lines[index + 1 : index + _REACH]:
        if line.strip() and not _INSIDE.match(line):
            break
        yield line[:_LIMIT]
    for line in lines[max(0, index - _REACH) : index][::-1]:
        if not _INSIDE.match(line):
            return
        yield line[:_LIMIT]

"""The file that a log names by itself."""

from __future__ import annotations

import pytest

from harness.diagnose.frames import named_file

PYTHON = """\
Traceback (most recent call last):
  File "/app/migrations/versions/0002_scope.py", line 9, in upgrade
    op.execute("...")
  File "/usr/lib/python3/site-packages/alembic/versions/x.py", line 640, in execute
    raise
boom"""
RUBY = """\
boom
\t/app/db/migrate/2026_users.rb:3:in `up'
\t/usr/share/gems/activerecord/lib/migrations/x.rb:9:in `exec'"""
NODE = """\
boom
    at Client.query (/app/node_modules/knex/lib/migrations/x.js:8:1)
    at exports.up (/app/db/migrations/2026_users.js:4:3)"""


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ("migrate V43__scope.sql: boom", ("V43__scope.sql", None)),
        (PYTHON, ("/app/migrations/versions/0002_scope.py", 9)),
        (RUBY, ("/app/db/migrate/2026_users.rb", 3)),
        (NODE, ("/app/db/migrations/2026_users.js", 4)),
        ("applying 2_scope.sql\nboom", ("2_scope.sql", None)),
        ("OK 1_users.sql (2ms)\nboom", None),
        ("found 1_users.sql\nboom", None),
        ("boom\n    at main (/app/src/server.js:4:3)", None),
    ],
)
def test_the_complaints_own_file_is_named(log: str, found: tuple[str, int | None] | None) -> None:
    """The deciding line goes first, then the trace's own frame, then what was begun; libraries are not meant."""
    lines = log.splitlines()
    index = next(number for number, line in enumerate(lines) if "boom" in line)
    assert named_file(lines, index) == found


def test_a_log_that_says_nothing_names_no_file() -> None:
    """Where no line decided, none is looked at."""
    assert named_file(["applying 1.sql"], None) is None

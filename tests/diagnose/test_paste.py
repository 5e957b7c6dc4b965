"""Logs as people paste and save them."""

from __future__ import annotations

import json

import pytest

from harness.diagnose.paste import PastedLife, lives

TIME = "2026-11-22T09:00:00.123456789Z"
COMPOSE = """\
Attaching to server-1, postgres-1
postgres-1  | ready
server-1    | first life
server-1    | boom
server-1 exited with code 1 (restarting)
server-1    | second life
"""


def told(text: str) -> list[tuple[str, tuple[str, ...], int | None]]:
    """Return what a log tells of each life."""
    return [(life.service, life.lines, life.exit_code) for life in lives(text)]


@pytest.mark.parametrize(
    ("log", "service", "line"),
    [
        ("boom", "", "boom"),
        ("\x1b[31mboom\x1b[0m\r", "", "boom"),
        ("\ufeffboom", "", "boom"),
        ("server-1  | boom", "server", "boom"),
        ("app_server_1 | boom", "app_server", "boom"),
        (f"server-1  | {TIME} boom", "server", "boom"),
        (f"{TIME} boom", "", "boom"),
        (f"{TIME} stderr F boom", "", "boom"),
        ("1795341481.443435 stderr boom", "", "boom"),
        (f"smoke\tRun docker compose up\t{TIME} server-1  | boom", "server", "boom"),
        ("[pod/server-6d4cf56db6-x2lpz/server] boom", "server", "boom"),
        (json.dumps({"log": "boom\n", "stream": "stderr", "time": TIME}, separators=(",", ":")), "", "boom"),
        ('server-1  | {"level":"error","msg":"boom"}', "server", "ERROR: boom"),
    ],
)
def test_what_others_put_around_a_line_is_gone(log: str, service: str, line: str) -> None:
    """Prefixes, stamps, colours and wrappings are taken off, also one inside of the other."""
    assert lives(f"{log}\n") == [PastedLife(service, (line,))]


def test_services_and_lives_are_told_apart() -> None:
    """Each container has its own lines, and each exit that Compose tells ends a life."""
    assert told(COMPOSE) == [
        ("server", ("first life", "boom"), 1),
        ("", ("Attaching to server-1, postgres-1",), None),
        ("postgres", ("ready",), None),
        ("server", ("second life",), None),
    ]


def test_a_line_without_prefix_goes_on_with_the_one_before() -> None:
    """A paste that was wrapped loses no line."""
    assert told("server-1  | a\nserver-1  | b\nc\n") == [("server", ("a", "b", "c"), None)]


def test_bars_that_are_no_prefix_stay() -> None:
    """A log level before a bar is no container, nor is the table that psql prints."""
    for text in ("INFO     | starting\nERROR    | boom\n", " id | name\n----+------\n  1 | ann\n"):
        assert told(text) == [("", tuple(text.splitlines()), None)]


def test_lines_that_docker_has_cut_are_whole_again() -> None:
    """The json-file driver splits at 16 KiB; only the last piece ends with a line feed."""
    pieces = [{"log": text, "stream": "stdout", "time": TIME} for text in ("bo", "om\n", "end")]
    text = "\n".join(json.dumps(piece, separators=(",", ":")) for piece in pieces)
    assert told(text) == [("", ("boom", "end"), None)]


def test_nothing_is_no_life() -> None:
    """An empty log tells of no life."""
    assert lives("") == []

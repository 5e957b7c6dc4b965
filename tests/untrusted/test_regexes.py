"""No text makes a search slow: each function that looks through other people's text takes time by its length alone.

The texts are what drives a backtracking search mad: one sign again and again, beginnings without an end, and nearly
what is looked for; 1 MB altogether here, 500 times as much in the campaign.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from harness.compose.complaint import explain
from harness.diagnose import messages
from harness.diagnose.crash_log import classify, sqlstates
from harness.diagnose.evidence import Evidence
from harness.diagnose.explain import explain as cause_of
from harness.diagnose.health import by_probe, is_missing
from harness.diagnose.normalise import normalise, without_escapes
from harness.diagnose.postgres_log import records
from harness.diagnose.words import kind_of_trouble, variable_in
from harness.engine.model import LogLine
from harness.errors import LadderError
from harness.ladder.styles import STYLES
from harness.ladder.styles.style import Source
from harness.outcome import Verdict
from harness.redact import Redactor, passwords_in, secrets_of
from harness.report.text import clean, visible
from harness.sql.parse import split

BEGINNINGS = (
    *(
        "a",
        "A",
        "0",
        " ",
        "\t",
        "\n",
        "/",
        "\\",
        '"',
        "'",
        "%",
        "$",
        "-",
        ":",
        "=",
        "(",
        "[",
        "{",
        "<",
        ".",
        "_",
        "@",
    ),
    *("\x1b", "\x1b[", "\x1b[0;", "\x1b]", "\x9b", "\x9d", "\x1bP", "\u202e", "é"),
    *("--", "-- ", "/*", "/* */", "${", "$$", "$a$", "::", "##[", "a:", "a=", "a.", "0:", "0-", "0.", "0,"),
    *("://", "://a:", "a://", "postgres://", "eyJ", "eyJaaaaaaaa.", "bearer ", "basic a1", "password=", 'token":"'),
    *("-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "sk-", "ghp_", "AKIA", "%25", "\\u00", '\\\\"'),
    *(
        'constraint "',
        'relation "',
        'already exists "',
        'column "a" of relation "',
        "duplicate key value violates ",
    ),
    *(
        "ERROR:  ",
        "[1] ERROR:  ",
        "STATEMENT:  ",
        " at character 1",
        "sqlstate=",
        "SQLSTATE ",
        "code: '",
        "(42710) ",
    ),
    *("2026-01-01 00:00:00.", "deadbeef", "deadbeef-", "0x", "/tmp/", "10 ms ", "1.1.1.", "Mon, Jan 1 "),  # noqa: S108 - a text
    *("exec ", "sh: ", "connection to ", "no such file ", "python3", "could not write to file ", "cannot drop "),
    *("-- +goose ", "-- +goose Up\n", "-- +migrate Up ", "-- migrate:up ", "-- migrate:up transaction:false\n"),
    *("copy a ", "copy a from stdin;", "CREATE ", "INSERT INTO a VALUES (", "SELECT '", "SELECT $a$", 'SELECT "'),
    *("level=", "level=info ", "[error", "line 1: ", "services.a ", "validating a: ", 'service "a" ', "open /"),
)


RUNS = (" ", "\n", "a", "0", "' ")


def nasty(size: int) -> Iterator[str]:
    """Yield texts of one piece each, with an end that none of them leads up to."""
    for piece in BEGINNINGS:
        yield (piece * (size // len(piece) + 1))[:size] + "\x01"


def nasty_runs(size: int) -> Iterator[str]:
    """Yield beginnings that are followed by one long run."""
    for piece, run in itertools.product((*BEGINNINGS, "-- +goose Up", "-- migrate:up"), RUNS):
        yield piece + run * (size // len(run)) + "\x01"


def _log_lines(text: str) -> list[LogLine]:
    return [LogLine(0.0, "stderr", line) for line in text.splitlines()]


def _of_a_style(text: str) -> None:
    for style in STYLES:
        try:
            style.script(Source(Path("1_a.sql"), text, text))
        except LadderError:
            continue


def _split(text: str) -> None:
    try:
        split(text)
    except LadderError:
        return


REDACTOR = Redactor(["hunter2secret", 'p@ss/w%rd\\"x', "****"])
FUNCTIONS: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "visible": visible,
    "redact": REDACTOR.text,
    "passwords": passwords_in,
    "secrets": lambda text: secrets_of({text[:1000]: text, "A": text}, guess=True),
    "escapes": without_escapes,
    "normalise": normalise,
    "messages": messages.complaint,
    "sqlstates": sqlstates,
    "classify": lambda text: classify(text.splitlines()),
    "server log": lambda text: records(_log_lines(text)),
    "styles": _of_a_style,
    "split": _split,
    "compose": lambda text: explain(text, []),
    "trouble": kind_of_trouble,
    "variable": variable_in,
    "probe": lambda text: (is_missing(text), by_probe(text)),
    "cause": lambda text: cause_of(Evidence("app", Verdict.FAILED, lines=text.splitlines()), None, None),
}


def slow(function: Callable[[str], object], texts: Iterable[str], bound: float) -> list[tuple[str, float]]:
    """Return the texts for which a function uses the processor for longer than `bound` seconds."""
    found = []
    for text in texts:
        began = time.process_time()
        function(text)
        took = time.process_time() - began
        if took > bound:
            found.append((text[:20], round(took, 1)))
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_text_makes_a_search_slow(name: str) -> None:
    """A search that is cubic, or worse, in one of these texts hangs here."""
    assert slow(FUNCTIONS[name], nasty(10_000), 0.5) == []


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_long_text_makes_a_search_slow(name: str) -> None:
    """What is quadratic takes minutes for these: a hostile log would hang a run."""
    assert slow(FUNCTIONS[name], nasty(1_000_000), 20) == []
    assert slow(FUNCTIONS[name], nasty_runs(200_000), 4) == []

from __future__ import annotations

from pathlib import Path

import pytest

from harness.report.text import clean, exited, plural, shorten, shown, visible, wrap


@pytest.mark.parametrize(
    ("raw", "harmless"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x1b]0;never ended", "a"),
        ("\x1b(B\x1b7x\x1bc", "x"),
        ("one\r\n\ttwo", "one two"),
        ("\u202etxt.exe\u2069", "txt.exe"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("Grüße, 世界 ✓", "Grüße, 世界 ✓"),
    ],
)
def test_clean(raw: str, harmless: str) -> None:
    """Nothing that a terminal obeys is left, and every letter is."""
    assert clean(raw) == harmless


def test_wrap() -> None:
    """Lines break between words; a path stays whole even where it is too long."""
    path = "a-folder/with-a-long-name/000043_actor_role_scope.up.sql:31"
    assert wrap(f"see {path} now", 30, later="  ") == ["see", f"  {path}", "  now"]
    assert wrap("", 30) == [""]


def test_small_things() -> None:
    """Counts, cuts and paths read as a person would write them."""
    assert [plural(1, "crash"), plural(2, "crash"), plural(0, "run")] == ["1 crash", "2 crashes", "0 runs"]
    assert (shorten("abcdefgh", 8), shorten("abcdefghi", 8)) == ("abcdefgh", "abcd ...")
    assert (shown("/a/b/c", Path("/a")), shown("/x/c", Path("/a"))) == ("b/c", "/x/c")


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("\x1b[31mred\x1b[0m", "\u241b[31mred\u241b[0m"),
        ("one\r\n\ttwo\rthree\x00\x7f", "one\n\ttwo\u240dthree\u2400\u2421"),
        ("\u202etxt.exe\u2069 \x9b2J \ud800", "<U+202E>txt.exe<U+2069> <U+009B>2J <U+D800>"),
        ("Grüße, 世界 ✓ <b>", "Grüße, 世界 ✓ <b>"),
    ],
)
def test_visible(raw: str, seen: str) -> None:
    """Lines and tabs stay; every other character that nobody sees is a symbol or a number."""
    assert visible(raw) == seen


def test_an_end_that_nobody_saw_is_told_as_one() -> None:
    """A life that ended while the engine was away has no exit code."""
    assert exited(3) == "exited with code 3"
    assert exited(-1) == exited(None) == "exited, and nobody saw how"

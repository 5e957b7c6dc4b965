"""Lines without what differs from crash to crash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.diagnose.normalise import normalise, without_escapes

PIECES = (
    *("2024-05-01T10:00:00Z", "10:00:01.5", "deadbeef12", "0xff", "12ms", "1.2.3.4:80", "/tmp/x", "a_1"),  # noqa: S108
    *(" ", ":", "[", "]", "-", ".", "SQLSTATE 42710", "é", "\x1b[0m", "<number>"),
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2024-05-01 10:00:00.123 UTC [77] FATAL:  no", "<time> [<number>] FATAL: no"),
        ("2024/05/01 10:00:00 boom", "<time> boom"),
        ("[Wed May  1 10:00:00 2024] boom", "[<time> <number>] boom"),
        ("request 123e4567-e89b-12d3-a456-426614174000 failed", "request <uuid> failed"),
        ("at 0x7ffe12ab in container 4f5e6a7b8c9d", "at <hex> in container <hex>"),
        ("dial tcp 172.18.0.2:5432 after 1.5s", "dial tcp <number> after <number>"),
        ("open /tmp/abc123/x.sock: denied", "open <tmp>: denied"),
        ("000043_scope.up.sql: (SQLSTATE 42710)", "000043_scope.up.sql: (SQLSTATE 42710)"),
        ("\x1b[1;31mred\x1b[0m  text\t\x07", "red text"),
    ],
)
def test_what_differs_is_replaced(line: str, expected: str) -> None:
    """Times, ids, addresses, numbers with units and temporary paths become the name of their kind."""
    assert normalise(line) == expected


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
def test_twice_is_once(line: str) -> None:
    """Normalising a normalised line changes nothing."""
    assert normalise(normalise(line)) == normalise(line)


@given(st.text(max_size=60))
def test_no_escape_is_left(text: str) -> None:
    """After the removal no control character is left but the tab and the line feed."""
    left = without_escapes(f"\x1b[31m{text}\x1b]0;title\x07")
    assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in left)

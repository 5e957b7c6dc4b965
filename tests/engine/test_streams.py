"""Frames and log lines out of the engine's bytes."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.engine import LogLine
from harness.engine.streams import LOG_LINE_BYTES, frames, last_bytes, log_lines

FIRST, SECOND = b"1970-01-01T00:00:01.000000000Z ", b"1970-01-01T00:00:02.000000000Z "


def wire(*entries: tuple[int, bytes]) -> bytes:
    """Return what the engine would send for some entries."""
    return b"".join(struct.pack(">BxxxL", number, len(payload)) + payload for number, payload in entries)


def read(data: bytes) -> list[tuple[int, bytes]]:
    """Return the frames of some bytes."""
    return list(frames(io.BytesIO(data).read))


@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(min_size=1))), st.integers(1, 7))
def test_frames_survive_any_division_of_the_bytes(entries: list[tuple[int, bytes]], step: int) -> None:
    """However few bytes a read returns, the frames are those that were sent."""
    source = io.BytesIO(wire(*entries))
    assert list(frames(lambda length: source.read(min(length, step)))) == entries


def test_a_stream_that_breaks_off_gives_what_had_come() -> None:
    """A frame that is cut in the middle ends with its first part; half a header ends with nothing."""
    data = wire((1, b"whole"), (2, b"broken"))
    assert read(data[:-3]) == [(1, b"whole"), (2, b"bro")]
    assert read(data[:-10]) == [(1, b"whole")]
    assert read(b"") == []


def test_a_terminal_sends_lines_without_frames() -> None:
    """A stream that does not begin with a header is cut at line ends, as stdout."""
    assert read(FIRST + b"a\r\n" + SECOND + b"b") == [(1, FIRST + b"a\r\n"), (1, SECOND + b"b")]
    assert [line.text for line in log_lines(read(FIRST + b"a\r\n" + SECOND + b"b"))] == ["a", "b"]


def test_a_terminals_line_without_end_comes_in_pieces() -> None:
    """A terminal that never ends its line does not fill the memory."""
    pieces = [piece for _, piece in read(FIRST + b"x" * LOG_LINE_BYTES * 3)]
    assert len(pieces) > 2
    assert b"".join(pieces) == FIRST + b"x" * LOG_LINE_BYTES * 3


def test_lines_have_time_text_and_stream() -> None:
    """Each entry becomes a line without its newline; an entry without one at the end is a line too."""
    lines = list(log_lines([(1, FIRST + b"out\n"), (2, SECOND + b"err"), (1, SECOND + b"\n")]))
    assert lines == [LogLine(1.0, "out"), LogLine(2.0, ""), LogLine(2.0, "err", "stderr")]


def test_the_parts_of_a_long_line_are_put_together() -> None:
    """Entries without newline are one line with the first one's time, for each stream on its own."""
    entries = [(1, FIRST + b"long "), (2, FIRST + b"other\n"), (1, SECOND + b"line\n")]
    assert list(log_lines(entries)) == [LogLine(1.0, "other", "stderr"), LogLine(1.0, "long line")]


def test_a_very_long_line_is_cut() -> None:
    """A line keeps its first 64 KiB."""
    part = b"x" * 16384
    (line,) = log_lines([(1, FIRST + part)] * 9 + [(1, SECOND + b"end\n")])
    assert line.text == "x" * LOG_LINE_BYTES


def test_bytes_that_are_no_text_are_replaced() -> None:
    """Invalid UTF-8 becomes the replacement character, and the rest of the line stays."""
    (line,) = log_lines([(1, FIRST + b"a\xff\xc3(z\n")])
    assert line.text == "a\ufffd\ufffd(z"


@pytest.mark.parametrize(("limit", "kept"), [(1000, 3), (36, 2), (35, 1), (1, 1)])
def test_the_end_of_a_log_is_what_is_kept(limit: int, kept: int) -> None:
    """The first frames go when there is no room; headers count, and the last frame always stays."""
    entries = [(1, b"1234567890")] * 3
    assert last_bytes(entries, limit) == entries[:kept]

"""The engine's multiplexed byte streams (logs, exec), and log lines out of them: pure.

A frame is one byte of stream number (0 stdin, 1 stdout, 2 stderr), three zero bytes, four bytes of length
(big-endian) and the payload; each frame of a log is one entry. A container with a terminal sends no frames.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from harness.engine.model import LogLine
from harness.engine.parse import time_of

LOG_BYTES = 4 * 1024 * 1024
"""How much of the end of a log is kept, timestamps and frame headers included."""
HEAD_BYTES = 256 * 1024
"""How much of the beginning of a log is read, counted alike."""
LOG_LINE_BYTES = 64 * 1024
_SMALLEST_ENTRY = 40
"""Bytes of an empty line: a header of 8, a time of 30, a space and a newline."""
LOG_ENTRIES = LOG_BYTES // _SMALLEST_ENTRY
"""No more entries than this fit into LOG_BYTES, so none is asked for beyond it."""

_STREAMS = {1: "stdout", 2: "stderr"}
_HEADER = struct.Struct(">BxxxL")

Frame = tuple[int, bytes]
Read = Callable[[int], bytes]
"""Returns between 1 and n bytes, or none at the end."""


def frames(read: Read) -> Iterator[Frame]:
    """Cut a stream into (stream number, payload); one that breaks off in a frame ends with what had come.

    A stream without frames (a terminal's) is passed on as stdout, a line at a time.
    """
    first = read_exactly(read, _HEADER.size)
    if not _is_header(first):
        yield from _unframed(first, read)
        return
    header = first
    while len(header) == _HEADER.size:
        number, length = _HEADER.unpack(header)
        payload = read_exactly(read, length)
        if payload:
            yield number, payload
        header = read_exactly(read, _HEADER.size)


def read_exactly(read: Read, length: int) -> bytes:
    """Read `length` bytes; fewer at the end of the stream."""
    data = bytearray()
    while len(data) < length and (piece := read(length - len(data))):
        data += piece
    return bytes(data)


def last_bytes(entries: Iterable[Frame], limit: int = LOG_BYTES) -> list[Frame]:
    """Keep the last frames that fit into `limit` bytes, never holding more than that and one frame."""
    kept: deque[Frame] = deque()
    size = 0
    for frame in entries:
        kept.append(frame)
        size += len(frame[1]) + _HEADER.size
        while size > limit and len(kept) > 1:
            size -= len(kept.popleft()[1]) + _HEADER.size
    return list(kept)


def first_bytes(entries: Iterable[Frame], limit: int = HEAD_BYTES) -> list[Frame]:
    """Return the first frames that fit into `limit` bytes, reading no further."""
    kept: list[Frame] = []
    for frame in entries:
        limit -= len(frame[1]) + _HEADER.size
        if limit < 0:
            break
        kept.append(frame)
    return kept


def log_lines(entries: Iterable[Frame]) -> Iterator[LogLine]:
    """Put entries with timestamps together to lines, in the order in which they came.

    The engine cuts a line of more than 16 KiB into entries, each with a time; only the last has a newline.
    """
    begun: dict[int, tuple[float, bytearray]] = {}
    for number, piece in entries:
        stamp, _, text = piece.partition(b" ")
        at, line = begun.pop(number, (time_of(stamp.decode()) or 0.0, bytearray()))
        line += text[: LOG_LINE_BYTES - len(line) + 1]
        if piece.endswith(b"\n"):
            yield _log_line(at, line, number)
        else:
            begun[number] = (at, line)
    yield from (_log_line(at, line, number) for number, (at, line) in begun.items())


def _is_header(data: bytes) -> bool:
    """Tell a header from a terminal's text, which begins with a time or another printable character."""
    return len(data) == _HEADER.size and data[0] <= 2 and data[1:4] == b"\0\0\0"


def _unframed(first: bytes, read: Read) -> Iterator[Frame]:
    """Yield a line at a time; a line of more than LOG_LINE_BYTES comes in pieces of that size."""
    rest = piece = first
    while piece:
        *whole, rest = rest.split(b"\n")
        yield from ((1, line + b"\n") for line in whole)
        if len(rest) >= LOG_LINE_BYTES:
            yield 1, rest
            rest = b""
        piece = read(LOG_LINE_BYTES)
        rest += piece
    if rest:
        yield 1, rest


def _log_line(at: float, line: bytearray, number: int) -> LogLine:
    text = bytes(line[:LOG_LINE_BYTES]).decode(errors="replace").rstrip("\r\n")
    return LogLine(at=at, text=text, stream=_STREAMS.get(number, "stdout"))

import logging

import pytest
from refserver.log import OneLine

FORMATTER = OneLine("%(asctime)s %(levelname)s %(message)s")


def record(message: str, error: Exception | None = None) -> logging.LogRecord:
    """Make a record at the epoch, with a traceback when there is an error."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("x", logging.ERROR, __file__, 1, message, None, exc_info)
    made.created, made.msecs = 0.0, 7.0
    return made


def test_time_is_utc_with_milliseconds() -> None:
    """A line begins with the time as RFC 3339 writes it, then the level."""
    assert FORMATTER.format(record("hello")) == "1970-01-01T00:00:00.007Z ERROR hello"


def test_a_break_in_a_message_forges_no_line() -> None:
    """Text that comes from outside cannot look like an event of its own."""
    assert FORMATTER.format(record("a\r\nb")).endswith("a\\r\\nb")


def test_a_traceback_is_one_line() -> None:
    """An event with a traceback is still one line, and keeps the traceback."""
    with pytest.raises(ValueError, match="boom") as caught:
        int("boom")
    line = FORMATTER.format(record("failed", caught.value))
    assert "\n" not in line
    assert "Traceback" in line
    assert "ValueError: invalid literal" in line

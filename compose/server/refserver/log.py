"""The server's log: plain text on stderr, one line an event, times in UTC."""

import logging
import time

logger = logging.getLogger("refserver")


class OneLine(logging.Formatter):
    """Keeps an event on one line, whatever line breaks its text or its traceback holds."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a break inside of it becomes visible as a backslash and a letter."""
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")


def configure() -> None:
    """Send everything from INFO up to stderr; uvicorn only speaks of what goes wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("uvicorn").setLevel(logging.WARNING)

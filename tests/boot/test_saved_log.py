"""The log of a container as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.boot.saved_log import save_log
from harness.engine.fake import FakeEngine
from harness.engine.model import LogLine
from harness.errors import BootsmokeError
from harness.redact import Redactor

LINES = [LogLine(at=float(number), text=f"line {number}, key hunter22") for number in range(6)]


class Logged(FakeEngine):
    """An engine with one log, of which it gives the first and the last lines."""

    def __init__(self, head: int, tail: int) -> None:
        super().__init__()
        self._head, self._tail = head, tail

    def logs(self, *_: object, **__: object) -> list[LogLine]:
        """Return the last lines."""
        return LINES[len(LINES) - self._tail :]

    def log_head(self, *_: object) -> list[LogLine]:
        """Return the first lines."""
        return LINES[: self._head]


def saved(folder: Path, head: int, tail: int) -> list[str]:
    """Return the file's lines: the numbers of the log's, and whatever else it says."""
    path = folder / "server.log"
    save_log(Logged(head, tail), "server", path, Redactor(["hunter22"]))
    return [line.split("line ")[-1].removesuffix(", key ***") for line in path.read_text().splitlines()]


@pytest.mark.parametrize(("head", "tail"), [(6, 6), (2, 6), (4, 4), (3, 4)])
def test_each_line_stands_there_once(tmp_path: Path, head: int, tail: int) -> None:
    """However much the head and the tail have in common; secrets are redacted."""
    assert saved(tmp_path, head, tail) == ["0", "1", "2", "3", "4", "5"]


def test_a_gap_is_told(tmp_path: Path) -> None:
    """Of a flood the head and the tail are kept."""
    first, second, gap, last = saved(tmp_path, 2, 1)
    assert (first, second, last) == ("0", "1", "5")
    assert "left out" in gap


def test_an_empty_log_is_an_empty_file(tmp_path: Path) -> None:
    """A service that says nothing has one, too."""
    assert saved(tmp_path, 0, 0) == []


def test_a_full_disk_is_told() -> None:
    """With the file, the reason and what to do."""
    with pytest.raises(BootsmokeError, match="cannot write /dev/full: No space left on device") as caught:
        save_log(Logged(6, 6), "server", Path("/dev/full"), Redactor())
    assert "--runs" in caught.value.help

"""Reads files that somebody else wrote: regular ones only, and no more of them than was agreed on.

A name in a folder may be a pipe that nobody writes to, a device without an end, or a link to one: opened without
thought it stops a run, and read without a limit it takes the machine's memory.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20


def read(path: Path, limit: int) -> bytes:
    """Return the content of a regular file, or of what a link leads to, of at most `limit` bytes.

    OSError, whose `strerror` a reader understands, where it cannot be read, is none, or is larger. Never blocks.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        kind = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(kind):
            raise OSError(errno.EINVAL, "it is a pipe or a device, no file", str(path))
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit / MIB:.0f} MiB", str(path))
    return data

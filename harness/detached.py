"""Starts programs that outlive this process, and that learn of its end, whatever it was.

Such a program holds the other end of a pipe as its standard input, which the kernel closes when this process is
gone. It is in a session of its own, where no Ctrl-C and no signal to this one's process group reaches it, and in
no folder that it would keep from being removed. No other child of this process gets the pipe: Python's pipes are
closed on exec (PEP 446).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import IO


def start(
    program: str,
    plan: Mapping[str, object],
    *,
    stderr: IO[bytes] | int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start the Python program at a path, with a JSON-like `plan` as its one argument.

    It gets the standard library alone (`python -I -S`), so that it is up and idle at the least cost; the
    environment is this process's own unless it is given.
    """
    return subprocess.Popen(
        [sys.executable, "-I", "-S", program, json.dumps(plan)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        cwd="/",
        env=environment,
        start_new_session=True,
        bufsize=0,
    )

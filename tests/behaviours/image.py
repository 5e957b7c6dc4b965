"""The image that all cases are made of."""

from __future__ import annotations

import os
import re
from pathlib import Path

from compose.host.images import PYTHON


def _python() -> str:
    """Return the version that the reference stack's compose file takes, as Compose itself finds it."""
    file = Path(__file__).parents[2] / "compose" / ".env"
    told = re.search(r"^PYTHON_VERSION=(.+)$", file.read_text() if file.exists() else "", re.MULTILINE)
    return os.environ.get("PYTHON_VERSION") or (told[1] if told else PYTHON)


IMAGE = f"python:{_python()}-slim"
"""For its /bin/sh and small tools alone; every machine that runs these tests has it."""

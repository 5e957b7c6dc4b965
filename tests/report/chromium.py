"""Chromium, for the tests that look at a report; `python -m tests.report.chromium` installs it if need be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class NoBrowserError(Exception):
    """There is none."""


def find() -> Path:
    """Return the browser; NoBrowserError with what to do where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoBrowserError(
            "no Chromium for the tests that are marked browser: `make browser` installs it on Debian as root; "
            "otherwise install the package chromium, or leave them out by -m 'not browser'"
        )
    return Path(found)


def install() -> None:
    """Install Debian's package as root; elsewhere Ubuntu's is a snap, and the others are not ours to choose."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    words = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.call(words, env=environment, stdout=subprocess.DEVNULL) != 0:
        subprocess.check_call(["apt-get", "-qq", "update"])
        subprocess.check_call(words, env=environment, stdout=subprocess.DEVNULL)


def main() -> int:
    """Find it, or install it and find it then."""
    if not any(map(shutil.which, NAMES)):
        install()
    try:
        find()
    except NoBrowserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

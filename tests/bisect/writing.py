"""A repository to bisect, made commit by commit with git itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_AUTHOR_DATE": "2026-03-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_COMMITTER_DATE": "2026-03-01T12:00:00Z",
}


class Written:
    """A repository that a test writes."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str, send: bytes = b"") -> str:
        """Run git and return what it printed, without the last line's end."""
        environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
        command = ["git", "-C", str(self.top), *words]
        done = subprocess.run(command, env=environment | _SETTINGS, input=send, capture_output=True, check=True)
        return done.stdout.decode().removesuffix("\n")

    def commit(self, subject: str, files: dict[str, str | None]) -> str:
        """Write files (None removes one), commit them, and return the commit's name."""
        for name, text in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self.git("rev-parse", "HEAD")

    def merge(self, branch: str, *options: str) -> str:
        """Merge a branch and return the commit's name."""
        self.git("merge", "--quiet", "--no-edit", "--no-ff", *options, branch)
        return self.git("rev-parse", "HEAD")

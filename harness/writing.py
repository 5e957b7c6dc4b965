"""What a run writes on this machine, and the machine that does not let it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import BootsmokeError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell an `OSError` of the body as a file or folder of a run that cannot be written."""
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> BootsmokeError:
    """Say that a file or folder of a run cannot be written: the machine's fault, not the stack's."""
    said = f"cannot write {path}: {error.strerror or error}"
    return BootsmokeError(said, help="free space there, or name another place with --runs DIR")

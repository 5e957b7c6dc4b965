"""What a statement returns."""

from typing import TypeVar

_T = TypeVar("_T")


def returned(row: _T | None) -> _T:
    """Return the row of an INSERT or an upsert with RETURNING, which always has one."""
    if row is None:
        raise RuntimeError("the statement returned no row")
    return row

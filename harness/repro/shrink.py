"""Delta debugging: leaves out all that a failure does not need.

The way of Lithium (Ruderman, "Introducing Lithium", 2007) rather than ddmin's: chunks that halve in size, from the
last to the first, because what stands later in a ladder needs what stands before it and not the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shrink(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return items of which none can be left out without losing the failure, in their order.

    `fails` says whether some of the items still show it; all of them do, which is not tried again.
    """
    kept = list(items)
    size = 1 << max(0, len(kept).bit_length() - 1)
    while True:
        before = len(kept)
        for start in range((before - 1) // size * size, -1, -size) if kept else ():
            rest = kept[:start] + kept[start + size :]
            if fails(rest):
                kept = rest
        if size == 1 and len(kept) == before:
            return kept
        size = max(1, size // 2)

"""Measures `bootsmoke fix` on public ladders: how many become replay-safe, each with a proved fix.

    python -m tests.bench.fix_corpus DIR [--only TEXT]

DIR has a folder for each ladder, with the migrations in `ladder/` and, where it needs something before it, a
`setup.sql`. Prints a line for each ladder: what fails and what changes at the second boot, before and after,
whether the fixes are proved, how many trials they took and the seconds; below it what is left and why. Then sums.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import BootsmokeError
from harness.fix.api import fix
from harness.ladder.discover import find_ladder

if TYPE_CHECKING:
    from harness.fix.model import Fixes
    from harness.replay.model import Replay

_SHOWN = 5


def main() -> None:
    """Fix all ladders of a folder, without writing anything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    sums: Counter[str] = Counter()
    for folder in sorted(path.parent for path in options.dir.glob("*/ladder") if options.only in str(path)):
        sums += _measure(folder)
    print(f"ladders {sums['ladders']}: {sums['safe before']} safe before, {sums['refused']} refused")
    print(f"made safe, with proof: {sums['fixed']} of {sums['unsafe']} that are not")
    print(f"of those with failing statements: {sums['mended']} of {sums['failing']}")


def _measure(folder: Path) -> Counter[str]:
    setup = folder / "setup.sql"
    began = time.monotonic()
    try:
        found = fix(find_ladder(folder / "ladder"), setup=setup if setup.is_file() else None)
    except BootsmokeError as error:
        print(f"{folder.name[:60]:60} {error}")
        return Counter(ladders=1, refused=1)
    took = time.monotonic() - began
    print(f"{folder.name[:60]:60} {_line(found)} {took:.1f} s", flush=True)
    for line in _problems(found):
        print(f"    {line}")
    return _counts(found)


def _counts(found: Fixes) -> Counter[str]:
    if found.before.ok:
        return Counter(ladders=1, **{"safe before": 1})
    fails = bool(found.before.warm and found.before.warm.failures)
    is_fixed = found.proved and found.safe
    return Counter(ladders=1, unsafe=1, fixed=int(is_fixed), failing=int(fails), mended=int(fails and is_fixed))


def _line(found: Fixes) -> str:
    if found.before.ok:
        return "safe"
    before, after = (f"{_failing(each)} failing {_drift(each)} drift" for each in (found.before, found.after))
    return f"{before} -> {after}, {'proved' if found.proved else 'NOT PROVED'}, {found.trials} trials,"


def _failing(replay: Replay) -> int:
    return len(replay.warm.failures) if replay.warm else 0


def _drift(replay: Replay) -> int:
    return len(replay.schema_drift) + sum(drift.is_finding for drift in replay.data_drift)


def _problems(found: Fixes) -> Iterator[str]:
    if found.unproved:
        yield found.unproved
    for left in found.left[:_SHOWN]:
        yield f"{Path(left.path).name}:{left.line} {left.what}: {left.why}"


if __name__ == "__main__":
    main()

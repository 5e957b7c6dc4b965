"""What reports say of the journals that real runs have left in `recorded/`, as files beside them.

`python -m tests.report.golden` writes them anew: look at what changes.
"""

from __future__ import annotations

from pathlib import Path

from harness.journal import Record, read
from harness.report.html import html
from harness.report.summary import summary

HERE = Path(__file__).with_name("recorded")
HOME = Path("/home/ann/shop")
"""Where the runs were started."""
JOURNALS = sorted(path.stem for path in HERE.glob("*.jsonl"))


def records(name: str) -> list[Record]:
    """Return the records of one journal."""
    return list(read(HERE / f"{name}.jsonl"))


def page(name: str) -> str:
    """Return the page without its style and its script: what they are is looked at in a browser."""
    text = html(records(name))
    for tag in ("style", "script"):
        before, _, rest = text.partition(f"<{tag}>")
        text = f"{before}<{tag}></{tag}>{rest.partition(f'</{tag}>')[2]}"
    return text


def lines(name: str) -> str:
    """Return the last lines."""
    return summary(records(name), base=HOME, width=100) + "\n"


RENDERERS = {"html": page, "txt": lines}
"""By the ending of the file."""


if __name__ == "__main__":
    for each in JOURNALS:
        for ending, render in RENDERERS.items():
            (HERE / f"{each}.{ending}").write_text(render(each), encoding="utf-8")

"""The table of faults in the README: what bootsmoke says there, the tests hold it to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
HEADER = "| fault | bootsmoke says | exit code | what is left |"


@dataclass(frozen=True, slots=True)
class Row:
    """One fault."""

    fault: str
    says: str
    """What is told, with `...` for what varies."""
    exit_code: int
    left: str

    def is_told_in(self, text: str) -> bool:
        """Whether a text says it, however its lines are wrapped."""
        pattern = ".*".join(re.escape(part) for part in self.says.strip("`").split("..."))
        return re.search(pattern, " ".join(text.split())) is not None


def rows() -> dict[str, Row]:
    """Return the rows by their fault."""
    lines = README.read_text(encoding="utf-8").split(HEADER)[1].splitlines()[2:]
    table = [line for line in lines[: lines.index("")] if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]
    return {fault: Row(fault, says, int(code), left) for fault, says, code, left in cells}

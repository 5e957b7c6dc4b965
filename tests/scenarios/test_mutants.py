"""The mutants themselves, without an engine."""

from pathlib import Path

import pytest

from tests.scenarios.mutants import FAST, ROOT, SLOW, Mutant


def test_every_scenario_has_one() -> None:
    """Whoever adds a scenario shows that it can fail."""
    folders = sorted(path.parent.name for path in (ROOT / "scenarios").glob("*/scenario.yaml"))
    assert sorted(mutant.scenario for mutant in (*FAST, *SLOW)) == folders


@pytest.mark.parametrize("mutant", [*FAST, *SLOW], ids=lambda mutant: mutant.scenario)
def test_each_changes_what_it_names(mutant: Mutant, tmp_path: Path) -> None:
    """A text that has moved on since is noticed without an engine, and server code stays Python."""
    scenario = mutant.build(tmp_path)
    changed = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert changed
    used = {*(entry.file for entry in scenario.put), *scenario.compose.files}
    assert used >= set(changed)
    for file in changed:
        if file.suffix == ".py":
            compile(file.read_text(), file.name, "exec")

"""The files that are generated from Postgres's catalogs."""

from __future__ import annotations

import pytest

from harness.simulator.analyze import generate


@pytest.mark.postgres
def test_the_files_are_what_the_generator_gives() -> None:
    """Nobody has edited them, and the installed versions of Postgres have what they say."""
    for name, text in generate.files().items():
        assert (generate.HERE / name).read_text() == text

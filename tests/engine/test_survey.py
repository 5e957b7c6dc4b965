"""A look at an engine without Docker's SDK."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.engine.survey import survey
from harness.errors import EngineUnavailableError


def test_no_engine(tmp_path: Path) -> None:
    """An engine that does not answer is an error that names its address."""
    with pytest.raises(
        EngineUnavailableError, match=f"the engine at unix://{tmp_path}/none.sock cannot be looked at"
    ):
        survey(f"unix://{tmp_path}/none.sock", "postgres")


@pytest.mark.docker
def test_images(engine_address: str) -> None:
    """Images come by name, from the repositories that were asked for and no others."""
    seen = survey(engine_address, "postgres")
    assert seen.images
    assert all(image.name.startswith("postgres:") for image in seen.images)
    assert survey(engine_address, "no-such-repository").images == ()
    assert seen.data_root.startswith("/")

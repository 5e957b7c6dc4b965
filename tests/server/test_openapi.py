"""The server's own OpenAPI document, and what it answers to requests that are made from it."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.server.caller import admin
from tests.server.conftest import Boot

pytestmark = pytest.mark.docker

SCHEMATHESIS = Path(sysconfig.get_path("scripts"), "st")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.timeout(300)
def test_no_request_made_from_the_document_ends_in_a_5xx(boot: Boot, database_url: str, tmp_path: Path) -> None:
    """Schemathesis finds neither a server error nor a status that the document does not list."""
    server = boot(database_url)
    server.wait_until_ready()
    url = f"http://127.0.0.1:{server.port}/openapi.json"
    arguments = (
        "--checks",
        CHECKS,
        "--max-examples",
        "30",
        "--seed",
        "7",
        "--no-color",
        "--suppress-health-check",
        "all",
    )
    done = subprocess.run(
        [SCHEMATHESIS, "run", url, "-H", f"Authorization: Bearer {admin(server).key}", *arguments],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert "Tested: 13" in done.stdout

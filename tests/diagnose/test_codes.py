"""The table of codes, word for word, and a failure of each."""

from __future__ import annotations

from harness.diagnose.codes import CODES
from tests.diagnose.golden import FILE, said, text

BY_ADVICE = {"BOOT501", "BOOT502"}
"""Told where nothing failed: test_failing_containers makes both."""
BY_DRIFT = {"BOOT110"}
"""Told by two states of a database: the scenarios null-scope-growth and warm-resets-value make it."""


def test_the_text_of_every_code() -> None:
    """Pages, messages and help; `python -m tests.diagnose.golden` writes them anew."""
    assert text() == FILE.read_text(encoding="utf-8")


def test_no_code_without_a_failure_that_leads_to_it() -> None:
    """A log of the corpus, or what a container left, is explained by each code."""
    made = {code for code, causes in said().items() if causes}
    assert made | BY_ADVICE | BY_DRIFT == set(CODES)

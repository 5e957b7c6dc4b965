"""JUnit XML, as those read it who have not written it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from harness.journal import Record
from harness.report.junit import junit
from tests.report.journals import Tape, broken_check, good_check


def suite(records: list[Record]) -> JUnitXml:
    """Return the document as junitparser reads it."""
    return JUnitXml.fromstring(junit(records).encode())


def ended(outcome: str, message: str = "") -> list[Record]:
    """Return the journal of a run with one scenario that ended in this way."""
    tape = Tape("one")
    tape.begin("one")
    tape.end("one", outcome, 1.0, message)
    return tape.finish(outcome, 1.1)


def test_what_passes_is_a_case_without_a_result() -> None:
    """The seconds are the scenario's, and nothing is counted against it."""
    (read,) = suite(good_check())
    (case,) = read
    assert (case.name, case.classname, case.result, case.time) == ("check", "bootsmoke", [], 12.9)
    assert (read.tests, read.failures, read.errors, read.skipped) == (1, 0, 0, 0)


def test_what_fails_tells_its_cause_first_and_then_all() -> None:
    """The message is one line with code, place and words; the text is what the terminal says."""
    (read,) = suite(broken_check())
    (case,) = read
    (result,) = case.result
    assert isinstance(result, Failure)
    assert result.type == "BOOT101"
    assert result.message.startswith("BOOT101 000043_actor_role_scope.up.sql:31: constraint ")
    assert "FAILED check in 2.0 s: warm boot: expected ready, got failed" in result.text
    assert (read.failures, read.errors) == (1, 0)


@pytest.mark.parametrize("outcome", ["errored", "inconclusive", "cancelled"])
def test_what_could_not_be_told_is_an_error(outcome: str) -> None:
    """None of them is ever a case that passed."""
    (read,) = suite(ended(outcome, "the engine is gone"))
    (case,) = read
    (result,) = case.result
    assert isinstance(result, Error)
    assert (result.type, result.message) == (outcome, "the engine is gone")
    assert (read.failures, read.errors) == (0, 1)


def test_what_never_began_is_skipped() -> None:
    """A run that breaks off leaves scenarios that were not tried."""
    (read,) = suite(Tape("one").finish("inconclusive", 0.1))
    (case,) = read
    assert isinstance(case.result[0], Skipped)


def test_a_log_of_any_bytes_is_well_formed_xml() -> None:
    """Escapes stand there as symbols, and what XML cannot hold is replaced."""
    text = junit(ended("failed", "\x1b[31mred\x00 \ufffe & <b>"))
    (problem,) = ET.fromstring(text).iter("failure")  # noqa: S314 - ours
    assert problem.get("message") == "red \ufffd & <b>"
    assert "\x1b" not in text


def test_the_log_of_the_life_that_failed_goes_along() -> None:
    """Its head and its tail, with what lies between told in a number."""
    records = broken_check()
    about = {"scenario": "check", "service": "server", "number": 1}
    lines = [["stderr", "first"], ["stderr", "last"]]
    records.insert(
        -2, Record("life.log", 0.0, 1.1, {**about, "ended_ago": 0.3, "lines": lines, "omitted": 7, "head": 1})
    )
    (out,) = ET.fromstring(junit(records)).iter("system-out")  # noqa: S314 - ours
    assert out.text == "stderr first\n... 7 lines are left out ...\nstderr last"


def test_the_same_journal_gives_the_same_bytes() -> None:
    """Nothing in it depends on when and where it is rendered."""
    assert junit(broken_check()) == junit(broken_check())

"""A run as JUnit XML: one test case a scenario, in the dialect that Jenkins, GitLab and GitHub's actions read.

There is no standard; the elements and attributes are those of Jenkins's junit-10.xsd
(github.com/jenkinsci/xunit-plugin). Only a scenario that passed is a case without failure, error or skip.
"""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from harness.journal import Record
from harness.outcome import Outcome
from harness.report.model import Life, Run, Scenario
from harness.report.reading import read_run
from harness.report.summary import headline, told_in_full
from harness.report.text import visible

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped (w3.org/TR/xml, 2.2 Characters)."""
_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.ERRORED: "error",
    Outcome.INCONCLUSIVE: "error",
    Outcome.CANCELLED: "error",
    Outcome.SKIPPED: "skipped",
}


def junit(records: Iterable[Record]) -> str:
    """Return the document of a run, with an XML declaration; the same records give the same text."""
    run = read_run(records)
    elements = [_ELEMENTS.get(scenario.outcome) for scenario in run.scenarios]
    counts = {
        "tests": str(len(elements)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
    }
    whole = ET.Element("testsuites", {"name": "bootsmoke", **counts, "time": f"{run.seconds:.3f}"})
    suite = ET.SubElement(
        whole,
        "testsuite",
        {
            "name": "bootsmoke",
            **counts,
            "skipped": str(elements.count("skipped")),
            "time": f"{run.seconds:.3f}",
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(run.at)),
        },
    )
    for scenario in run.scenarios:
        suite.append(_case(run, scenario))
    ET.indent(whole)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(whole, encoding='unicode')}\n"


def _case(run: Run, scenario: Scenario) -> ET.Element:
    case = ET.Element(
        "testcase",
        {"classname": "bootsmoke", "name": _fit(scenario.name), "time": f"{scenario.seconds:.3f}"},
    )
    if (element := _ELEMENTS.get(scenario.outcome)) is not None:
        cause = scenario.blamed.cause if scenario.blamed else None
        kind = cause.code if cause else scenario.outcome.value
        problem = ET.SubElement(case, element, {"type": kind, "message": _fit(headline(scenario))})
        problem.text = _fit(told_in_full(run, scenario, base=run.base))
    if log := _log(scenario):
        ET.SubElement(case, "system-out").text = log
    return case


def _log(scenario: Scenario) -> str:
    """Return what the failing life has logged: the last that is kept of the service to blame."""
    blamed = scenario.blamed
    if blamed is None:
        return ""
    lives = [life for row in scenario.rows if row.service == blamed.service for life in row.lives if life.log]
    return _fit(_text(lives[-1])) if lives else ""


def _text(life: Life) -> str:
    log = life.log
    if log is None:
        return ""
    lines = [f"{stream} {text}" for stream, text in log.lines]
    if log.omitted:
        lines.insert(log.head, f"... {log.omitted} lines are left out ...")
    return "\n".join(lines)


def _fit(text: str) -> str:
    """Return text with a symbol for each control character, and without what XML cannot hold."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", visible(text))

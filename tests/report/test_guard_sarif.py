"""SARIF, held against what its specification and GitHub ask for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness.guard.model import Accepted, Report
from harness.guard.rules import RULES
from harness.report.guard_sarif import sarif
from tests.guard.making import EVERY_BOOT, finding, ladder

LADDER = ladder("CREATE TABLE users (\n  id int\n);\n")
TABLE = finding(LADDER, RULES["LAD102"], message="it stops\nhere")

TEXT, WHOLE, LEVEL = re.compile(r"(?s).+"), 1, ("none", "note", "warning", "error")
MESSAGE = {"text": TEXT, "markdown?": TEXT}
RESULT = {
    "ruleId": re.compile(r"LAD\d{3}"),
    "ruleIndex": WHOLE,
    "level": LEVEL,
    "message": MESSAGE,
    "locations": [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": TEXT, "uriBaseId?": ("SRCROOT",)},
                "region": {"startLine": WHOLE, "startColumn": WHOLE, "endLine": WHOLE},
            }
        }
    ],
    "partialFingerprints": {"bootsmoke/v1": re.compile("[0-9a-f]*")},
    "suppressions?": [
        {"kind": ("inSource", "external"), "status": ("accepted", "underReview", "rejected"), "justification": TEXT}
    ],
}
RULE = {
    "id": re.compile(r"LAD\d{3}"),
    "name": re.compile(r"[A-Za-z0-9]+"),
    "shortDescription": MESSAGE,
    "fullDescription": MESSAGE,
    "help": MESSAGE,
    "defaultConfiguration": {"level": LEVEL},
    "properties": {"tags": [TEXT]},
}
DOCUMENT = {
    "$schema": re.compile(r"https://docs\.oasis-open\.org/sarif/sarif/v2\.1\.0/\S+\.json"),
    "version": ("2.1.0",),
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": ("bootsmoke",),
                    "version": TEXT,
                    "semanticVersion": re.compile(r"\d+\.\d+\.\d+"),
                    "rules": [RULE],
                }
            },
            "columnKind": ("utf16CodeUnits", "unicodeCodePoints"),
            "originalUriBaseIds": {"SRCROOT": {"uri": re.compile(r"file:///(\S+/)?")}},
            "results": [RESULT],
        }
    ],
}
"""The parts of the specification that are used: these keys have to be there, but for those with a `?`."""


def check(value: Any, model: Any, at: str = "") -> None:
    """Hold a value against a model: a pattern, the choices, a whole number of 0 or more, a list, an object."""
    if isinstance(model, re.Pattern):
        assert isinstance(value, str), at
        assert model.fullmatch(value), at
    elif isinstance(model, tuple):
        assert value in model, at
    elif isinstance(model, int):
        assert type(value) is int, at
        assert value >= 0, at
    elif isinstance(model, list):
        for number, each in enumerate(value):
            check(each, model[0], f"{at}[{number}]")
    else:
        needed = {key for key in model if not key.endswith("?")}
        assert needed <= set(value) <= {key.rstrip("?") for key in model}, at
        for key, each in value.items():
            check(each, model.get(key, model.get(f"{key}?")), f"{at}.{key}")


def made(*reports: Report) -> dict[str, Any]:
    """Return the document, as it comes out of JSON."""
    found: dict[str, Any] = json.loads(json.dumps(sarif(reports, Path.cwd())))
    return found


def test_the_document() -> None:
    """Its shape is SARIF's, with every rule, and a result's rule is found by its number."""
    document = made(Report(LADDER, EVERY_BOOT, (TABLE,), (Accepted(TABLE, "why", in_source=True),)))
    check(document, DOCUMENT)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    assert {rules[result["ruleIndex"]]["id"] for result in run["results"]} == {"LAD102"}
    assert len({rule["name"] for rule in rules}) == len(rules)


def test_a_result() -> None:
    """Paths are relative to the top, and a message is one paragraph with what to do."""
    (result,) = made(Report(LADDER, EVERY_BOOT, (TABLE,)))["runs"][0]["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "ladder/001.sql", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 1, "startColumn": 1, "endLine": 3},
    }
    assert result["message"]["text"] == "it stops here. Write CREATE TABLE IF NOT EXISTS."


@pytest.mark.parametrize(("in_source", "kind"), [(True, "inSource"), (False, "external")])
def test_what_is_accepted(in_source: bool, kind: str) -> None:
    """It is a result all the same, with its reason, after those that nobody accepts."""
    report = Report(LADDER, EVERY_BOOT, (TABLE,), (Accepted(TABLE, "by hand", in_source=in_source),))
    first, second = made(report)["runs"][0]["results"]
    assert "suppressions" not in first
    assert second["suppressions"] == [{"kind": kind, "status": "accepted", "justification": "by hand"}]


def test_no_more_than_github_reads() -> None:
    """25 000 results, the worst of them."""
    note = finding(LADDER, RULES["LAD904"])
    results = made(Report(LADDER, EVERY_BOOT, (*(note for _ in range(25_000)), TABLE)))["runs"][0]["results"]
    assert (len(results), results[0]["level"]) == (25_000, "error")


def test_a_file_outside_of_the_top(tmp_path: Path) -> None:
    """Its location is a whole URI."""
    document = sarif([Report(LADDER, EVERY_BOOT, (TABLE,))], tmp_path)
    location = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": (Path.cwd() / "ladder/001.sql").as_uri()}

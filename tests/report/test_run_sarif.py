"""A run's failures as SARIF."""

from __future__ import annotations

import json
from typing import Any

from harness.diagnose.codes import CODES
from harness.report.run_sarif import sarif
from tests.report.journals import LADDER, broken_check, good_check

_DIFF = """\
--- a/migrations/000043_actor_role_scope.up.sql
+++ b/migrations/000043_actor_role_scope.up.sql
@@ -30,3 +30,5 @@
 -- before
-ALTER TABLE a
-  ADD b int;
+ALTER TABLE a
+  ADD IF NOT EXISTS b int;
+
 -- after
@@ -40,0 +43,1 @@
+-- more
"""


def results(**cause: Any) -> list[dict[str, Any]]:
    """Return the results of a run whose warm boot fails for this cause."""
    read: list[dict[str, Any]] = json.loads(sarif(broken_check(**cause)))["runs"][0]["results"]
    return read


def test_a_failure_stands_on_its_line() -> None:
    """Rule, message, file and line are those of the cause; a run that passes has no results."""
    (result,) = results()
    assert result["ruleId"] == "BOOT101"
    assert result["level"] == "error"
    assert result["message"]["text"].startswith('The warm boot of server fails: constraint "actor_roles_scope_')
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": f"file://{LADDER}/000043_actor_role_scope.up.sql"},
        "region": {"startLine": 31, "endLine": 31},
    }
    assert json.loads(sarif(good_check()))["runs"][0]["results"] == []


def test_each_rule_is_one_of_the_codes_and_found_by_its_index() -> None:
    """The index of a result points at its own rule."""
    document = json.loads(sarif(broken_check()))["runs"][0]
    rules = document["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CODES)
    (result,) = document["results"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_failure_keeps_its_fingerprint_when_lines_come_and_go() -> None:
    """The statement and its file tell it, not the line; another statement is another failure."""
    (first,), (moved,), (other,) = results(), results(line=99), results(statement="ALTER TABLE b ADD c int")
    assert first["partialFingerprints"] == moved["partialFingerprints"]
    assert first["partialFingerprints"] != other["partialFingerprints"]


def test_a_fix_is_told_as_replacements_of_whole_lines() -> None:
    """Removed lines are a region, added ones its text; what is only added stands between two lines."""
    (result,) = results(fix=_DIFF)
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"].endswith("migrations/000043_actor_role_scope.up.sql")
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 31, "startColumn": 1, "endLine": 33, "endColumn": 1},
            "insertedContent": {"text": "ALTER TABLE a\n  ADD IF NOT EXISTS b int;\n\n"},
        },
        {
            "deletedRegion": {"startLine": 41, "startColumn": 1, "endLine": 41, "endColumn": 1},
            "insertedContent": {"text": "-- more\n"},
        },
    ]


def test_what_has_no_file_is_left_to_the_other_reports() -> None:
    """Code scanning shows nothing without a place."""
    assert results(path=None, line=None, statement=None) == []

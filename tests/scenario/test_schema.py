"""The schema knows what the reader knows: no key more, none less, and it refuses no scenario that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harness.errors import ScenarioError
from harness.scenario.load import load
from harness.scenario.reader import parse
from harness.scenario.schema import schema
from tests.scenario import test_load, test_steps
from tests.scenario.writing import FULL, HEAD, STEPS, write

pytestmark = pytest.mark.usefixtures("folder")

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*/scenario.yaml"))
SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)

STRUCTURAL = {
    *("no compose", "no steps", "a list", "unknown key", "unknown compose key", "no files", "half a put"),
    *("null in the environment", "name of a variable", "relative target"),
    *("no step", "text for a step", "unknown step", "two in one", "lukewarm boot", "scale to nothing"),
    *(
        "check in eventually",
        "a log of nothing",
        "one is not parallel",
        "lock mode",
        "signal",
        "saved name",
        "verdict",
        "SQLSTATE",
    ),
    *("migration with a folder", "line 0", "nothing to recreate", "method", "path", "header"),
    "status",
}
"""The cases that the reader's tests refuse and that a structure alone can tell."""
DEEPER = {
    *("missing file", "folder for file", "missing env file", "missing migrations", "looping link"),
    *("variable in the environment", "target with dots"),
    *("first step", "warm boot first", "drift of a cold boot", "SQLSTATE of a drift"),
    *("expectation of a boot that is not waited for", "POST again and again", "as many statuses as requests"),
    *("saved later", "cause of a ready boot", "cause without a verdict"),
    *("unknown snapshot", "later snapshot", "snapshot taken twice", "space in a path", "no service"),
    *("header's value", "short SQLSTATE"),
}
"""Those that take a look at the files, at another step or at what a value means."""
REFUSED = {name: text for name, (text, _) in (test_load.REFUSED | test_steps.REFUSED).items()}

UNKNOWN = {
    "": "zzz: 1",
    "properties/compose": "compose: {zzz: 1}",
    "$defs/put": "compose: {files: [compose.yml]}\nput: [{zzz: 1}]",
    "$defs/expectation": f"{HEAD}  - {{boot: cold, expect: {{zzz: 1}}}}",
    "$defs/boot": f"{HEAD}  - {{boot: cold, zzz: 1}}",
    "$defs/recreate": f"{HEAD}  - {{recreate: a, zzz: 1}}",
    "$defs/http": f"{HEAD}  - {{http: GET /, zzz: 1}}",
    "$defs/http/properties/expect": f"{HEAD}  - {{http: GET /, service: a, expect: {{zzz: 1}}}}",
    "$defs/sql": f"{HEAD}  - {{sql: SELECT 1, zzz: 1}}",
    "$defs/sql/properties/expect": f"{HEAD}  - {{sql: SELECT 1, expect: {{zzz: 1}}}}",
    "$defs/exec": f"{HEAD}  - {{exec: a, zzz: 1}}",
    "$defs/exec/properties/expect": f"{HEAD}  - {{exec: a, command: [b], expect: {{zzz: 1}}}}",
    "$defs/logs": f"{HEAD}  - {{logs: a, zzz: 1}}",
    **{
        f"$defs/{action}": f"{HEAD}  - {{{action}: a, zzz: 1}}"
        for action in ("start", "stop", "kill", "pause", "unpause", "restart")
    },
    "$defs/snapshot": f"{HEAD}  - {{snapshot: a, zzz: 1}}",
    "$defs/unchanged": f"{HEAD}  - {{unchanged: a, zzz: 1}}",
    "$defs/eventually": f"{HEAD}  - {{eventually: {{http: GET /}}, zzz: 1}}",
    "$defs/hold": f"{HEAD}  - {{hold: a, zzz: 1}}",
    "$defs/parallel": f"{HEAD}  - {{parallel: [], zzz: 1}}",
    "$defs/parallel/properties/expect": (f"{HEAD}  - {{parallel: [{{sql: a}}, {{sql: b}}], expect: {{zzz: 1}}}}"),
}
"""For each mapping of the schema, a scenario with an unknown key in it."""


def value(text: str) -> Any:
    """Return a scenario's text as JSON has it, by the rules of the project's own reader."""
    return parse(text, "scenario.yaml").json()


def problems(text: str) -> list[str]:
    """Return what the schema has against a scenario."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(value(text))]


def refusal(text: str) -> ScenarioError:
    """Return the error with which the reader refuses a scenario."""
    with pytest.raises(ScenarioError) as caught:
        load(write(text))
    return caught.value


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema in the schema, and its path; a property's name is no keyword."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from nodes(item, f"{path}/{number}")
        return
    if not isinstance(node, dict):
        return
    yield path.lstrip("/"), node
    for name, item in node.items():
        if name in ("properties", "$defs"):
            for key, inner in item.items():
                yield from nodes(inner, f"{path}/{name}/{key}")
        elif name in ("items", "additionalProperties", "oneOf"):
            yield from nodes(item, f"{path}/{name}")


CLOSED = {path: node for path, node in nodes(SCHEMA) if node.get("additionalProperties") is False}


def test_it_is_a_schema() -> None:
    """Of the draft that it names."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_every_key_is_described() -> None:
    """An editor shows more than the name."""
    keys = [(path, name, key) for path, node in nodes(SCHEMA) for name, key in node.get("properties", {}).items()]
    assert len(keys) > 60
    assert [(path, name) for path, name, key in keys if not key.get("description", "").strip()] == []


def test_every_mapping_of_the_schema_is_held_to_the_readers() -> None:
    """Whoever adds one adds its case."""
    assert set(CLOSED) == set(UNKNOWN)


@pytest.mark.parametrize("path", UNKNOWN)
def test_the_keys_are_those_that_the_reader_knows(path: str) -> None:
    """The reader names them when it refuses another."""
    error = refusal(UNKNOWN[path])
    assert error.message == "unknown key `zzz`"
    assert error.help.removeprefix("known here: ").split(", ") == list(CLOSED[path]["properties"])


@pytest.mark.parametrize(
    ("text", "kinds"),
    [(f"{HEAD}  - zzz: 1", "step"), (f"{HEAD}  - boot: cold\n  - {{eventually: {{zzz: 1}}}}", "check")],
)
def test_the_steps_are_those_that_the_reader_knows(text: str, kinds: str) -> None:
    """And the checks, in what is tried until it passes."""
    known = refusal(text).help.removeprefix("a step has one of ").split(", ")
    assert {one["$ref"].removeprefix("#/$defs/") for one in SCHEMA["$defs"][kinds]["oneOf"]} == set(known)


@pytest.mark.parametrize("text", [FULL, STEPS, *(path.read_text() for path in SHIPPED)])
def test_what_runs_passes(text: str) -> None:
    """Every key, every step, and every scenario of this project."""
    assert problems(text) == []


@pytest.mark.parametrize("name", sorted(STRUCTURAL))
def test_a_wrong_structure_is_refused(name: str) -> None:
    """As the reader does."""
    assert problems(REFUSED[name])


def test_every_refused_scenario_is_structural_or_deeper() -> None:
    """And what is deeper is left to the reader, so that this list tells the truth, too."""
    assert set(REFUSED) == STRUCTURAL | DEEPER
    assert not STRUCTURAL & DEEPER
    complete = {name: text for name, text in REFUSED.items() if name in DEEPER and "steps:" in text}
    assert {name for name, text in complete.items() if problems(text)} == set()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=st.sampled_from([FULL, STEPS]),
    at=st.floats(0, 1),
    cut=st.integers(0, 12),
    typed=st.text(st.sampled_from("ab1:-[]{}'\" \n$~/."), max_size=4),
)
def test_what_the_reader_takes_the_schema_takes(text: str, at: float, cut: int, typed: str) -> None:
    """No slip of the hand makes a scenario that runs and is red in the editor."""
    start = int(at * len(text))
    slipped = text[:start] + typed + text[start + cut :]
    try:
        load(write(slipped))
    except ScenarioError:
        return
    assert problems(slipped) == []


def test_a_duration_may_be_a_number_a_text_or_a_variable() -> None:
    """The forms that the reader knows."""
    taken = [one for one in ("5", "0.5", "300ms", "1m30s", '"${d}"', "soon", "-1", "0", "true") if ok(one)]
    assert taken == ["5", "0.5", "300ms", "1m30s", '"${d}"']


def ok(duration: str) -> bool:
    """Return whether the schema takes a duration."""
    return not problems(re.sub("within: 3s", f"within: {duration}", STEPS))

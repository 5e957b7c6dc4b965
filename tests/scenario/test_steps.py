import pytest

from harness.errors import ScenarioError
from harness.scenario.load import load
from tests.scenario.writing import HEAD, write

pytestmark = pytest.mark.usefixtures("folder")

REFUSED = {
    "no step": ("compose: {files: [compose.yml]}\nsteps: []", "2:8: `steps` is an empty list"),
    "text for a step": (
        f"{HEAD}  - boot",
        "3:5: item 1 of `steps` has to be a mapping (key: value), not the text `boot`",
    ),
    "unknown step": (
        f"{HEAD}  - recreated: server",
        (
            "3:5: this is no known step; did you mean `recreate`?\n"
            "  help: a step has one of boot, recreate, http, snapshot, unchanged"
        ),
    ),
    "two in one": (
        f"{HEAD}  - boot: cold\n    snapshot: a",
        "4:5: a step does one thing; this one has `boot` and `snapshot`",
    ),
    "first step": (
        f"{HEAD}  - recreate: server",
        "3:5: the first step has to be a boot: nothing runs before it\n  help: begin with `- boot: cold`",
    ),
    "warm boot": (
        f"{HEAD}  - boot: warm",
        "3:11: `boot` has to be cold, not the text `warm`\n  help: a warm boot is `recreate: SERVICE`",
    ),
    "verdict": (
        f"{HEAD}  - boot: cold\n    expect: {{verdict: green}}",
        "4:23: `verdict` has to be one of ready, failed, crashloop, unhealthy, timeout, not the text `green`",
    ),
    "cause of a ready boot": (
        f"{HEAD}  - boot: cold\n    expect: {{verdict: ready, line: 3}}",
        (
            "4:30: `line` is about a boot that fails, and this one is expected to be ready\n"
            "  help: expect `verdict: failed`"
        ),
    ),
    "cause without a verdict": (
        f"{HEAD}  - boot: cold\n    expect: {{sqlstate: 42710}}",
        (
            "4:14: `sqlstate` is about a boot that fails, and this one is expected to be ready\n"
            "  help: expect `verdict: failed`"
        ),
    ),
    "SQLSTATE": (
        f"{HEAD}  - boot: cold\n    expect: {{verdict: failed, sqlstate: 42p10}}",
        "4:41: `sqlstate` has to be five digits or capital letters such as 42P10, not the text `42p10`",
    ),
    "short SQLSTATE": (
        f"{HEAD}  - boot: cold\n    expect: {{verdict: failed, sqlstate: 4271}}",
        "4:41: `sqlstate` has to be five digits or capital letters such as 42P10, not the number 4271",
    ),
    "migration with a folder": (
        f"{HEAD}  - boot: cold\n    expect: {{verdict: failed, migration: sql/1.sql}}",
        "4:42: `migration` has to be the name of a file, without its folder, not the text `sql/1.sql`",
    ),
    "line 0": (
        f"{HEAD}  - boot: cold\n    expect: {{verdict: failed, line: 0}}",
        "4:37: `line` has to be a whole number from 1 to 10000000, not the number 0",
    ),
    "nothing to recreate": (f"{HEAD}  - boot: cold\n  - recreate: []", "4:15: `recreate` is an empty list"),
    "unknown snapshot": (
        f"{HEAD}  - boot: cold\n  - snapshot: before\n  - unchanged: befor",
        (
            "5:16: no earlier step takes snapshot `befor`; did you mean `before`?\n"
            "  help: put `- snapshot: befor` before the step that may change something"
        ),
    ),
    "later snapshot": (
        f"{HEAD}  - boot: cold\n  - unchanged: a\n  - snapshot: a",
        (
            "4:16: no earlier step takes snapshot `a`\n"
            "  help: put `- snapshot: a` before the step that may change something"
        ),
    ),
    "snapshot taken twice": (
        f"{HEAD}  - boot: cold\n  - snapshot: a\n  - snapshot: a",
        "5:15: snapshot `a` is taken in line 4 already",
    ),
    "method": (
        f"{HEAD}  - http: get /readyz",
        "3:11: unknown method `get`\n  help: one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, then the path",
    ),
    "path": (
        f"{HEAD}  - http: GET readyz",
        "3:11: the path `readyz` does not begin with a slash\n  help: write `GET /readyz`",
    ),
    "space in a path": (
        f"{HEAD}  - http: GET /a b",
        "3:11: the path `/a b` has to be URL-encoded\n  help: write %20 for a space",
    ),
    "no service": (
        f"{HEAD}  - http: GET /",
        "3:5: which service answers?\n  help: add `service` to the step or to the scenario",
    ),
    "header": (
        f"{HEAD}  - {{http: GET /, service: a, headers: {{'a b': c}}}}",
        "3:41: `a b` is no name of a header",
    ),
    "header's value": (
        f'{HEAD}  - {{http: GET /, service: a, headers: {{a: "b\\r\\nc: d"}}}}',
        "3:44: `a` may hold printable ASCII only: it is a header",
    ),
    "status": (
        f"{HEAD}  - {{http: GET /, service: a, expect: {{status: 2000}}}}",
        "3:48: `status` has to be a whole number from 100 to 599, not the number 2000",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_step_says_what_where_and_what_to_do(text: str, message: str) -> None:
    """The whole message, as a person reads it."""
    with pytest.raises(ScenarioError) as caught:
        load(write(text))
    assert str(caught.value) == f"smoke/scenario.yaml:{message}"

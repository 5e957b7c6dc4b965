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
            "  help: a step has one of boot, recreate, http, sql, exec, logs, start, stop, kill, pause, unpause, "
            "restart, snapshot, unchanged, eventually, hold, parallel"
        ),
    ),
    "two in one": (
        f"{HEAD}  - boot: cold\n    snapshot: a",
        "4:5: a step does one thing; this one has `boot` and `snapshot`",
    ),
    "first step": (
        f"{HEAD}  - recreate: server",
        "3:5: the first step has to be a cold boot: nothing runs before it\n  help: begin with `- boot: cold`",
    ),
    "lukewarm boot": (
        f"{HEAD}  - boot: lukewarm",
        "3:11: `boot` has to be one of cold, warm, not the text `lukewarm`",
    ),
    "warm boot first": (
        f"{HEAD}  - boot: warm",
        "3:5: the first step has to be a cold boot: nothing runs before it\n  help: begin with `- boot: cold`",
    ),
    "drift of a cold boot": (
        f"{HEAD}  - boot: cold\n    expect: {{verdict: drift}}",
        "4:13: a cold boot has nothing to drift from\n  help: `boot: warm` has",
    ),
    "SQLSTATE of a drift": (
        f"{HEAD}  - boot: cold\n  - boot: warm\n    expect: {{verdict: drift, sqlstate: 42710}}",
        (
            "5:30: `sqlstate` is about a boot that fails, and a boot that drifts passes\n"
            "  help: of a drift one can expect migration, line, object"
        ),
    ),
    "expectation of a boot that is not waited for": (
        f"{HEAD}  - boot: cold\n    until: started\n    expect: {{verdict: ready}}",
        (
            "5:5: nothing can be expected of a boot that is not waited for\n"
            "  help: leave out `until: started`, or `expect`"
        ),
    ),
    "scale to nothing": (
        f"{HEAD}  - boot: cold\n    scale: {{server: 0}}",
        "4:21: `server` has to be a whole number from 1 to 20, not the number 0",
    ),
    "POST again and again": (
        f"{HEAD}  - boot: cold\n  - eventually:\n      http: POST /\n      service: a",
        "5:7: a POST that is sent again does its work again",
    ),
    "check in eventually": (
        f"{HEAD}  - boot: cold\n  - eventually:\n      boot: warm",
        "5:7: this is no known step\n  help: a step has one of http, sql, exec, logs",
    ),
    "as many statuses as requests": (
        (
            f"{HEAD}  - boot: cold\n  - parallel:\n      - {{http: GET /, service: a}}\n"
            "      - {http: GET /, service: a}\n    expect: {statuses: [200]}"
        ),
        "7:24: 1 statuses for 2 requests",
    ),
    "one is not parallel": (
        f"{HEAD}  - boot: cold\n  - parallel:\n      - {{logs: a, contains: b}}",
        "5:7: `parallel` needs at least 2 items",
    ),
    "a log of nothing": (
        f"{HEAD}  - boot: cold\n  - logs: a",
        "4:5: what has to stand in the log?\n  help: add `contains` or `lacks`",
    ),
    "lock mode": (
        f"{HEAD}  - boot: cold\n  - hold: t\n    mode: TIGHT\n    steps: [{{start: a}}]",
        (
            "5:11: `mode` has to be one of ACCESS SHARE, ROW SHARE, ROW EXCLUSIVE, SHARE UPDATE EXCLUSIVE, SHARE, "
            "SHARE ROW EXCLUSIVE, EXCLUSIVE, ACCESS EXCLUSIVE, not the text `TIGHT`"
        ),
    ),
    "signal": (
        f"{HEAD}  - boot: cold\n  - kill: a\n    signal: 9",
        "5:13: `signal` has to be text, not the number 9\n  help: put it in quotes if it is meant as text",
    ),
    "saved later": (
        f"{HEAD}  - boot: cold\n  - logs: a\n    contains: ${{id}}\n  - {{sql: SELECT 1, save: id}}",
        "5:15: unknown variable `id`\n  help: known variables: none; define them under `variables`",
    ),
    "saved name": (
        f"{HEAD}  - boot: cold\n  - {{sql: SELECT 1, save: a-b}}",
        "4:21: `a-b` is no name of a variable: letters, digits and _, no digit first",
    ),
    "verdict": (
        f"{HEAD}  - boot: cold\n    expect: {{verdict: green}}",
        (
            "4:23: `verdict` has to be one of ready, failed, crashloop, unhealthy, timeout, drift, race, "
            "not the text `green`"
        ),
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

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import Place, ScenarioError
from harness.outcome import Verdict
from harness.scenario.later import placeholder
from harness.scenario.load import check_services, discover, load
from harness.scenario.model import (
    Action,
    Boot,
    BootExpectation,
    ComposeSource,
    Eventually,
    Exec,
    Hold,
    Http,
    Logs,
    Operate,
    Parallel,
    PutFile,
    Recreate,
    Scenario,
    Snapshot,
    Sql,
    Unchanged,
    Until,
)
from tests.scenario.writing import FULL, HEAD, STEPS, write

pytestmark = pytest.mark.usefixtures("folder")

SHIPPED = Path(__file__).parents[2] / "scenarios"
TARGET = "the absolute path of a file in the container, without `.` and `..`"
REFUSED = {
    "no compose": ("steps: [{boot: cold}]", "1:1: the file lacks `compose`"),
    "no steps": ("compose: {files: [compose.yml]}", "1:1: the file lacks `steps`"),
    "a list": ("- a", "1:1: the file has to be a mapping (key: value), not a list"),
    "unknown key": (f"stabilty: 5s\n{HEAD}", "1:1: unknown key `stabilty`; did you mean `stability`?"),
    "unknown compose key": (
        "compose: {files: [compose.yml], project: x}",
        "1:33: unknown key `project`\n  help: known here: files, profiles, env_files, environment",
    ),
    "no files": ("compose: {files: []}", "1:18: `files` is an empty list"),
    "missing file": (
        "compose: {files: [compose.yml, sub/../none.yml]}",
        "1:32: no such file: smoke/none.yml\n  help: paths start at the scenario's own folder",
    ),
    "folder for file": (
        "compose: {files: [sql]}",
        "1:19: no such file: smoke/sql\n  help: paths start at the scenario's own folder",
    ),
    "missing env file": (
        "compose: {files: [compose.yml], env_files: [none.env]}",
        "1:45: no such file: smoke/none.env\n  help: paths start at the scenario's own folder",
    ),
    "missing migrations": (
        f"migrations: none\n{HEAD}  - boot: cold",
        "1:13: no such file or folder: smoke/none\n  help: paths start at the scenario's own folder",
    ),
    "looping link": (
        "compose: {files: [loop/compose.yml]}",
        "1:19: cannot look up smoke/loop/compose.yml: Symlink loop from '{folder}/smoke/loop'",
    ),
    "null in the environment": (
        "compose: {files: [compose.yml], environment: {TOKEN: }}",
        '1:53: `TOKEN` has to be text, not nothing\n  help: an empty text is written ""',
    ),
    "variable in the environment": (
        'compose: {files: [compose.yml], environment: {A: "${tok}"}}\nvariables: {token: a}',
        "1:50: unknown variable `tok`; did you mean `token`?\n  help: known variables: token",
    ),
    "name of a variable": (
        "variables: {my-token: random}",
        "1:13: `my-token` is no name of a variable: letters, digits and _, no digit first",
    ),
    "relative target": (
        "compose: {files: [compose.yml]}\nput: [{service: a, file: sql/1.sql, to: app/1.sql}]",
        f"2:41: `to` has to be {TARGET}, not the text `app/1.sql`",
    ),
    "target with dots": (
        "compose: {files: [compose.yml]}\nput: [{service: a, file: sql/1.sql, to: /app/../1.sql}]",
        f"2:41: `to` has to be {TARGET}, not the text `/app/../1.sql`",
    ),
    "half a put": (
        "compose: {files: [compose.yml]}\nput: [{service: a, file: sql/1.sql}]",
        "2:7: item 1 of `put` lacks `to`",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_scenario_says_what_where_and_what_to_do(folder: Path, text: str, message: str) -> None:
    """The whole message, as a person reads it."""
    with pytest.raises(ScenarioError) as caught:
        load(write(text))
    assert str(caught.value) == f"smoke/scenario.yaml:{message.replace('{folder}', str(folder))}"


def test_every_key_arrives(folder: Path) -> None:
    """Paths are absolute, durations seconds, variables filled, and the random one is a secret."""
    scenario = load(write(FULL))
    (token,) = scenario.secrets
    assert len(token) == 43
    smoke, file = folder / "smoke", "smoke/scenario.yaml"
    assert replace(scenario, mentions={}) == Scenario(
        name="smoke",
        about="All keys at once.",
        place=Place(file, 1, 1),
        compose=ComposeSource(
            directory=smoke,
            files=(smoke / "compose.yml", folder / "shared.yml"),
            profiles=("dev",),
            env_files=(smoke / ".env",),
            environment={"PG": "16", "TOKEN": token},
        ),
        service="server",
        services=("server", "worker"),
        migrations=smoke / "sql",
        put=(PutFile("server", smoke / "sql" / "1.sql", "/app/1.sql", Place(file, 12, 5)),),
        secrets=frozenset({token}),
        stability=0.5,
        timeout=90.0,
        steps=(
            Boot(Place(file, 18, 5)),
            Snapshot(Place(file, 20, 5), "before"),
            Recreate(
                place=Place(file, 21, 5),
                services=("server", "worker"),
                environment={"TOKEN": token, "DEBUG": "true"},
                image="other:eu",
                expect=BootExpectation(Verdict.FAILED, None, "42710", "1.sql", 3, "$1", 0.5),
            ),
            Unchanged(Place(file, 25, 5), "before", ("audit_*",)),
            Http(
                place=Place(file, 27, 5),
                method="POST",
                path="/api/eu",
                service="worker",
                port=8080,
                headers={"Authorization": f"Bearer {token}"},
                json={"zones": ["eu", 1, None]},
                status=201,
                expect_json={"items.0.id": 3},
                save={"id": "items.0.id"},
            ),
        ),
    )


def test_every_kind_of_step_arrives(folder: Path) -> None:
    """Steps nest; what an earlier step saves stands as a placeholder in a later one."""
    file = "smoke/scenario.yaml"
    get = Http(Place(file, 18, 7), "GET", f"/items/{placeholder('one')}?after=2099", "server")
    assert load(write(STEPS)).steps == (
        Boot(Place(file, 5, 5), {"server": 2}),
        Sql(Place(file, 7, 5), "SELECT 1, NULL, true", "app", (("1", None, "t"),), "one"),
        Exec(Place(file, 11, 5), "server", ("ls", "/"), 2, "app"),
        Logs(Place(file, 14, 5), "server", ("ready", placeholder("one")), ("error",)),
        Eventually(Place(file, 17, 5), get, 3.0),
        Parallel(
            Place(file, 20, 5),
            (
                Http(Place(file, 21, 9), "POST", "/a", "server", status=None),
                Http(Place(file, 22, 9), "POST", "/b", "server", status=None),
            ),
            (200, 409),
        ),
        Hold(
            Place(file, 24, 5),
            "items",
            (
                Recreate(Place(file, 27, 9), until=Until.STARTED),
                Operate(Place(file, 29, 9), Action.KILL, "server", "SIGTERM"),
            ),
            "SHARE",
        ),
        Operate(Place(file, 31, 5), Action.START, "server"),
        Recreate(
            Place(file, 32, 5),
            ("server",),
            put=(PutFile("server", folder / "smoke" / "compose.yml", "/app/x.sql", Place(file, 33, 11)),),
            expect=BootExpectation(Verdict.DRIFT, migration="1.sql", object="items"),
        ),
    )


def test_what_is_left_out_has_the_models_defaults() -> None:
    """A short scenario means the same as the values' own defaults."""
    scenario = load(write("service: a\n" + HEAD + "  - boot: cold\n  - http: GET /\n  - recreate: a\n"))
    file = "smoke/scenario.yaml"
    assert scenario.steps == (
        Boot(Place(file, 4, 5)),
        Http(Place(file, 5, 5), "GET", "/", "a"),
        Recreate(Place(file, 6, 5), ("a",)),
    )


def test_random_is_fresh_at_each_load() -> None:
    """A token of yesterday's run opens nothing today."""
    path = write(FULL)
    assert load(path).secrets != load(path).secrets


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cut=st.tuples(st.integers(0, len(FULL)), st.integers(0, 12)),
    typed=st.text(st.sampled_from("ab1:-[]{}'\" \n$~/."), max_size=4),
)
def test_a_slip_of_the_hand_is_loaded_or_refused(cut: tuple[int, int], typed: str) -> None:
    """Whatever is cut out of a good scenario or typed into it, the answer is a scenario or one clear error."""
    text = FULL[: cut[0]] + typed + FULL[sum(cut) :]
    error = refusal(text)
    if error is not None:
        assert error.place is not None
        assert 1 <= error.place.line <= text.count("\n") + 1


def refusal(text: str) -> ScenarioError | None:
    """Return the error with which a scenario is refused, if it is."""
    try:
        load(write(text))
    except ScenarioError as error:
        return error
    return None


# Finding them.


def test_a_folder_of_folders_gives_its_scenarios_by_name(folder: Path) -> None:
    """Folders without a scenario in them, and files, are passed over; one named twice counts once."""
    for name in ("zebra", "ant"):
        write(f"{HEAD}  - boot: cold\n", name)
    found = discover([Path(), Path("ant"), folder / "zebra" / "scenario.yaml"])
    assert [scenario.name for scenario in found] == ["ant", "zebra"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none", "none: no such file or folder"),
        (
            "empty",
            (
                "no scenarios found in empty\n"
                "  help: name a folder with a scenario.yaml, or the folder around such folders"
            ),
        ),
        ("yml", "yml/scenario.yml: a scenario's file is called scenario.yaml\n  help: rename it"),
    ],
)
def test_nothing_to_run_is_an_error(folder: Path, path: str, message: str) -> None:
    """The message names where it looked."""
    (folder / "empty").mkdir()
    (folder / "yml").mkdir()
    (folder / "yml" / "scenario.yml").touch()
    with pytest.raises(ScenarioError) as caught:
        discover([Path(path)])
    assert str(caught.value) == message


def test_a_folder_without_a_scenario_cannot_be_loaded(folder: Path) -> None:
    """`load` wants exactly one."""
    with pytest.raises(ScenarioError) as caught:
        load(folder / "smoke")
    assert str(caught.value) == "smoke: this folder has no scenario.yaml"


def test_names_are_unique(folder: Path) -> None:
    """Two folders of one name would write into one place."""
    text = f"{HEAD}  - boot: cold\n"
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    write(text, "a/same")
    write(text, "b/same")
    with pytest.raises(ScenarioError) as caught:
        discover([Path("a"), Path("b")])
    assert str(caught.value) == (
        "b/same/scenario.yaml: two scenarios are called same: the other is a/same/scenario.yaml\n"
        "  help: rename one of the folders"
    )


def test_a_file_of_another_name_is_called_by_it(folder: Path) -> None:
    """Several scenarios may stand in one folder, each named on its own."""
    (folder / "smoke" / "other.yaml").write_text(f"{HEAD}  - boot: cold\n")
    assert load(Path("smoke/other.yaml")).name == "other"


# Services.


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ["server", "postgres"],
            "8:20: unknown service `worker`\n  help: the compose files have: postgres, server",
        ),
        (
            ["servers", "worker"],
            (
                "7:10: unknown service `server`; did you mean `servers`?\n"
                "  help: the compose files have: servers, worker"
            ),
        ),
        ([], "7:10: unknown service `server`\n  help: the compose files have: none"),
    ],
)
def test_an_unknown_service_is_named_where_it_stands_first(names: list[str], message: str) -> None:
    """Before anything boots."""
    with pytest.raises(ScenarioError) as caught:
        check_services(load(write(FULL)), names)
    assert str(caught.value) == f"smoke/scenario.yaml:{message}"


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("put: [{service: b, file: compose.yml, to: /x}]", 1),
        ("services: [b]", 1),
        ("#", 5),
    ],
)
def test_services_are_checked_wherever_they_are_named(part: str, line: int) -> None:
    """In `put`, in `services` and in the steps."""
    text = dedent(f"""\
        {part}
        compose: {{files: [compose.yml]}}
        steps:
          - boot: cold
          - recreate: [a, b]
    """)
    with pytest.raises(ScenarioError) as caught:
        check_services(load(write(text)), ["a"])
    assert caught.value.place is not None
    assert caught.value.place.line == line


def test_a_scenario_that_no_file_describes_is_checked_too() -> None:
    """`bootsmoke check --service` makes one of its own, without places."""
    scenario = Scenario("check", ComposeSource(Path()), (), service="b")
    with pytest.raises(ScenarioError) as caught:
        check_services(scenario, ["a"])
    assert str(caught.value) == "unknown service `b`\n  help: the compose files have: a"
    check_services(scenario, ["b"])


# The scenarios of this project.


def test_all_of_the_story_load() -> None:
    """They stand where `bootsmoke run` looks without being told, and the README's table lists them all."""
    names = [scenario.name for scenario in discover([SHIPPED])]
    readme = (SHIPPED.parent / "README.md").read_text()
    assert len(names) == 17
    assert [name for name in names if f"| `{name}` |" not in readme] == []


@pytest.mark.parametrize("name", ["unguarded-check", "conflict-target", "null-key", "broken-insert"])
def test_an_expected_failure_points_at_the_statement_in_the_file_that_is_put(name: str) -> None:
    """The line is that of a statement's first token, and the statement is about the expected object."""
    (folder,) = SHIPPED.glob(f"*-{name}")
    scenario = load(folder)
    *_, last = scenario.steps
    assert isinstance(last, Boot | Recreate)
    (put,) = scenario.put
    expect = last.expect
    assert expect.migration == put.file.name == Path(put.to).name
    assert expect.line is not None
    assert expect.object is not None
    statement = " ".join(put.file.read_text().splitlines()[expect.line - 1 :]).partition(";")[0]
    assert statement.startswith(("ALTER TABLE ", "INSERT INTO "))
    assert expect.object.partition(".")[0] in statement

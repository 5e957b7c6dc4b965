from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.journal import Record
from harness.report.summary import summary
from harness.report.text import ansi
from tests.report.journals import CAUSE, Tape, broken_check, failed_result, good_check, result

BASE = Path("/work/app")
KEY = "              · not running  ┄ starting  ━ ready  ✗ crash\n"
GOOD_TIMELINE = (
    "  timeline    0.1 s                                                 13.0 s\n"
    "  postgres    ·┄┄┄┄━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n"
    "  server           ┄┄━━·┄┄━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n" + KEY
)
BROKEN_TIMELINE = (
    "  timeline    0.1 s                                                  2.1 s\n"
    "  server           ····┄┄┄┄┄┄┄┄┄┄┄┄✗······································\n" + KEY
)


def told(records: list[Record], width: int = 80) -> str:
    """Return the last lines as a reader in /work/app sees them."""
    return summary(records, base=BASE, width=width)


def test_good_check() -> None:
    """A pass says how long each boot took, and that nothing drifted."""
    assert told(good_check()) == (
        "PASSED check in 12.9 s\n"
        "  cold boot   ready in 1.5 s: postgres 1.1 s, server 1.5 s\n"
        "  warm boot   ready in 1.5 s: server 0.9 s\n"
        f"  drift       none since snapshot cold\n{GOOD_TIMELINE}"
        "  evidence    .bootsmoke/R1/check"
    )


def test_broken_check() -> None:
    """A failure says verdict, cause, place with the statement, what to do, and where the evidence is."""
    assert told(broken_check()) == (
        "FAILED check in 2.0 s: warm boot: expected ready, got failed\n"
        "  server      failed: exited with code 1\n"
        "  cause       BOOT101 a migration makes what already exists (SQLSTATE 42710)\n"
        '              constraint "actor_roles_scope_type_enum" for relation\n'
        '              "actor_roles" already exists\n'
        "  at          migrations/000043_actor_role_scope.up.sql:31\n"
        "              31 | ALTER TABLE actor_roles ADD CONSTRAINT\n"
        "                 | actor_roles_scope_type_enum CHECK (scope_type <> '')\n"
        "  known       212 ms after the crash; proved: the statement was run again and\n"
        "              failed alike\n"
        "  do          Guard the statement so that it passes when the object is there\n"
        f"              already.\n{BROKEN_TIMELINE}"
        "  evidence    .bootsmoke/R1/check"
    )


@pytest.mark.parametrize("records", [broken_check(), broken_check("passed"), good_check(drift=("rows of a",))])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_width(records: list[Record], width: int) -> None:
    """No line is wider than the terminal."""
    assert max(map(len, told(records, width).splitlines())) <= width


def test_expected_failure() -> None:
    """A boot that failed as it was expected to takes one line in a pass."""
    place = "000043_actor_role_scope.up.sql:31 42710"
    assert told(broken_check("passed"), 120) == (
        "PASSED check in 2.0 s\n"
        f"  expected    server failed as expected: {place}, known 212 ms after the crash\n"
        f"{BROKEN_TIMELINE}  evidence    .bootsmoke/R1/check"
    )


def test_unknown_cause() -> None:
    """Without a migration to blame the log's own lines are shown, and nothing is said of a place."""
    place: dict[str, Any] = {"path": None, "line": None, "statement": None, "sqlstate": None}
    told_by: dict[str, Any] = {"message": "boom", "evidence": ["boom", "at main.c"]}
    unknown = broken_check(code="BOOT201", title="the service crashes again and again", **place, **told_by)
    text = told(unknown)
    assert "  cause       BOOT201 the service crashes again and again\n              boom\n" in text
    assert "  log         boom\n              at main.c\n  known       212 ms after the crash\n" in text
    assert "SQLSTATE" not in text


def test_drift() -> None:
    """A warm boot that changed the database is told line by line, with a way out."""
    lines = ("rows of public.roles: 3 before, 6 after", "column public.roles.x is new: text")
    assert told(good_check(drift=lines), 100) == (
        "FAILED check in 12.9 s: the warm boot changed the database: rows of public.roles: 3 before, 6 after\n"
        "  changed     rows of public.roles: 3 before, 6 after\n"
        "              column public.roles.x is new: text\n"
        "  do          make the migrations safe to replay, or allow rows to change (--allow-drift, `allow`)\n"
        f"{GOOD_TIMELINE}  evidence    .bootsmoke/R1/check"
    )


def test_much_drift() -> None:
    """Of many changes the first ten are shown, and the rest are counted."""
    text = told(good_check(drift=tuple(f"table t{n} is gone" for n in range(25))))
    assert "table t9 is gone\n              ... and 15 more, all in the journal\n" in text


def test_recovered() -> None:
    """A service that crashed and came up after all is a warning in a pass."""
    tape = Tape("check")
    tape.begin("check")
    tape.boot("check", 1, "cold", 0.2, ["server"])
    tape.booted("check", 1, "cold", 3.0, result("server", crashes=2))
    tape.end("check", "passed", 3.1)
    text = told(tape.finish("passed", 3.2))
    assert "  warning     server was ready only after 2 crashes in the cold boot\n" in text


def test_later_failure_of_a_boot() -> None:
    """A service that was ready and failed afterwards is told by its last result alone."""
    tape = Tape("check")
    tape.begin("check")
    tape.boot("check", 1, "cold", 0.2, ["postgres", "server"])
    tape.booted("check", 1, "cold", 1.0, result("postgres"), result("server"))
    tape.booted("check", 1, "cold", 2.0, failed_result())
    tape.end("check", "failed", 2.1, "server was ready, and then: failed")
    text = told(tape.finish("failed", 2.2))
    assert text.splitlines()[:2] == [
        "FAILED check in 2.0 s: server was ready, and then: failed",
        "  server      failed: exited with code 1",
    ]


def test_failed_check_after_an_expected_failure() -> None:
    """The cause of a boot that failed as expected is not blamed for a later step."""
    records = broken_check("failed")
    end = next(number for number, record in enumerate(records) if record.kind == "scenario.finished")
    step = Record("step.started", 0.0, 1.2, {"scenario": "check", "number": 2, "text": "GET / gives 200"})
    message = {**records[end].data, "message": "s.yaml:9:3: GET /: status 503 instead of 200: x"}
    late = [*records[:end], step, Record("scenario.finished", 0.0, 2.1, message), *records[end + 1 :]]
    assert told(late) == (
        "FAILED check in 2.0 s: s.yaml:9:3: GET /: status 503 instead of 200: x\n"
        f"{BROKEN_TIMELINE}  evidence    .bootsmoke/R1/check"
    )


def test_inconclusive() -> None:
    """An engine that failed is told with its help as what to do."""
    tape = Tape("check")
    tape.begin("check")
    tape.end("check", "inconclusive", 1.0, "cannot pull image x: no route\n  help: pull it by hand")
    assert told(tape.finish("inconclusive", 1.1)) == (
        "INCONCLUSIVE check in 0.9 s: cannot pull image x: no route\n"
        "  do          pull it by hand\n"
        "  evidence    .bootsmoke/R1/check"
    )


def test_advice() -> None:
    """What could be better is told in a pass, too."""
    tape = Tape("check")
    tape.begin("check")
    tape.add(0.5, "advice", scenario="check", text="server ignores SIGTERM: 10 s lost at every recreate")
    tape.end("check", "passed", 1.0)
    assert "\n  advice      server ignores SIGTERM: 10 s lost" in told(tape.finish("passed", 1.1), 100)


def test_kept_and_left_behind() -> None:
    """What stays, on purpose or not, is named."""
    tape = Tape("check")
    tape.begin("check")
    tape.add(0.5, "kept", scenario="check", project="bootsmoke-R1-1")
    tape.end("check", "passed", 1.0, left=("volume v: in use",))
    assert told(tape.finish("passed", 1.1)) == (
        "PASSED check in 0.9 s\n"
        "  kept        docker compose -p bootsmoke-R1-1 ps\n"
        "              until `bootsmoke sweep`\n"
        "  left        volume v: in use\n"
        "  evidence    .bootsmoke/R1/check"
    )


def test_several_scenarios() -> None:
    """Of several scenarios a table is told, then what failed in full, then one closing line."""
    tape = Tape("good", "bad-one", "never")
    tape.begin("good")
    tape.end("good", "passed", 5.0)
    tape.begin("bad-one", at=5.0)
    tape.boot("bad-one", 1, "cold", 5.1, ["server"])
    tape.booted("bad-one", 1, "cold", 6.0, failed_result(statement=None, line=None))
    tape.end("bad-one", "failed", 7.0, "cold boot: expected ready, got failed")
    text = told(tape.finish("failed", 21.4), 100)
    assert text == (
        "PASSED        good        4.9 s\n"
        "FAILED        bad-one     6.9 s\n"
        "SKIPPED       never       0.0 s\n"
        "\n"
        "FAILED bad-one in 6.9 s: cold boot: expected ready, got failed\n"
        "  server      failed: exited with code 1\n"
        "  cause       BOOT101 a migration makes what already exists (SQLSTATE 42710)\n"
        '              constraint "actor_roles_scope_type_enum" for relation "actor_roles" already exists\n'
        "  at          migrations/000043_actor_role_scope.up.sql\n"
        "  known       212 ms after the crash; proved: the statement was run again and failed alike\n"
        "  do          Guard the statement so that it passes when the object is there already.\n"
        "  evidence    .bootsmoke/R1/bad-one\n"
        "\n"
        "  evidence    .bootsmoke/R1\n"
        "1 failed, 1 skipped, 1 passed in 21.4 s"
    )


def test_no_escape_reaches_the_terminal() -> None:
    """What a log says in colours, titles and reversed text is printed as harmless characters."""
    evil = "\x1b[31mred\x1b]0;title\x07 [bold]x[/bold]\r\n\u202egnp.exe\x00\x9b2J"
    text = told(broken_check(message=evil, statement=evil, advice=evil))
    assert not [character for character in text if character != "\n" and not character.isprintable()]
    assert "red [bold]x[/bold] gnp.exe" in text


def test_colour() -> None:
    """Colours add escapes and change no word."""
    coloured = summary(broken_check(), base=BASE, paint=ansi)
    assert coloured.startswith("\x1b[31;1mFAILED\x1b[0m check in 2.0 s")
    assert coloured.count("\x1b[0m") >= 4
    assert str(CAUSE["code"]) in coloured

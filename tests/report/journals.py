"""Journals written by hand, with the fields that a run writes."""

from __future__ import annotations

from typing import Any

from harness.journal import Record

LADDER = "/work/app/migrations"
DEADLINE = "63 s = start_period 10 + retries 6 x (interval 5 + timeout 3) + slack 5"

CAUSE = {
    "code": "BOOT101",
    "title": "a migration makes what already exists",
    "service": "server",
    "path": f"{LADDER}/000043_actor_role_scope.up.sql",
    "line": 31,
    "statement": "ALTER TABLE actor_roles ADD CONSTRAINT actor_roles_scope_type_enum CHECK (scope_type <> '')",
    "sqlstate": "42710",
    "object": "actor_roles_scope_type_enum",
    "message": 'constraint "actor_roles_scope_type_enum" for relation "actor_roles" already exists',
    "advice": "Guard the statement so that it passes when the object is there already.",
    "confidence": "proved",
    "evidence": ["ERROR migration 000043_actor_role_scope.up.sql failed"],
    "latency_ms": 212.4,
}
SAID = str(CAUSE["message"])
REASON = f"exited with code 1: {SAID}"


class Tape:
    """Records, one after the other."""

    def __init__(self, *scenarios: str) -> None:
        self.records: list[Record] = []
        self.add(
            0.02,
            "run.started",
            id="R1",
            folder="/work/app/.bootsmoke/R1",
            engine={"address": "unix:///d.sock", "version": "29.0", "os": "Debian"},
            compose="2.40.3",
            scenarios=list(scenarios),
        )

    def add(self, elapsed: float, kind: str, **data: Any) -> None:
        """Add one record."""
        self.records.append(Record(kind, 1_000_000.0 + elapsed, elapsed, data))

    def begin(self, scenario: str, at: float = 0.1, **data: Any) -> None:
        """Begin a scenario of postgres and server."""
        told: dict[str, Any] = {"about": "", "project": f"bootsmoke-{scenario}", "notes": []}
        told |= {"ladder": None, "style": None} | data
        self.add(at, "scenario.started", scenario=scenario, services=["postgres", "server"], **told)

    def boot(self, scenario: str, number: int, kind: str, at: float, services: list[str]) -> None:
        """Begin a boot."""
        self.add(at, "step.started", scenario=scenario, number=number, text=f"{kind} boot")
        self.add(at, "boot.started", scenario=scenario, boot=number, of=kind, services=services)

    def starts(self, scenario: str, service: str, at: float, number: int = 1) -> None:
        """Start a container; its life begins a tenth of a second later."""
        about = {"scenario": scenario, "service": service, "number": number}
        self.add(
            at,
            "container.start",
            **about,
            container=f"{service} {number} {at}",
            requires=["health"],
            deadline=DEADLINE,
        )
        self.add(at + 0.1, "life.started", **about, started=1_000_000.0 + at)

    def ready(self, scenario: str, service: str, at: float, exits: int = 0, number: int = 1) -> None:
        """Say that a container is ready."""
        self.add(
            at, "service.ready", scenario=scenario, service=service, number=number, exits=exits, completed=False
        )

    def crash(self, scenario: str, service: str, at: float, said: str = SAID, number: int = 1) -> None:
        """Let a life end."""
        about = {"scenario": scenario, "service": service, "number": number}
        self.add(at, "life.exited", **about, code=1, finished=1_000_000.0 + at, oom=False, said=said)

    def booted(self, scenario: str, number: int, kind: str, at: float, *results: dict[str, Any]) -> None:
        """End a boot."""
        told = [{"kind": kind} | result for result in results]
        verdict = next((one["verdict"] for one in results if one["verdict"] != "ready"), "ready")
        ended: dict[str, Any] = {"of": kind, "verdict": verdict, "seconds": 1.5, "results": told}
        self.add(at, "boot.finished", scenario=scenario, boot=number, **ended)

    def end(self, scenario: str, outcome: str, at: float, message: str = "", left: tuple[str, ...] = ()) -> None:
        """End a scenario."""
        self.add(
            at,
            "scenario.finished",
            scenario=scenario,
            outcome=outcome,
            message=message,
            seconds=at - 0.1,
            left_behind=list(left),
        )

    def finish(self, outcome: str, at: float) -> list[Record]:
        """End the run, and return all records."""
        self.add(at, "run.finished", outcome=outcome)
        return self.records


def result(service: str, verdict: str = "ready", **data: Any) -> dict[str, Any]:
    """Return what one boot of one service ended with."""
    return {
        "service": service,
        "number": 1,
        "verdict": verdict,
        "reason": "",
        "seconds": 1.5,
        "crashes": 0,
        "cause": None,
    } | data


def failed_result(**cause: Any) -> dict[str, Any]:
    """Return the result of the server that a migration breaks."""
    return result("server", "failed", reason=REASON, seconds=0.9, crashes=1, cause=CAUSE | cause)


def good_check(*, drift: tuple[str, ...] = ()) -> list[Record]:
    """Return the journal of a check in which both boots are ready."""
    tape = Tape("check")
    tape.begin("check")
    tape.boot("check", 1, "cold", 0.1, ["postgres", "server"])
    tape.starts("check", "postgres", 0.3)
    tape.ready("check", "postgres", 1.2)
    tape.starts("check", "server", 1.21)
    tape.ready("check", "server", 1.62)
    tape.booted("check", 1, "cold", 1.62, result("postgres", seconds=1.1), result("server"))
    tape.boot("check", 2, "warm", 1.8, ["server"])
    about = {"scenario": "check", "service": "server", "number": 1}
    tape.add(2.1, "container.retired", **about, restarts=0, seconds=0.25)
    tape.starts("check", "server", 2.2)
    tape.ready("check", "server", 2.7)
    tape.booted("check", 2, "warm", 2.7, result("server", seconds=0.9))
    tape.add(2.7, "step.started", scenario="check", number=3, text="unchanged since cold")
    items = [{"kind": "rows", "object": line, "before": 1, "after": 2} for line in drift]
    tape.add(2.8, "drift", scenario="check", since="cold", items=items, lines=list(drift))
    message = f"the warm boot changed the database: {drift[0]}" if drift else ""
    outcome = "failed" if drift else "passed"
    tape.add(12.7, "service.stable", scenario="check", service="server", number=1, seconds=10.0)
    tape.end("check", outcome, 13.0, message)
    return tape.finish(outcome, 13.0)


def broken_check(outcome: str = "failed", **cause: Any) -> list[Record]:
    """Return the journal of a check whose warm boot a migration breaks; `passed` where that was expected."""
    scenario = "check"
    tape = Tape(scenario)
    tape.begin(scenario)
    tape.boot(scenario, 1, "warm", 0.2, ["server"])
    tape.starts(scenario, "server", 0.3)
    tape.crash(scenario, "server", 0.8)
    about = {"scenario": scenario, "service": "server", "number": 1}
    tape.add(0.8, "service.failed", **about, verdict="failed", reason=REASON)
    tape.booted(scenario, 1, "warm", 1.1, failed_result(**cause))
    message = "warm boot: expected ready, got failed"
    tape.end(scenario, outcome, 2.1, message if outcome == "failed" else "")
    return tape.finish(outcome, 2.2)

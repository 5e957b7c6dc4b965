"""What a journal tells, folded into the present state of its run: what is shown while it is under way.

Each kind of record has a method of its own, `_on_` and the kind: in `Story` where it concerns the run, in `Tale`
where it concerns a scenario, in `Container` where it concerns a container.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.journal import Record
from harness.outcome import Outcome, Verdict
from harness.report.model import Result, label_of
from harness.report.reading import notes_of, result_of


class _Told:
    """Something that records tell about."""

    def hear(self, record: Record) -> None:
        """Take in a record; one of a kind that says nothing here changes nothing."""
        method = getattr(self, f"_on_{record.kind.replace('.', '_')}", None)
        if method is not None:
            method(record)


@dataclass
class Container(_Told):
    """One container of a service, as it stands."""

    label: str
    state: str = "waiting"
    """waiting, starting, running, crashed, ready, stable, done, stopped, or the verdict that it failed with."""
    since: float = 0.0
    """Since when it is in this state, in seconds since the start of the run."""
    crashes: int = 0
    said: str = ""
    """What it said last when it crashed or was probed in vain."""
    requires: tuple[str, ...] = ()
    deadline: str = ""
    """How long a life may take to become ready, as the sum that it is: `63 s = ...`."""
    failed: bool = False

    def _become(self, state: str, record: Record) -> None:
        if state != self.state:
            self.state, self.since = state, record.elapsed

    def _on_container_start(self, record: Record) -> None:
        self.crashes, self.said, self.failed = 0, "", False
        self.requires, self.deadline = tuple(record.data["requires"]), record.data["deadline"]
        self._become("starting", record)

    def _on_life_started(self, record: Record) -> None:
        self._become("running", record)

    def _on_life_exited(self, record: Record) -> None:
        self.crashes += 1
        self.said = record.data["said"] or f"exit code {record.data['code']}"
        self._become("crashed", record)

    def _on_probe_failed(self, record: Record) -> None:
        self.said = record.data["output"] or self.said

    def _on_service_ready(self, record: Record) -> None:
        self.crashes = record.data["exits"] - record.data["completed"]
        self._become("done" if record.data["completed"] else "ready", record)

    def _on_service_stable(self, record: Record) -> None:
        if self.state == "ready":
            self._become("stable", record)

    def _on_service_failed(self, record: Record) -> None:
        self.failed, self.said = True, record.data["reason"]
        self._become(record.data["verdict"], record)

    def _on_container_retired(self, record: Record) -> None:
        self._become("stopped", record)


Key = tuple[str, int]
"""A container: the service's name, and the container's number."""


@dataclass
class Tale(_Told):
    """One scenario, as it stands."""

    name: str
    project: str = ""
    services: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What to know beforehand; first where the migrations are, and how they were recognised."""
    began: float = 0.0
    step: str = ""
    containers: dict[Key, Container] = field(default_factory=dict)
    results: dict[tuple[int, Key], Result] = field(default_factory=dict)
    """Of each boot, by its number, what became of each container."""
    broken: Result | None = None
    """The result that says that a boot failed in the present step, expected or not; None while none did."""
    outcome: Outcome | None = None
    """None while it is under way."""
    seconds: float = 0.0

    def hear(self, record: Record) -> None:
        """Take in a record, and let the container that it is about take it in, too."""
        super().hear(record)
        if record.kind.startswith(("container.", "life.", "probe.", "service.")):
            key = (record.data["service"], record.data["number"])
            self.containers.setdefault(key, Container(label_of(*key))).hear(record)

    def _on_scenario_started(self, record: Record) -> None:
        self.began, self.project = record.elapsed, record.data["project"]
        self.services, self.notes = tuple(record.data["services"]), tuple(notes_of(record.data))

    def _on_step_started(self, record: Record) -> None:
        self.step, self.broken = record.data["text"], None

    def _on_boot_started(self, record: Record) -> None:
        for service in record.data["services"]:
            self.containers.setdefault((service, 1), Container(service, since=record.elapsed))

    def _on_boot_finished(self, record: Record) -> None:
        results = [result_of(document) for document in record.data["results"]]
        for result in results:
            self.results[record.data["boot"], (result.service, result.number)] = result
        self.broken = next((result for result in results if result.verdict is not Verdict.READY), None)

    def _on_scenario_finished(self, record: Record) -> None:
        self.outcome, self.seconds = Outcome(record.data["outcome"]), record.data["seconds"]

    @property
    def expected_failures(self) -> list[Result]:
        """The results that say that a boot failed as it was expected to."""
        blamed = None if self.outcome is Outcome.PASSED else self.broken
        return [one for one in self.results.values() if one.verdict is not Verdict.READY and one != blamed]


@dataclass
class Story(_Told):
    """A run, as it stands."""

    id: str = ""
    engine: Mapping[str, str] = field(default_factory=dict)
    compose: str = ""
    tales: dict[str, Tale] = field(default_factory=dict)
    seconds: float = 0.0
    cancelled: str = ""
    """The signal that cancelled it."""

    @classmethod
    def of(cls, records: Iterable[Record]) -> Story:
        """Return what all `records` tell."""
        story = cls()
        for record in records:
            story.hear(record)
        return story

    def hear(self, record: Record) -> None:
        """Take in the next record."""
        self.seconds = record.elapsed
        super().hear(record)
        if name := record.data.get("scenario"):
            self.tales.setdefault(name, Tale(name)).hear(record)

    def _on_run_started(self, record: Record) -> None:
        data = record.data
        self.id, self.engine, self.compose = data["id"], data["engine"], data["compose"]
        self.tales = {name: Tale(name) for name in data["scenarios"]}

    def _on_cancelled(self, record: Record) -> None:
        self.cancelled = record.data["signal"]

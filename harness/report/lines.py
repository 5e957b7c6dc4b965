"""Progress in plain lines, where no terminal shows it: one line for each event that a person cares about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from harness.journal import Record
from harness.report.model import label_of
from harness.report.story import Container, Story, Tale
from harness.report.summary import as_expected
from harness.report.text import clean, exited, plural, shorten

_LONGEST = 200
"""Characters of one line's text: a log line can be anything."""
_WIDEST_NAME = 25
_US = "bootsmoke"
_TOLD_BY_OTHERS = ("cold boot", "warm boot", "unchanged")
"""Steps of which `boot.started` and `drift` tell more."""
_OF_THE_ENGINE = {
    "engine.lost": "the engine's event stream broke off: connecting again",
    "engine.reconnected": "the engine answers again",
}


class Lines:
    """A journal's listener that writes lines such as `  1.62s  server    ready (0.41 s after start)`."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._story = Story()

    def __call__(self, record: Record) -> None:
        """Write what there is to say about a record."""
        before = self._before(record)
        self._story.hear(record)
        for who, text in self._said(record, before):
            self._write(self._line(record, who, text))

    def _before(self, record: Record) -> Container | None:
        """Return a copy of the container that a record is about, as it was before it."""
        tale = self._story.tales.get(str(record.data.get("scenario")))
        key = (str(record.data.get("service")), int(record.data.get("number", 1)))
        found = tale.containers.get(key) if tale else None
        return Container(**vars(found)) if found else None

    def _line(self, record: Record, who: str, text: str) -> str:
        tales = self._story.tales.values()
        services = [service for tale in tales for service in tale.services]
        columns = [_column(who, [*services, *(tale.name for tale in tales), _US])]
        if len(tales) > 1:
            scenario = str(record.data.get("scenario", _US))
            columns = [
                _column(scenario, [*(tale.name for tale in tales), _US]),
                _column("" if who == scenario else who, services),
            ]
        return "  ".join([f"{record.elapsed:7.2f}s", *columns, shorten(clean(text), _LONGEST)])

    def _said(self, record: Record, before: Container | None) -> Iterator[tuple[str, str]]:
        """Yield who says what: a container, a scenario, or bootsmoke itself."""
        data = record.data
        tale = self._story.tales.get(str(data.get("scenario")))
        if tale is None:
            yield from ((_US, text) for text in _of_run(record, self._story))
        elif record.kind.startswith(("container.", "life.", "service.")):
            who = label_of(data["service"], data["number"])
            yield from ((who, text) for text in _of_container(record, before, tale))
        else:
            yield from ((tale.name, text) for text in _of_scenario(record, tale))


def _column(text: str, all_texts: Iterable[str]) -> str:
    """Return a text as wide as the widest of its column."""
    width = min(_WIDEST_NAME, max(map(len, all_texts), default=0))
    return f"{shorten(clean(text), width):<{width}}"


def _of_run(record: Record, story: Story) -> Iterator[str]:
    data = record.data
    match record.kind:
        case "run.started":
            engine = f"engine {story.engine['version']} at {story.engine['address']}"
            yield f"run {story.id}: {engine}, Compose {story.compose}"
        case "swept":
            yield f"removed {plural(data['removed'], 'leftover')} of dead run {data['run']}"
            yield from (f"left behind by dead run {data['run']}: {item}" for item in data["left"])
        case "warning":
            yield f"warning: {data['text']}"
        case "cancelled":
            yield f"cancelled by {data['signal']}: cleaning up"


def _of_scenario(record: Record, tale: Tale) -> Iterator[str]:
    data = record.data
    match record.kind:
        case "scenario.started":
            yield from (f"note: {note}" for note in tale.notes)
        case "step.started" if not data["text"].startswith(_TOLD_BY_OTHERS):
            yield data["text"]
        case "boot.started":
            yield f"{data['of']} boot of {', '.join(data['services'])}"
        case "image.pull":
            yield f"pulling {data['image']}"
        case "boot.finished":
            yield _boot_ended(data)
        case "drift":
            yield from (f"changed since {data['since']}: {line}" for line in data["lines"])
            if not data["lines"]:
                yield f"nothing has changed since {data['since']}"
        case "warning":
            yield f"warning: {data['text']}"
        case "engine.lost" | "engine.reconnected":
            yield _OF_THE_ENGINE[record.kind]
        case "fix.proved":
            yield f"a fix of {data['path']} is proved"
        case "kept":
            yield f"containers stay: project {data['project']}"
        case "scenario.finished":
            yield from map(as_expected, tale.expected_failures)
            yield f"{data['outcome']} in {data['seconds']:.1f} s"
            yield from (f"left behind: {item}" for item in data["left_behind"])


def _boot_ended(data: Mapping[str, Any]) -> str:
    if not data["results"]:  # it was not waited for: `until: started`
        return f"{data['of']} boot started in {data['seconds']:.2f} s"
    failed = [result for result in data["results"] if result["verdict"] != "ready"]
    if not failed:
        return f"{data['of']} boot ready in {data['seconds']:.2f} s"
    return f"{data['of']} boot over after {data['seconds']:.2f} s: {failed[0]['service']} {failed[0]['verdict']}"


def _of_container(record: Record, before: Container | None, tale: Tale) -> Iterator[str]:
    data = record.data
    container = tale.containers[data["service"], data["number"]]
    match record.kind:
        case "container.retired":
            yield f"stopped and removed for the warm boot ({data['seconds']:.2f} s)"
        case "container.start":
            yield f"starts; has {container.deadline.partition(' = ')[0]} to become ready"
        case "life.exited":
            killed = ", killed for want of memory" if data["oom"] else ""
            said = f": {data['said']}" if data["said"] else ""
            yield f"{exited(data['code'])}{killed}{said}"
        case "service.ready":
            yield _ready(record, container, before)
        case "service.stable" if container.state == "stable":
            yield f"stable: {data['seconds']:g} s without an exit"
        case "service.failed":
            said = f": {before.said}" if before and before.said else ""
            yield f"{data['verdict']}: {data['reason'].replace(said, '', 1) if said else data['reason']}"


def _ready(record: Record, container: Container, before: Container | None) -> str:
    if container.state == "done":
        return "completed with code 0"
    after = f"{record.elapsed - before.since:.2f} s after start" if before else ""
    if container.crashes:
        return f"ready ({after}); warning: it crashed {_times(container.crashes)} before"
    return f"ready ({after})"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")

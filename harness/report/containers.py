"""The lives of containers, from what a journal tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.journal import Record
from harness.outcome import Verdict
from harness.report.model import Container, Life, Log, Passage, Probe, Row

_KINDS = ("container.", "life.", "probe.", "service.")
_SLACK = 0.1
"""Seconds by which the engine's stamps of a log line and of a start may differ."""
_LATE = 1.0
"""Seconds that the event of an exit may come after it."""


def rows_of(records: Iterable[Record]) -> tuple[Row, ...]:
    """Return a row for each container's place in the stack, in the order in which they first appear."""
    histories: dict[tuple[str, int], _History] = {}
    for record in records:
        if record.kind.startswith(_KINDS):
            key = (record.data["service"], record.data["number"])
            histories.setdefault(key, _History()).hear(record)
    return tuple(Row(*key, containers=tuple(history.containers)) for key, history in histories.items())


class _History:
    """What became of the containers that held one place: each record changes the last one, or its last life."""

    def __init__(self) -> None:
        self.containers: list[Container] = []

    def hear(self, record: Record) -> None:
        data, at = record.data, record.elapsed
        match record.kind:
            case "container.created":
                self._create(data["container"], at)
            case "container.start":
                if not self.containers or self._last.id != data["container"]:
                    self._create(data["container"], at)
                self._change(requires=tuple(data["requires"]), deadline=data["deadline"])
            case "container.operated" if not data["running"]:
                self._end_life(at, stopping=at)
            case "container.retired":
                self._end_life(at, stopping=at - data["seconds"])
                self._change(removed=at)
            case "container.migrations":
                self._change(lives=tuple(_with_migrations(self._lives, data["migrations"], at)))
            case "service.failed":
                self._change(failed=at, verdict=Verdict(data["verdict"]), reason=data["reason"])
            case "life.started":
                self._begin_life(_time_of(record))
            case "life.exited":
                self._exit(data, _time_of(record))
            case "life.log":
                self._change(lives=tuple(_with_log(self._lives, data, at)))
            case _ if self.containers and self._lives:
                self._change_life(**_news_of_a_life(record, self._lives[-1]))

    @property
    def _last(self) -> Container:
        return self.containers[-1]

    @property
    def _lives(self) -> tuple[Life, ...]:
        return self._last.lives

    def _create(self, container: str, at: float) -> None:
        if self.containers and self._last.removed is None:
            self._end_life(at, stopping=at)
            self._change(removed=at)
        self.containers.append(Container(container, at))

    def _begin_life(self, at: float) -> None:
        self._end_life(at, stopping=at)
        self._change(lives=(*self._lives, Life(len(self._lives) + 1, at)))

    def _exit(self, data: Mapping[str, Any], at: float) -> None:
        last = self._lives[-1] if self._lives else None
        if last and last.stopping is not None and at < (last.ended or at) + _LATE:
            return  # the event of an end that the harness itself has brought about
        if last is None or last.ended is not None:  # a life that nobody saw begin
            self._begin_life(at)
        self._change_life(ended=at, exit_code=data["code"], oom=data["oom"], said=data["said"])

    def _end_life(self, at: float, stopping: float) -> None:
        if self.containers and self._lives and self._lives[-1].ended is None:
            self._change_life(ended=at, stopping=stopping)

    def _change(self, **news: Any) -> None:
        self.containers[-1] = replace(self._last, **news)

    def _change_life(self, **news: Any) -> None:
        self._change(lives=(*self._lives[:-1], replace(self._lives[-1], **news)))


def _time_of(record: Record) -> float:
    """Return when that happened which a record tells of; older journals do not say how long ago it was."""
    return round(record.elapsed - float(record.data.get("ago", 0.0)), 4)


def _news_of_a_life(record: Record, life: Life) -> dict[str, Any]:
    data, at = record.data, record.elapsed
    match record.kind:
        case "probe.failed":
            return {"probes": (*life.probes, Probe(at, data.get("probe", ""), passed=False, output=data["output"]))}
        case "probe.passed":
            return {"probes": (*life.probes, *(Probe(at, name, passed=True) for name in data["probes"]))}
        case "service.ready":
            return {"completed": True} if data["completed"] else {"ready": at}
        case "service.stable":
            return {"stable": at}
    return {}


def _with_migrations(lives: Sequence[Life], told: Sequence[Mapping[str, Any]], now: float) -> Iterable[Life]:
    passages = [Passage(now - one["ago"], one["name"]) for one in told]
    for life in lives:
        until = now if life.ended is None else life.ended
        mine = [one for one in passages if life.began - _SLACK <= one.at <= until + _SLACK]
        first = {one.name: one for one in reversed(mine)}  # a log may tell of its begin, and of its end
        once = tuple(one for one in mine if one is first[one.name])
        yield replace(life, migrations=once or life.migrations)


def _with_log(lives: Sequence[Life], data: Mapping[str, Any], now: float) -> Iterable[Life]:
    """Give the log to the life that it is of: the one that ended when it ends, else the last one."""
    ended_ago = data["ended_ago"]
    nearest = lives[-1] if lives else None
    if ended_ago is not None:
        nearest = min(lives, key=lambda life: abs((life.ended or now) - (now - ended_ago)), default=None)
    log = Log(tuple((stream, text) for stream, text in data["lines"]), data["omitted"], data["head"])
    return (replace(life, log=log) if life is nearest else life for life in lives)

"""Reads the steps that boot, and what is expected of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from harness.errors import ScenarioError
from harness.outcome import Verdict
from harness.scenario.model import Boot, BootExpectation, PutFile, Recreate, Until
from harness.scenario.value import Value, Word, each, mapping

_SQLSTATE = re.compile(r"[0-9A-Z]{5}")
_MOST_REPLICAS = 20
_OF_A_CAUSE = ("sqlstate", "migration", "line", "object", "within", "service")
_OF_A_DRIFT = ("migration", "line", "object")


class BootReader:
    """Reads `boot` and `recreate`; `service` and `put` read what the scenario's loader knows of."""

    def __init__(self, service: Callable[[Value], str], put: Callable[[Value], PutFile]) -> None:
        self._service = service
        self._put = put

    def boot(self, value: Value) -> Boot | Recreate:
        """Read a cold boot; a warm one is the force-recreate of what depends on Postgres."""
        fields = value.fields("boot", "scale", "until", "expect")
        until, expect = fields.get("until", _until, Until.READY), self._expectation(fields.entries.get("expect"))
        scale: Mapping[str, int] = fields.get("scale", self._scale, {})
        kind = fields.need("boot", lambda word: word.one_of(["cold", "warm"]))
        _refuse_unseen(fields.entries.get("expect"), until)
        if kind == "warm":
            return Recreate(value.place, scale=scale, until=until, expect=expect)
        if expect.verdict is Verdict.DRIFT:
            raise fields.entries["expect"].error("a cold boot has nothing to drift from", help="`boot: warm` has")
        return Boot(value.place, scale, until, expect)

    def recreate(self, value: Value) -> Recreate:
        """Read a force-recreate of the services that it names."""
        fields = value.fields("recreate", "environment", "image", "put", "scale", "until", "expect")
        until = fields.get("until", _until, Until.READY)
        _refuse_unseen(fields.entries.get("expect"), until)
        return Recreate(
            place=value.place,
            services=fields.need("recreate", self._services),
            environment=fields.get("environment", mapping(Value.source), {}),
            image=fields.get("image", Value.text),
            put=fields.get("put", each(self._put), ()),
            scale=fields.get("scale", self._scale, {}),
            until=until,
            expect=self._expectation(fields.entries.get("expect")),
        )

    def _services(self, value: Value) -> tuple[str, ...]:
        is_list = isinstance(value.content, tuple)
        return each(self._service, least=1)(value) if is_list else (self._service(value),)

    def _scale(self, value: Value) -> dict[str, int]:
        entries = value.entries().items()
        for name, item in entries:
            self._service(Value(item.key, "a service", item.key, Word(name)))
        return {name: item.integer(1, _MOST_REPLICAS) for name, item in entries}

    def _expectation(self, value: Value | None) -> BootExpectation:
        if value is None:
            return BootExpectation()
        fields = value.fields("verdict", *_OF_A_CAUSE)
        verdict = fields.get("verdict", lambda word: Verdict(word.one_of(Verdict)), Verdict.READY)
        told = {Verdict.READY: (), Verdict.DRIFT: _OF_A_DRIFT}.get(verdict, _OF_A_CAUSE)
        for name in fields.entries:
            if name != "verdict" and name not in told:
                raise _senseless(name, verdict, fields.entries[name])
        return BootExpectation(
            verdict=verdict,
            service=fields.get("service", self._service),
            sqlstate=fields.get("sqlstate", _sqlstate),
            migration=fields.get("migration", _file_name),
            line=fields.get("line", lambda line: line.integer(1, 10_000_000)),
            object=fields.get("object", Value.text),
            within=fields.get("within", Value.seconds),
        )


def _senseless(name: str, verdict: Verdict, value: Value) -> ScenarioError:
    if verdict is Verdict.READY:
        message = f"`{name}` is about a boot that fails, and this one is expected to be ready"
        return ScenarioError(message, place=value.key, help="expect `verdict: failed`")
    message = f"`{name}` is about a boot that fails, and a boot that drifts passes"
    return ScenarioError(message, place=value.key, help=f"of a drift one can expect {', '.join(_OF_A_DRIFT)}")


def _refuse_unseen(expect: Value | None, until: Until) -> None:
    if expect is not None and until is Until.STARTED:
        message = "nothing can be expected of a boot that is not waited for"
        raise ScenarioError(message, place=expect.key, help="leave out `until: started`, or `expect`")


def _until(value: Value) -> Until:
    return Until(value.one_of(Until))


def _sqlstate(value: Value) -> str:
    """Return the code as it is written: 42710 is a number to YAML, and 2E000 another."""
    code = value.source()
    if not _SQLSTATE.fullmatch(code):
        raise value.wrong("five digits or capital letters such as 42P10")
    return code


def _file_name(value: Value) -> str:
    name = value.text()
    if not name or "/" in name:
        raise value.wrong("the name of a file, without its folder")
    return name

"""The JSON Schema of scenario.yaml, by which editors complete, describe and check it.

It knows the structure alone: what the reader refuses for deeper reasons (a file that is not there, a snapshot that
no step takes) passes. In return it refuses nothing that the reader takes, but for words of a fixed set, such as a
verdict, that come from a variable: these have to be written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.outcome import Verdict
from harness.scenario.model import Action, Until
from harness.scenario.read_checks import METHODS
from harness.scenario.steps import LOCK_MODES

Schema = dict[str, Any]

_DURATION = r"^\s*([0-9]+(\.[0-9]*)?(ms|us|µs|ns|h|m|s))+\s*$|\$\{"
_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
_CHECKS = ("http", "sql", "exec", "logs")
_ACTIONS = {
    Action.START: "Start what was stopped or killed of this service, and wait until it is ready.",
    Action.STOP: "Stop the containers of this service; none of it counts as a failure.",
    Action.KILL: "Kill the containers of this service; none of it counts as a failure.",
    Action.PAUSE: "Freeze the containers of this service.",
    Action.UNPAUSE: "Let the frozen containers of this service go on, and wait until they are ready.",
    Action.RESTART: "Stop and start the same containers of this service, and wait until they are ready.",
}


def schema() -> Schema:
    """Return the schema, of draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "bootsmoke scenario",
        **_scenario(),
        "$defs": {
            "put": _put(),
            "expectation": _expectation(),
            "check": {"description": "A step that looks at the stack.", "oneOf": _refs(_CHECKS)},
            "step": {"description": "A step does one thing.", "oneOf": _refs(_steps())},
            **_steps(),
        },
    }


# The file.


def _scenario() -> Schema:
    properties = {
        "about": _text("What the scenario holds, in a sentence."),
        "compose": _compose(),
        "service": _text("The service whose migrations are looked at, and which answers requests."),
        "services": _list(_text("A service."), "Boot these and what they depend on; all, when it is left out."),
        "migrations": _text("Where the ladder is, when it is neither in a build context nor mounted."),
        "variables": _mapping(
            _scalar("Its value; `random` is a fresh secret at each run, never printed."),
            "Names for ${name} in the steps and in the environment of `compose`.",
            names=_NAME,
        ),
        "put": _list({"$ref": "#/$defs/put"}, "Files put into a service's containers between create and start."),
        "stability": _duration("How long green has to last without an exit.", zero=True),
        "timeout": _duration("How long one life may take to become ready; else what the healthcheck adds up to."),
        "steps": _list({"$ref": "#/$defs/step"}, "What happens, in order; first comes `boot: cold`.", least=1),
    }
    return _object("One scenario of bootsmoke.", properties, required=("compose", "steps"))


def _compose() -> Schema:
    properties = {
        "files": _list(_text("A compose file."), "Compose files, from the scenario's folder.", least=1),
        "profiles": _list(_text("A profile."), "Profiles of Compose that are on."),
        "env_files": _list(_text("A file."), "Files with the environment that Compose interpolates."),
        "environment": _mapping(_scalar("Its value."), "The environment that Compose interpolates."),
    }
    return _object("What Compose is given to resolve.", properties, required=("files",))


def _put() -> Schema:
    properties = {
        "service": _text("Into whose containers."),
        "file": _text("The file, from the scenario's folder."),
        "to": _text("Its absolute path in the container.") | {"pattern": r"^(/|\$\{)"},
    }
    return _object("A file that is put into a container between create and start.", properties, required=properties)


# The steps.


def _steps() -> dict[str, Schema]:
    return {
        "boot": _boot(),
        "recreate": _recreate(),
        "http": _http(),
        "sql": _sql(),
        "exec": _exec(),
        "logs": _logs(),
        **{action: _operate(action) for action in Action},
        **_snapshots(),
        "eventually": _eventually(),
        "hold": _hold(),
        "parallel": _parallel(),
    }


def _boot() -> Schema:
    properties = {
        "boot": _words(
            ("cold", "warm"),
            "cold: wipe everything and boot on nothing; warm: force-recreate what depends on Postgres.",
        ),
        **_of_boots(),
    }
    return _object("Boot the stack, and judge how that ends.", properties, required=("boot",))


def _recreate() -> Schema:
    properties = {
        "recreate": _one_or_more("A service.", "The services that are force-recreated on the volumes as they are."),
        "environment": _mapping(_scalar("Its value."), "Environment for the new containers, from now on."),
        "image": _text("Another image for the new containers."),
        "put": _list({"$ref": "#/$defs/put"}, "Files for the new containers, beside those of the scenario."),
        **_of_boots(),
    }
    return _object("A warm boot of services by name.", properties, required=("recreate",))


def _of_boots() -> dict[str, Schema]:
    number = _integer("How many containers boot at the same moment.", 1, 20)
    return {
        "scale": _mapping(number, "Replicas by service, for this boot."),
        "until": _words(
            Until, "ready: wait for the verdict; started: go on at once, later steps look for themselves."
        ),
        "expect": {
            "$ref": "#/$defs/expectation",
            "description": "What the boot has to end with; ready by default.",
        },
    }


def _expectation() -> Schema:
    code = {"type": ["string", "number"], "pattern": r"^[0-9A-Z]{5}$|\$\{"}
    properties = {
        "verdict": _words(Verdict, "How the boot ends."),
        "sqlstate": {"description": "Of the cause: five digits or capital letters such as 42P10.", **code},
        "migration": _text("The name of the migration's file.") | {"pattern": "^[^/]*$"},
        "line": _integer("The line of the statement to blame.", 1, 10_000_000),
        "object": _text("The constraint, table or other thing that the cause, or the drift, names."),
        "within": _duration("The time from the exit that decided to the named cause."),
        "service": _text("The service whose failure decides."),
    }
    return _object("What a boot has to end with.", properties)


def _http() -> Schema:
    methods = "|".join(METHODS)
    expect = {
        "status": _integer("The status; 200 when it is left out.", 100, 599),
        "json": _mapping({"description": "The value."}, "Dotted path into the answer to what stands there."),
    }
    properties = {
        "http": _text("Method and path, such as `GET /readyz`.") | {"pattern": rf"^({methods}) [/$]|^\$\{{"},
        "service": _text("The service that answers; else the scenario's."),
        "port": _integer("The port in the container, where it publishes several.", 1, 65535),
        "headers": _mapping(
            _scalar("Its value."), "Headers of the request.", names=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
        ),
        "json": {"description": "The body, sent as JSON."},
        "expect": _object("What the answer has to be.", expect),
        "save": _mapping(
            _text("The dotted path of its value in the answer."),
            "Variables that get their values from the answer; never printed.",
            names=_NAME,
        ),
    }
    return _object("A request to a port that a service publishes, sent once.", properties, required=("http",))


def _sql() -> Schema:
    cell = {"description": "A value as psql writes it.", "type": ["string", "number", "boolean", "null"]}
    rows = _list(_list(cell, "A row."), "All rows, in order.")
    properties = {
        "sql": _text("What is run on the stack's Postgres, as the superuser of its image."),
        "database": _text("Another database than the image's own."),
        "expect": _object("What it has to return.", {"rows": rows}, required=("rows",)),
        "save": _text("The variable that gets the first value of the first row.") | {"pattern": rf"{_NAME}|\$\{{"},
    }
    return _object("A query.", properties, required=("sql",))


def _exec() -> Schema:
    expect = {
        "exit": _integer("The exit code; 0 when it is left out.", 0, 255),
        "contains": _text("What its output has to hold."),
    }
    properties = {
        "exec": _text("The service in whose first container it runs."),
        "command": _list(
            _scalar("A word."), "The command's words; there is no shell unless it names one.", least=1
        ),
        "expect": _object("What the command has to end with.", expect),
    }
    return _object("A command in a container.", properties, required=("exec", "command"))


def _logs() -> Schema:
    properties = {
        "logs": _text("The service whose present containers' logs are read."),
        "contains": _one_or_more("A text.", "What has to stand in them."),
        "lacks": _one_or_more("A text.", "What must not stand in them."),
    }
    step = _object("What a service's log holds.", properties, required=("logs",))
    return step | {"anyOf": [{"required": ["contains"]}, {"required": ["lacks"]}]}


def _operate(action: Action) -> Schema:
    properties = {action.value: _text("The service.")}
    if action is Action.KILL:
        pattern = r"^SIG[A-Z0-9]{2,10}$|\$\{"
        properties["signal"] = _text("The signal, such as SIGTERM; else SIGKILL.") | {"pattern": pattern}
    return _object(_ACTIONS[action], properties, required=(action.value,))


def _snapshots() -> dict[str, Schema]:
    allow = _list(_text("A shell pattern of tables."), "Tables whose rows may change.")
    before = {"snapshot": _text("The name under which schema and rows are remembered.")}
    after = {"unchanged": _text("The snapshot that schema and rows are still like."), "allow": allow}
    return {
        "snapshot": _object("Remember schema and rows of every database.", before, required=("snapshot",)),
        "unchanged": _object("Compare with a snapshot.", after, required=("unchanged",)),
    }


def _eventually() -> Schema:
    properties = {
        "eventually": {"$ref": "#/$defs/check", "description": "The check; a request has to be GET or HEAD."},
        "within": _duration("How long it may take; 10 s when it is left out."),
    }
    return _object("A check that is tried again until it passes.", properties, required=("eventually",))


def _hold() -> Schema:
    properties = {
        "hold": _text("The table."),
        "mode": _words(LOCK_MODES, "The lock's mode; ACCESS EXCLUSIVE when it is left out."),
        "steps": _list({"$ref": "#/$defs/step"}, "What happens meanwhile.", least=1),
    }
    return _object("Hold a lock on a table during steps.", properties, required=("hold", "steps"))


def _parallel() -> Schema:
    statuses = _list(_integer("A status.", 100, 599), "The statuses of all requests together, in any order.")
    properties = {
        "parallel": _list({"$ref": "#/$defs/check"}, "The checks.", least=2),
        "expect": _object("What the requests come to together.", {"statuses": statuses}, required=("statuses",)),
    }
    return _object("Checks at the same moment.", properties, required=("parallel",))


# What they are made of.


def _object(description: str, properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    needed = {"required": list(required)} if required else {}
    shape = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {"description": description, **shape, **needed}


def _mapping(values: Schema, description: str, *, names: str = "") -> Schema:
    named = {"propertyNames": {"pattern": names}} if names else {}
    return {"description": description, "type": "object", "additionalProperties": values, **named}


def _list(items: Schema, description: str, *, least: int = 0) -> Schema:
    enough = {"minItems": least} if least else {}
    return {"description": description, "type": "array", "items": items, **enough}


def _text(description: str) -> Schema:
    return {"description": description, "type": "string", "minLength": 1}


def _one_or_more(item: str, description: str) -> Schema:
    return {"description": description, "oneOf": [_text(item), _list(_text(item), description, least=1)]}


def _scalar(description: str) -> Schema:
    return {"description": description, "type": ["string", "number", "boolean"]}


def _words(words: Iterable[str], description: str) -> Schema:
    return {"description": description, "enum": [str(word) for word in words]}


def _integer(description: str, lowest: int, highest: int) -> Schema:
    return {"description": description, "type": "integer", "minimum": lowest, "maximum": highest}


def _duration(description: str, *, zero: bool = False) -> Schema:
    bound = {"minimum": 0} if zero else {"exclusiveMinimum": 0}
    forms = [{"type": "number", **bound}, {"type": "string", "pattern": _DURATION}]
    return {"description": f"{description} Such as 300ms, 5s or 1m30s, or a number of seconds.", "oneOf": forms}


def _refs(names: Iterable[str]) -> list[Schema]:
    return [{"$ref": f"#/$defs/{name}"} for name in names]

"""From the JSON of `docker compose config` to a `Project`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness import files
from harness.compose import limits
from harness.compose.foreign import notes, refuse_foreign_state
from harness.compose.keys import offences
from harness.compose.model import Condition, Dependency, Mount, Project, RestartPolicy, Service
from harness.compose.source import locate
from harness.compose.units import seconds
from harness.engine.model import HealthCheck
from harness.errors import ComposeError

_PULL = {"always": "always", "never": "never"}
"""What `pull_policy` comes to; whatever says "when it is missing or old" is `missing`, what is built is `never`."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """All that Compose told of one project."""

    model: Mapping[str, Any]
    hashes: Mapping[str, str]
    variables: Mapping[str, str]
    """What Compose interpolated from: the environment and the env files."""
    files: tuple[Path, ...]
    directory: Path
    compose_version: str
    warnings: tuple[str, ...] = ()


def parse_project(resolved: Resolved) -> Project:
    """Return the project; ComposeError for the first key, mount or volume that cannot be carried out."""
    model = resolved.model
    _refuse_unknown(resolved)
    if not model.get("services"):
        raise ComposeError(
            "no service is active",
            place=locate(resolved.files, "services"),
            help="declare one under `services:`, or activate a profile with --profile",
        )
    images = built_images(model)
    project = Project(
        name=model["name"],
        files=resolved.files,
        directory=resolved.directory,
        services={name: _service(name, value, resolved, images) for name, value in model["services"].items()},
        networks={key: value or {} for key, value in (model.get("networks") or {}).items()},
        volumes={key: value or {} for key, value in (model.get("volumes") or {}).items()},
        secrets=_with_contents("secrets", resolved),
        configs=_with_contents("configs", resolved),
        compose_version=resolved.compose_version,
        variables=resolved.variables,
    )
    refuse_foreign_state(project)
    return replace(project, notes=(*resolved.warnings, *notes(project)))


def _refuse_unknown(resolved: Resolved) -> None:
    for path, advice in offences(resolved.model):
        raise ComposeError(f"{path} is not carried out", place=locate(resolved.files, path), help=advice)


def built_images(model: Mapping[str, Any]) -> dict[str, str]:
    """Return our own tag for each image that is built, by service (`service NAME`) and by the file's own tag.

    A build never moves the file's tag; other services that run the same tag run what was built. The tag tells
    what is built apart, too: two projects of one name, from two folders, must not run each other's images.
    """
    tags: dict[str, str] = {}
    for name, service in model["services"].items():
        if service.get("build"):
            what = json.dumps([service["build"], service.get("platform")], sort_keys=True)
            digest = hashlib.sha256(what.encode()).hexdigest()[:8]
            tag = f"bootsmoke/{model['name']}-{name}:{digest}".lower()
            tags[f"service {name}"] = tag
            if service.get("image"):
                tags.setdefault(service["image"], tag)
    return tags


def _service(name: str, value: Mapping[str, Any], resolved: Resolved, images: Mapping[str, str]) -> Service:
    image = value.get("image", "")
    built = images.get(f"service {name}") or images.get(image)
    policy = limits.restart_policy(value)
    check = value.get("healthcheck") or {}
    disabled = bool(check.get("disable")) or check.get("test") == ["NONE"]
    _refuse_idle_start_interval(name, check, resolved)
    return Service(
        name=name,
        image=built or image,
        config=_with_seccomp(name, value, resolved),
        config_hash=resolved.hashes.get(name, ""),
        build=value.get("build"),
        depends_on=tuple(_dependencies(value)),
        restart=RestartPolicy(policy["Name"] or "no", policy["MaximumRetryCount"]),
        replicas=_replicas(value),
        healthcheck=_healthcheck(check) if check and not disabled else None,
        healthcheck_disabled=disabled,
        environment={key: text for key, text in (value.get("environment") or {}).items() if text is not None},
        mounts=tuple(_mounts(value)),
        stop_grace=seconds(value.get("stop_grace_period", "10s")),
        platform=value.get("platform") or resolved.variables.get("DOCKER_DEFAULT_PLATFORM") or None,
        pull_policy="never" if built else _PULL.get(value.get("pull_policy", ""), "missing"),
    )


def _refuse_idle_start_interval(service: str, check: Mapping[str, Any], resolved: Resolved) -> None:
    """Refuse what the engine would ignore (moby#48874), as Compose does when it creates."""
    if check.get("start_interval") and not check.get("start_period"):
        path = f"services.{service}.healthcheck.start_interval"
        raise ComposeError(
            f"{path} has no effect without a start_period",
            place=locate(resolved.files, path),
            help="set healthcheck.start_period too",
        )


def _dependencies(value: Mapping[str, Any]) -> Iterator[Dependency]:
    for name, entry in sorted((value.get("depends_on") or {}).items()):
        yield Dependency(
            name,
            Condition(entry["condition"]),
            required=entry.get("required", True),
            restart=entry.get("restart", False),
        )


def _replicas(value: Mapping[str, Any]) -> int:
    replicas = (value.get("deploy") or {}).get("replicas", 1)
    return int(value.get("scale", replicas))


def _healthcheck(check: Mapping[str, Any]) -> HealthCheck:
    """Read a healthcheck; `test` is empty when the image's own is meant and only its timing changed."""
    return HealthCheck(
        test=tuple(check.get("test") or ()),
        interval=seconds(check.get("interval", "30s")),
        timeout=seconds(check.get("timeout", "30s")),
        start_period=seconds(check.get("start_period", "0s")),
        retries=int(check.get("retries", 3)),
    )


def _mounts(value: Mapping[str, Any]) -> Iterator[Mount]:
    for volume in value.get("volumes") or []:
        yield Mount(
            type=volume["type"],
            target=volume["target"],
            source=volume.get("source"),
            read_only=bool(volume.get("read_only")),
        )


def _with_seccomp(name: str, value: Mapping[str, Any], resolved: Resolved) -> Mapping[str, Any]:
    """Put seccomp profiles in place of the names of their files, as Compose does when it creates."""
    options = value.get("security_opt")
    if not options:
        return value
    return {**value, "security_opt": [_security_option(name, option, resolved) for option in options]}


def _security_option(service: str, option: str, resolved: Resolved) -> str:
    key, separator, file = option.replace(":", "=", 1).partition("=")
    if key != "seccomp" or not separator or file in ("unconfined", "builtin"):
        return option
    try:
        profile = json.loads(files.read(resolved.directory / file, files.MIB))
    except (OSError, ValueError, RecursionError) as error:
        place = locate(resolved.files, f"services.{service}.security_opt")
        raise ComposeError(f"the seccomp profile {file} cannot be read: {error}", place=place) from error
    return f"seccomp={json.dumps(profile, separators=(',', ':'))}"


def _with_contents(kind: str, resolved: Resolved) -> Mapping[str, Mapping[str, Any]]:
    """Fill in the content of secrets or configs that come from a variable: Compose leaves it out of its model."""
    filled = {}
    for key, definition in (resolved.model.get(kind) or {}).items():
        variable = definition.get("environment")
        if variable and variable not in resolved.variables:
            raise ComposeError(
                f"{kind}.{key} needs the variable {variable}, which is not set",
                place=locate(resolved.files, f"{kind}.{key}.environment"),
                help=f"set {variable} in the environment or in .env",
            )
        _refuse_missing_file(f"{kind}.{key}.file", definition.get("file"), resolved)
        filled[key] = {**definition, "content": resolved.variables[variable]} if variable else definition
    return filled


def _refuse_missing_file(path: str, file: str | None, resolved: Resolved) -> None:
    if file and not Path(file).exists():
        raise ComposeError(
            f"{path} names {file}, which does not exist",
            place=locate(resolved.files, path),
            help="create the file, or correct the path",
        )

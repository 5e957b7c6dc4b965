"""What a container sees of volumes, host paths, secrets and configs (Compose's buildContainerVolumes)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.compose.binary import parse_version
from harness.compose.fragment import Fragment, Scope
from harness.compose.labels import resource_labels
from harness.compose.model import Project, Service
from harness.compose.naming import Naming

_RECURSIVE = {
    "disabled": "NonRecursive",
    "writable": "ReadOnlyNonRecursive",
    "readonly": "ReadOnlyForceRecursive",
}
_FOLDERS = {"secrets": "/run/secrets/", "configs": "/"}


def volumes(value: Sequence[Mapping[str, Any]], scope: Scope) -> Fragment:
    """Carry out `volumes`: in the older `Binds` where they suffice, as Compose does, else in `Mounts`."""
    binds, mounts = [], []
    for volume in value:
        if _needs_mount(volume, scope.project):
            mounts.append(_mount(volume, scope))
        else:
            binds.append(_bind(volume, scope))
    return {"HostConfig": {"Binds": binds, "Mounts": mounts}}


def _needs_mount(volume: Mapping[str, Any], project: Project) -> bool:
    """Whether the engine can be told of it in `Mounts` alone; `Binds` alone creates a missing host folder."""
    options = volume.get(volume["type"])
    if volume["type"] == "bind":
        return options is not None and (
            not _creates_host_path(options, project) or bool(options.get("propagation") or options.get("recursive"))
        )
    if volume["type"] == "volume" and volume.get("source"):
        return any((options or {}).get(key) for key in ("labels", "subpath", "nocopy"))
    return True


def _creates_host_path(options: Mapping[str, Any], project: Project) -> bool:
    """Read `create_host_path`: Compose leaves out `false` before version 5, and `true` from then on."""
    absent = parse_version(project.compose_version) >= (5, 0)
    return bool(options.get("create_host_path", absent))


def _source(volume: Mapping[str, Any], naming: Naming) -> str:
    source: str = volume.get("source") or ""
    return naming.volume(source) if volume["type"] == "volume" and source else source


def _bind(volume: Mapping[str, Any], scope: Scope) -> str:
    options = ["ro" if volume.get("read_only") else "rw"]
    selinux = (volume.get("bind") or {}).get("selinux")
    options += [selinux] if selinux else []
    return f"{_source(volume, scope.naming)}:{volume['target']}:{','.join(options)}"


def _mount(volume: Mapping[str, Any], scope: Scope) -> Fragment:
    made: Fragment = {
        "Type": volume["type"],
        "Source": _source(volume, scope.naming),
        "Target": volume["target"],
        "ReadOnly": bool(volume.get("read_only")),
        "Consistency": volume.get("consistency"),
        **_options(volume, scope.project),
    }
    return {name: value for name, value in made.items() if value is not None and value != ""}


def _options(volume: Mapping[str, Any], project: Project) -> Fragment:
    options = volume.get(volume["type"])
    if options is None:
        return {}
    match volume["type"]:
        case "bind":
            recursive = _RECURSIVE.get(options.get("recursive", ""))
            made: Fragment = {"CreateMountpoint": _creates_host_path(options, project)}
            made |= {"Propagation": options["propagation"]} if options.get("propagation") else {}
            return {"BindOptions": made | ({recursive: True} if recursive else {})}
        case "volume":
            names = {"nocopy": "NoCopy", "subpath": "Subpath", "labels": "Labels"}
            return {"VolumeOptions": {name: options[key] for key, name in names.items() if options.get(key)}}
        case "tmpfs":
            size, mode = int(options.get("size") or 0), int(options.get("mode") or 0)
            return {"TmpfsOptions": ({"SizeBytes": size} if size else {}) | ({"Mode": mode} if mode else {})}
        case "image":
            return {"ImageOptions": {"Subpath": options["subpath"]} if options.get("subpath") else {}}
    return {}


def tmpfs(value: Sequence[str], _: Scope) -> Fragment:
    """Carry out `tmpfs`: a path, or a path and mount options behind a colon."""
    made = {path: options for path, _, options in (text.partition(":") for text in value)}
    return {"HostConfig": {"Tmpfs": made}}


def volumes_from(value: Sequence[str], scope: Scope) -> Fragment:
    """Carry out `volumes_from`: the first container of another service, with `:ro` or `:rw` behind it."""
    parts = [text.partition(":") for text in value]
    return {
        "HostConfig": {"VolumesFrom": ["".join((scope.naming.container(name), *rest)) for name, *rest in parts]}
    }


def secrets(_: Sequence[Mapping[str, Any]], scope: Scope) -> Fragment:
    """Carry out secrets that are files: read-only bind mounts; those with a content are `container_files`.

    The folder of the latter is an anonymous volume, which goes with the container: no image has that folder, and
    a volume takes files in a read-only container too.
    """
    mounts = _file_mounts("secrets", scope, {"BindOptions": {"CreateMountpoint": False}})
    folder = _FOLDERS["secrets"].rstrip("/")
    if folder not in _taken(scope.service) and any(map(is_secret, container_files(scope.project, scope.service))):
        mounts.insert(0, {"Type": "volume", "Target": folder})
    return {"HostConfig": {"Mounts": mounts}}


def configs(_: Sequence[Mapping[str, Any]], scope: Scope) -> Fragment:
    """Carry out configs that are files: read-only bind mounts; those with a content are `container_files`."""
    return {"HostConfig": {"Mounts": _file_mounts("configs", scope, {})}}


def _file_mounts(kind: str, scope: Scope, options: Fragment) -> list[Fragment]:
    return [
        {"Type": "bind", "Source": definition["file"], "Target": target, "ReadOnly": True, **options}
        for target, definition in _references(kind, scope.project, scope.service)
        if definition.get("file") and target not in _taken(scope.service)
    ]


def _taken(service: Service) -> set[str]:
    return {volume["target"] for volume in service.config.get("volumes") or []}


def is_secret(path: str) -> bool:
    """Whether a path in the container lies in the folder of secrets itself."""
    return path.startswith(_FOLDERS["secrets"]) and "/" not in path.removeprefix(_FOLDERS["secrets"])


def _references(kind: str, project: Project, service: Service) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield where each secret or config of a service stands in its container, and its definition."""
    definitions = project.secrets if kind == "secrets" else project.configs
    for reference in service.config.get(kind) or []:
        yield target_of(kind, reference), definitions[reference["source"]]


def target_of(kind: str, reference: Mapping[str, Any]) -> str:
    """Return the path in the container that a service's reference to a secret or config asks for."""
    target: str = reference.get("target") or reference["source"]
    return target if target.startswith("/") else _FOLDERS[kind] + target


def container_files(project: Project, service: Service) -> dict[str, bytes]:
    """Return the secrets and configs that have a content instead of a file, by their path in the container.

    They are put into the container between create and start.
    """
    return {
        target: definition["content"].encode()
        for kind in _FOLDERS
        for target, definition in _references(kind, project, service)
        if definition.get("content")
    }


def volume_body(project: Project, key: str, naming: Naming) -> Fragment:
    """Return the body of POST /volumes/create."""
    volume = project.volumes[key]
    made: Fragment = {
        "Labels": {**(volume.get("labels") or {}), **resource_labels("volume", key, project, naming)},
        "Driver": volume.get("driver"),
        "DriverOpts": volume.get("driver_opts"),
    }
    return {name: value for name, value in made.items() if value is not None}

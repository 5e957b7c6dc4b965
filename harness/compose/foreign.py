"""What a run must not touch: state that it did not make. Refused where a boot would change it, else replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from harness.compose.model import Mount, Project, Service
from harness.compose.mounts import is_secret, target_of
from harness.compose.source import locate
from harness.errors import ComposeError

DATABASE_FOLDERS = (
    "/bitnami/mariadb",
    "/bitnami/mongodb",
    "/bitnami/mysql",
    "/bitnami/postgresql",
    "/cockroach/cockroach-data",
    "/data/db",
    "/home/postgres/pgdata",
    "/opt/oracle/oradata",
    "/var/lib/cassandra",
    "/var/lib/clickhouse",
    "/var/lib/influxdb",
    "/var/lib/mariadb",
    "/var/lib/mysql",
    "/var/lib/pgsql",
    "/var/lib/postgresql",
    "/var/opt/mssql",
)
"""Where the common database images keep their data."""
_PUBLIC_MODES = ("", "0444", "0644", "444", "644")


def refuse_foreign_state(project: Project) -> None:
    """Raise ComposeError for what a cold boot would have to wipe although the run did not make it."""
    for service in project.services.values():
        for mount in service.mounts:
            _refuse_external_volume(project, service, mount)
            _refuse_database_folder(project, service, mount)
        _refuse_foreign_volumes(project, service)
        for kind, definitions in (("secrets", project.secrets), ("configs", project.configs)):
            _refuse_private_content(project, service, kind, definitions)


def _refuse_external_volume(project: Project, service: Service, mount: Mount) -> None:
    key = mount.source or ""
    if mount.type == "volume" and project.volumes.get(key, {}).get("external"):
        raise ComposeError(
            f"service {service.name} mounts the external volume {key}: a cold boot wipes only what the run made",
            place=locate(project.files, f"volumes.{key}.external"),
            help=f"make it the run's own in an override file (-f): `volumes: {{{key}: !override {{}}}}`",
        )


def _refuse_foreign_volumes(project: Project, service: Service) -> None:
    for other in service.config.get("volumes_from") or []:
        if other.startswith("container:"):
            raise ComposeError(
                f"service {service.name} mounts the volumes of a {other}, which the run did not make",
                place=locate(project.files, f"services.{service.name}.volumes_from"),
                help="declare the other container as a service",
            )


def _refuse_database_folder(project: Project, service: Service, mount: Mount) -> None:
    source = _host_path(project, mount)
    if source is None or mount.read_only or not _holds_database(service, mount.target):
        return
    raise ComposeError(
        f"service {service.name} keeps its database in the host's folder {source}:"
        " a cold boot wipes only what the run made",
        place=locate(project.files, f"services.{service.name}.volumes.<{mount.target}>"),
        help=f"mount a named volume at {mount.target} in an override file (-f); add :ro if it holds no data",
    )


def _host_path(project: Project, mount: Mount) -> str | None:
    """Return the folder outside the run that a mount shows: a bind mount, or a volume made of a device."""
    if mount.type == "bind":
        return mount.source
    options = (
        (project.volumes.get(mount.source or "", {}).get("driver_opts") or {}) if mount.type == "volume" else {}
    )
    device: str | None = options.get("device")
    return device if device and options.get("type") != "tmpfs" else None


def _holds_database(service: Service, target: str) -> bool:
    data = service.environment.get("PGDATA")
    mount = PurePosixPath(target)
    folders = [PurePosixPath(folder) for folder in (*DATABASE_FOLDERS, *([data] if data else []))]
    return any(mount.is_relative_to(folder) or folder.is_relative_to(mount) for folder in folders)


def _refuse_private_content(
    project: Project, service: Service, kind: str, definitions: Mapping[str, Mapping[str, Any]]
) -> None:
    """Refuse what cannot be kept: content is copied in as a file of root's that everybody may read."""
    for reference in service.config.get(kind) or []:
        if not definitions[reference["source"]].get("content"):
            continue
        owner = {str(reference.get(key, "0")) for key in ("uid", "gid")}
        place = locate(project.files, f"services.{service.name}.{kind}")
        if owner != {"0"} or str(reference.get("mode", "")) not in _PUBLIC_MODES:
            raise ComposeError(
                f"{kind} {reference['source']} of service {service.name} asks for an owner or a mode,"
                " which is not carried out",
                place=place,
                help="leave out uid, gid and mode, or use `file:` with a file that has them",
            )
        if service.config.get("read_only") and not is_secret(target_of(kind, reference)):
            raise ComposeError(
                f"{kind} {reference['source']} cannot be copied into the read-only service {service.name}",
                place=place,
                help="use `file:`: it is mounted, not copied",
            )


def notes(project: Project) -> tuple[str, ...]:
    """Say what is carried out in another way than Compose would."""
    return (*_service_notes(project), *_network_notes(project), *_volume_notes(project))


def _service_notes(project: Project) -> Iterator[str]:
    for service in project.services.values():
        name = service.config.get("container_name")
        if name:
            yield f"service {service.name}: container_name {name} is a network alias; the run names its containers"
        for kind, definitions in (("secrets", project.secrets), ("configs", project.configs)):
            for reference in service.config.get(kind) or []:
                asks = any(reference.get(key) for key in ("uid", "gid", "mode"))
                if asks and definitions[reference["source"]].get("file"):
                    yield f"service {service.name}: uid, gid and mode of {kind} {reference['source']} are ignored"
        if str(service.config.get("pull_policy", "")).startswith(("daily", "weekly", "every_")):
            yield f"service {service.name}: pull_policy {service.config['pull_policy']} pulls only what is missing"


def _network_notes(project: Project) -> Iterator[str]:
    for key, network in project.networks.items():
        if network.get("external"):
            yield f"network {key} is external: the run makes one of its own, so that its aliases reach nobody else"
        elif network.get("name") not in (None, f"{project.name}_{key}"):
            yield f"network {key}: its name {network['name']} is not used; the run names its networks"
        subnets = [pool["subnet"] for pool in (network.get("ipam") or {}).get("config") or [] if pool.get("subnet")]
        if subnets:
            yield f"network {key} has a fixed subnet ({', '.join(subnets)}): two runs cannot stand side by side"


def _volume_notes(project: Project) -> Iterator[str]:
    for key, volume in project.volumes.items():
        if volume.get("name") not in (None, f"{project.name}_{key}"):
            yield f"volume {key}: its name {volume['name']} is not used; the run names its volumes"

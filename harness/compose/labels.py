"""Compose's labels, so that `docker compose -p PROJECT ps`, `logs` and `down` work on a run, and the run's own."""

from __future__ import annotations

from harness.compose.model import Project, Service
from harness.compose.naming import LABEL, Naming


def container_labels(
    project: Project, service: Service, number: int, naming: Naming, image_id: str = ""
) -> dict[str, str]:
    """Return the labels of one container; `image_id` is left out while it is not known."""
    depends_on = service.config.get("depends_on") or {}
    dependencies = [
        f"{name}:{entry['condition']}:{str(entry.get('restart', False)).lower()}"
        for name, entry in sorted(depends_on.items())
    ]
    labels = {
        f"{LABEL}.project": naming.project,
        f"{LABEL}.service": service.name,
        f"{LABEL}.oneoff": "False",
        f"{LABEL}.container-number": str(number),
        f"{LABEL}.config-hash": service.config_hash,
        f"{LABEL}.depends_on": ",".join(dependencies),
        f"{LABEL}.version": project.compose_version,
        f"{LABEL}.project.working_dir": str(project.directory),
        f"{LABEL}.project.config_files": ",".join(map(str, project.files)),
    }
    return labels | ({f"{LABEL}.image": image_id} if image_id else {}) | dict(naming.labels)


def resource_labels(kind: str, key: str, project: Project, naming: Naming) -> dict[str, str]:
    """Return the labels of a network or a volume (`kind`) with this key in the compose file."""
    labels = {
        f"{LABEL}.project": naming.project,
        f"{LABEL}.{kind}": key,
        f"{LABEL}.version": project.compose_version,
    }
    return labels | dict(naming.labels)

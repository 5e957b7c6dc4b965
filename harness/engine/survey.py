"""A look at an engine without Docker's SDK: where its data is, and which base images it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

from harness.engine.address import connect
from harness.errors import EngineUnavailableError

STAND_IN = "dev.bootsmoke.image"
"""The label of an image that was built where no registry answered: what it holds, and where that came from."""

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class BaseImage:
    """An image by one of its names."""

    name: str
    stand_in: str
    """What a stand-in was made of; empty for an image that was pulled."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was seen."""

    data_root: str
    images: tuple[BaseImage, ...]


def survey(url: str, *repositories: str) -> Survey:
    """Look at the engine at a unix:// or plain tcp:// address, and at its images from `repositories`.

    `EngineUnavailableError` when it does not answer.
    """
    filters = quote(json.dumps({"reference": list(repositories)}))
    try:
        images = _get(url, f"/images/json?filters={filters}")
        info = _get(url, "/info")
    except (OSError, HTTPException, ValueError) as error:
        raise EngineUnavailableError(f"the engine at {url} cannot be looked at: {error}") from error
    return Survey(info["DockerRootDir"], tuple(sorted(_named(images), key=lambda image: image.name)))


def _named(images: list[Mapping[str, Any]]) -> list[BaseImage]:
    return [
        BaseImage(name, (image["Labels"] or {}).get(STAND_IN, ""))
        for image in images
        for name in image["RepoTags"] or ()
    ]


def _get(url: str, path: str) -> Any:
    connection = connect(url, _SECONDS)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()

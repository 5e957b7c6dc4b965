"""Sees to it that a service's image is there: builds it, pulls it, or finds it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread

from harness.compose.model import Service
from harness.engine.model import ImageState
from harness.engine.protocol import Engine
from harness.errors import ComposeError, NotFoundError
from harness.journal import Journal

_PULL_PAUSE = 0.2
"""Seconds between two looks at what happens while an image is pulled."""


def provide(
    engine: Engine,
    service: Service,
    *,
    build: Callable[[Service], None] | None,
    journal: Journal,
    meanwhile: Callable[[], object],
) -> ImageState:
    """Return a service's image; `build` makes that of one with `build`, `meanwhile` is asked during a pull."""
    if service.build is not None:
        if build is None:
            raise ComposeError(f"service {service.name} has `build`, and nothing here builds")
        build(service)
    elif service.pull_policy == "always" or not _has(engine, service.image):
        if service.pull_policy == "never":
            raise NotFoundError(f"image {service.image} is not there, and pull_policy is never")
        journal.record("image.pull", service=service.name, image=service.image)
        _pull(engine, service, meanwhile)
    return engine.image(service.image)


def _pull(engine: Engine, service: Service, meanwhile: Callable[[], object]) -> None:
    """Pull an image in a thread of its own: it may take minutes, and a cancelled run does not wait for it."""
    pulled = Future[None]()

    def pull() -> None:
        try:
            engine.pull(service.image, platform=service.platform)
        except Exception as error:  # noqa: BLE001 - it is raised where the image is waited for
            pulled.set_exception(error)
        else:
            pulled.set_result(None)

    Thread(target=pull, name=f"pull {service.image}", daemon=True).start()
    while not wait([pulled], timeout=_PULL_PAUSE).done:
        meanwhile()
    pulled.result()


def _has(engine: Engine, reference: str) -> bool:
    try:
        engine.image(reference)
    except NotFoundError:
        return False
    return True

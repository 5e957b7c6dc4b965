"""Sees to it that a service's image is there: builds it, pulls it, or finds it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread

from harness.compose.model import Service
from harness.engine.model import ImageState
from harness.engine.protocol import Engine
from harness.errors import ComposeError, EngineError, EngineUnavailableError, NotFoundError
from harness.journal import Journal

_PAUSE = 0.2
"""Seconds between two looks at what happens while an image is built or pulled."""


def provide(
    engine: Engine,
    service: Service,
    *,
    build: Callable[[Service], None] | None,
    journal: Journal,
    meanwhile: Callable[[], object],
) -> ImageState:
    """Return a service's image; `build` makes that of one with `build`, `meanwhile` is asked while one is made."""
    if service.build is not None:
        if build is None:
            raise ComposeError(f"service {service.name} has `build`, and nothing here builds")
        _meanwhile(f"build {service.name}", lambda: build(service), meanwhile)
    elif service.pull_policy == "always" or not _has(engine, service.image):
        if service.pull_policy == "never":
            raise NotFoundError(
                f"image {service.image} is not there, and pull_policy is never",
                help="build or pull it before, or leave pull_policy out",
            )
        journal.record("image.pull", service=service.name, image=service.image)
        _meanwhile(f"pull {service.image}", lambda: _pull(engine, service), meanwhile)
    return engine.image(service.image)


def _meanwhile(name: str, work: Callable[[], object], look: Callable[[], object]) -> None:
    """Do something in a thread of its own that may take minutes: a run that ends does not wait for it."""
    done = Future[None]()

    def carry_out() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the image is waited for
            done.set_exception(error)
        else:
            done.set_result(None)

    Thread(target=carry_out, name=name, daemon=True).start()
    while not wait([done], timeout=_PAUSE).done:
        look()
    done.result()


def _pull(engine: Engine, service: Service) -> None:
    try:
        engine.pull(service.image, platform=service.platform)
    except EngineUnavailableError:
        raise
    except EngineError as error:
        error.help = "look whether the name is right and its registry is to be reached; a private one wants a login"
        raise


def _has(engine: Engine, reference: str) -> bool:
    try:
        engine.image(reference)
    except NotFoundError:
        return False
    return True

"""Which image is pulled, built or refused: against the scripted API."""

from __future__ import annotations

from pathlib import Path

import pytest

from compose.host.archive import Image, Layer
from compose.host.images import LABEL, POSTGRES, PYTHON, Images, provide_all
from compose.host.python_image import VERSION
from harness.engine.address import EngineAddress
from harness.errors import EngineError, UsageError
from tests.host.scripted_api import ScriptedApi

NAME = "postgres:16-alpine"


def images(api: ScriptedApi, *, may_stand_in: bool = False) -> Images:
    """Return the images of the scripted engine."""
    return Images(EngineAddress(api.url, "DOCKER_HOST"), may_stand_in)


def build(_: Path) -> Image:
    """Make a small stand-in."""
    layer = Layer()
    layer.file("/hello", b"world")
    return Image(layer, {"Labels": {LABEL: "a test"}})


def checkout(root: Path) -> Path:
    """Lay out what the script writes into."""
    wheels = root / "compose/server/wheels"
    wheels.mkdir(parents=True)
    (root / "compose/server/requirements.txt").write_text("starlette\n")
    return root


def test_an_image_that_is_there_is_not_asked_for_again(api: ScriptedApi) -> None:
    """With the image at hand, no registry is waited for."""
    api.images[NAME] = {}
    assert images(api).provide(NAME, NAME, build) == NAME
    assert api.calls == [f"GET /images/{NAME}/json"]


def test_an_image_is_pulled_where_a_registry_answers(api: ScriptedApi) -> None:
    """A registry goes before any stand-in, also on a private engine."""
    api.registry[NAME] = {}
    images(api, may_stand_in=True).provide(NAME, NAME, build)
    assert NAME in api.images
    assert api.loaded == []


def test_a_stand_in_is_built_on_a_private_engine(api: ScriptedApi, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a registry the private engine gets an image of ours, and it is said what that holds."""
    images(api, may_stand_in=True).provide(NAME, NAME, build)
    (archive,) = api.loaded
    assert b"manifest.json" in archive
    assert "no registry answers: built in" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["unreachable", "broken"])
def test_no_stand_in_takes_an_official_name_elsewhere(api: ScriptedApi, how: str) -> None:
    """On anybody else's engine a pull that fails, at once or half-way, is an error that says what to do."""
    if how == "broken":
        api.broken.add(NAME)
    words = {"unreachable": "no such host", "broken": "unexpected EOF"}[how]
    with pytest.raises(EngineError, match=f"cannot pull it: {words}") as caught:
        images(api).provide(NAME, NAME, build)
    assert "docker pull" in caught.value.help
    assert api.loaded == []


def test_the_compose_file_is_told_which_python_there_is(api: ScriptedApi, tmp_path: Path) -> None:
    """With our own Python at hand, Compose's .env says its version."""
    root = checkout(tmp_path)
    api.images |= {NAME: {}, f"python:{VERSION}-slim": {LABEL: "a test"}}
    wheels = root / "compose/server/wheels"
    (wheels / ".stamp").write_text(f"{VERSION}\nstarlette\n")
    provide_all(images(api), {}, root)
    written = (root / "compose/.env").read_text().splitlines()
    assert written[1:] == ([] if VERSION == PYTHON else [f"PYTHON_VERSION={VERSION}"])


def test_official_images_leave_nothing_of_ours_behind(api: ScriptedApi, tmp_path: Path) -> None:
    """With official images, .env and the wheels that served a stand-in go away again."""
    root = checkout(tmp_path)
    api.images |= {f"postgres:{POSTGRES}-alpine": {}, f"python:{PYTHON}-slim": {}}
    (root / "compose/.env").write_text(
        "# Written by `make images`: Docker Compose reads it. The environment goes before it.\nA=1\n"
    )
    wheel = root / "compose/server/wheels/old-1-py3-none-any.whl"
    wheel.write_bytes(b"")
    provide_all(images(api), {}, root)
    assert not (root / "compose/.env").exists()
    assert not wheel.exists()


def test_somebody_elses_env_file_is_not_overwritten(api: ScriptedApi, tmp_path: Path) -> None:
    """A .env that a person wrote stays, and the error says so."""
    root = checkout(tmp_path)
    api.images |= {NAME: {}, f"python:{PYTHON}-slim": {}}
    (root / "compose/.env").write_text("MINE=1\n")
    with pytest.raises(UsageError, match="is not ours"):
        provide_all(images(api), {}, root)
    assert (root / "compose/.env").read_text() == "MINE=1\n"


def test_an_explicit_python_is_that_or_an_error(api: ScriptedApi, tmp_path: Path) -> None:
    """PYTHON_VERSION is never replaced by the interpreter's version in silence."""
    api.images[NAME] = {}
    with pytest.raises(UsageError, match=r"a stand-in can only be this interpreter's") as caught:
        provide_all(images(api, may_stand_in=True), {"PYTHON_VERSION": "3.9"}, checkout(tmp_path))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("version", ["sixteen", "16; rm", "-1"])
def test_a_version_is_a_number(api: ScriptedApi, tmp_path: Path, version: str) -> None:
    """PG is checked before anything is asked of the engine."""
    with pytest.raises(UsageError, match="is not a version"):
        provide_all(images(api), {"PG": version}, checkout(tmp_path))
    assert api.calls == []

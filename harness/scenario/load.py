"""From scenario folders to `Scenario` values; whatever is wrong is a ScenarioError with file, line and column."""

from __future__ import annotations

import posixpath
import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from harness.errors import Place, ScenarioError
from harness.scenario.model import ComposeSource, PutFile, Scenario
from harness.scenario.reader import read, shown_path
from harness.scenario.steps import StepReader
from harness.scenario.value import Value, did_you_mean, each, mapping

FILE = "scenario.yaml"
_MISSPELT = "scenario.yml"
_KEYS = (
    *("about", "compose", "service", "services", "migrations", "variables", "put"),
    *("stability", "timeout", "steps"),
)
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RANDOM = "random"


def load(path: Path) -> Scenario:
    """Return the scenario in a folder, or in a file; its random variables are fresh at each call."""
    return _Loader(_file_of(path)).scenario()


def discover(paths: Sequence[Path]) -> list[Scenario]:
    """Return the scenarios at `paths`: each a scenario's folder or file, or a folder of scenario folders.

    Those of one folder come in the order of their names. ScenarioError when nothing is found, or when two
    scenarios have one name.
    """
    files = list(dict.fromkeys(file.absolute() for path in paths for file in _files_below(path)))
    if not files:
        looked = ", ".join(shown_path(path) for path in paths)
        advice = f"name a folder with a {FILE}, or the folder around such folders"
        raise ScenarioError(f"no scenarios found in {looked}", help=advice)
    scenarios = [load(file) for file in files]
    _refuse_namesakes(scenarios)
    return scenarios


def check_services(scenario: Scenario, names: Collection[str]) -> None:
    """Raise ScenarioError, at its place, for the first service of `scenario` that is not in `names`."""
    for service in _services_of(scenario):
        if service not in names:
            raise ScenarioError(
                f"unknown service `{service}`{did_you_mean(service, names)}",
                place=scenario.mentions.get(service),
                help=f"the compose files have: {', '.join(sorted(names)) or 'none'}",
            )


def _services_of(scenario: Scenario) -> Iterator[str]:
    yield from (name for name in (scenario.service, *scenario.services) if name)
    yield from (put.service for put in scenario.put)
    yield from scenario.mentions


def _file_of(path: Path) -> Path:
    file = path / FILE if path.is_dir() else path
    if file.exists():
        return file
    if file.with_name(_MISSPELT).exists():
        place = Place(shown_path(file.with_name(_MISSPELT)))
        raise ScenarioError(f"a scenario's file is called {FILE}", place=place, help="rename it")
    message = f"this folder has no {FILE}" if path.is_dir() else "no such file or folder"
    raise ScenarioError(message, place=Place(shown_path(path)))


def _files_below(path: Path) -> Iterator[Path]:
    if not path.is_dir() or _is_scenario(path):
        yield _file_of(path)
        return
    try:
        folders = sorted(folder for folder in path.iterdir() if _is_scenario(folder))
    except OSError as error:
        raise ScenarioError(f"cannot look for scenarios: {error}", place=Place(shown_path(path))) from error
    yield from map(_file_of, folders)


def _is_scenario(folder: Path) -> bool:
    return (folder / FILE).exists() or (folder / _MISSPELT).exists()


def _refuse_namesakes(scenarios: Sequence[Scenario]) -> None:
    first: dict[str, Place] = {}
    for scenario in scenarios:
        if scenario.name in first:
            message = f"two scenarios are called {scenario.name}: the other is {first[scenario.name].path}"
            raise ScenarioError(message, place=Place(scenario.place.path), help="rename one of the folders")
        first[scenario.name] = scenario.place


class _Loader:
    """Reads one file; collects what one part of it tells about another."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._folder = file.absolute().parent
        self._variables: dict[str, str] = {}
        self._secrets: set[str] = set()
        self._mentions: dict[str, Place] = {}

    def scenario(self) -> Scenario:
        """Return the scenario; variables and the default service are read before what uses them."""
        root = read(self._file)
        fields = root.fields(*_KEYS)
        self._variables = fields.get("variables", self._read_variables, {})
        service = fields.get("service", self._service)
        steps = StepReader(self._service, service, self._put, self._variables)
        return Scenario(
            name=self._folder.name if self._file.name == FILE else self._file.stem,
            about=fields.get("about", Value.text, ""),
            place=root.place,
            compose=fields.need("compose", self._compose),
            service=service,
            services=fields.get("services", each(self._service), ()),
            migrations=fields.get("migrations", self._path(Path.exists, "file or folder")),
            put=fields.get("put", each(self._put), ()),
            stability=fields.get("stability", lambda value: value.seconds(zero=True)),
            timeout=fields.get("timeout", Value.seconds),
            steps=fields.need("steps", steps.read),
            secrets=frozenset(self._secrets),
            mentions=self._mentions,
        )

    def _read_variables(self, value: Value) -> dict[str, str]:
        return {name: self._variable(name, item) for name, item in value.entries().items()}

    def _variable(self, name: str, value: Value) -> str:
        if not _VARIABLE_NAME.fullmatch(name):
            message = f"`{name}` is no name of a variable: letters, digits and _, no digit first"
            raise ScenarioError(message, place=value.key)
        text = value.source()
        if text != _RANDOM:
            return text
        secret = secrets.token_urlsafe(32)
        self._secrets.add(secret)
        return secret

    def _service(self, value: Value) -> str:
        name = value.text()
        self._mentions.setdefault(name, value.place)
        return name

    def _compose(self, value: Value) -> ComposeSource:
        fields = value.fields("files", "profiles", "env_files", "environment")
        file = self._path(Path.is_file, "file")
        return ComposeSource(
            directory=self._folder,
            files=fields.need("files", each(file, least=1)),
            profiles=fields.get("profiles", each(Value.text), ()),
            env_files=fields.get("env_files", each(file), ()),
            environment=fields.get("environment", self._environment, {}),
        )

    def _environment(self, value: Value) -> Mapping[str, str]:
        return mapping(Value.source)(value.expanded(self._variables))

    def _put(self, value: Value) -> PutFile:
        fields = value.fields("service", "file", "to")
        return PutFile(
            service=fields.need("service", self._service),
            file=fields.need("file", self._path(Path.is_file, "file")),
            to=fields.need("to", _container_path),
            place=value.place,
        )

    def _path(self, exists: Callable[[Path], bool], kind: str) -> Callable[[Value], Path]:
        """Return a reader of paths, relative to the folder, of what is there already."""

        def read_path(value: Value) -> Path:
            written = self._folder / value.text()
            try:
                # The folder without its `..`; the last part stays as it is, should it be a link.
                path = written.parent.resolve() / written.name
                if exists(path):
                    return self._inside(value, path)
            except (OSError, RuntimeError) as error:  # no permission, too long a name, a loop of links
                raise value.error(f"cannot look up {shown_path(written)}: {error}") from error
            message = f"no such {kind}: {shown_path(path)}"
            raise value.error(message, help="paths start at the scenario's own folder")

        return read_path

    def _inside(self, value: Value, path: Path) -> Path:
        """Refuse what leads, links followed, out of the scenario's repository and of the working folder."""
        if any(path.resolve().is_relative_to(home) for home in self._homes):
            return path
        message = f"{shown_path(path)} is outside of the scenario's repository"
        raise value.error(message, help="copy it there, or run bootsmoke in a folder that holds both")

    @cached_property
    def _homes(self) -> tuple[Path, Path]:
        folder = self._folder.resolve()
        repository = next((home for home in (folder, *folder.parents) if (home / ".git").exists()), folder)
        return repository, Path.cwd().resolve()


def _container_path(value: Value) -> str:
    path = value.text()
    if not path.startswith("/") or posixpath.normpath(path) != path or path == "/":
        raise value.wrong("the absolute path of a file in the container, without `.` and `..`")
    return path

"""The guard's settings: `[guard]` in bootsmoke.toml, or `[tool.bootsmoke.guard]` in pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import files
from harness.errors import Place, UsageError
from harness.guard.model import Runner
from harness.guard.rules import RULES
from harness.guard.spelling import meant

_KEYS = ("paths", "style", "runner", "setup", "disabled", "baseline")
_HOMES = (("bootsmoke.toml", ("guard",)), ("pyproject.toml", ("tool", "bootsmoke", "guard")))
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Config:
    """What a project has settled; paths are those in its file, seen from that file's folder."""

    paths: tuple[Path, ...] = ()
    style: str | None = None
    runner: Runner | None = None
    setup: Path | None = None
    disabled: Mapping[str, str] = field(default_factory=dict)
    """Codes of rules, each with the reason why it is switched off."""
    baseline: Path | None = None


def find_config(folder: Path) -> Config:
    """Return the settings of the nearest file in a folder or above it, up to the top of a repository.

    UsageError, with the file and the line, for a file that is no TOML, an unknown key or a value that does not fit.
    """
    for place in (folder, *folder.parents):
        for name, table in _HOMES:
            found = _read(place / name, table)
            if found is not None:
                return found
        if (place / ".git").exists():
            break
    return Config()


def _read(path: Path, table: tuple[str, ...]) -> Config | None:
    try:
        text = files.read(path, files.MIB).decode()
        settings: Any = tomllib.loads(text)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot be read: {error}", place=Place(str(path))) from None
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(path, error) from None
    except RecursionError:
        raise UsageError("nested too deeply", place=Place(str(path))) from None
    for name in table:
        settings = settings.get(name) if isinstance(settings, dict) else None
    return None if settings is None else _Reader(path, text, ".".join(table)).config(settings)


def _no_toml(path: Path, error: tomllib.TOMLDecodeError) -> UsageError:
    at = _AT.search(str(error))
    place = Place(str(path), int(at[1]), int(at[2])) if at else Place(str(path))
    return UsageError(f"no TOML: {_AT.sub('', str(error)).strip()}", place=place)


class _Reader:
    """Reads one table of one file, and says where what does not fit stands."""

    def __init__(self, path: Path, text: str, table: str) -> None:
        self._path = path
        self._lines = text.split("\n")
        self._table = table

    def config(self, settings: Any) -> Config:
        if not isinstance(settings, dict):
            raise UsageError(f"`{self._table}` is no table", place=Place(str(self._path)))
        unknown = next((key for key in settings if key not in _KEYS), None)
        if unknown is not None:
            said = f"unknown key `{unknown}`{meant(unknown, _KEYS)}"
            raise self._error(unknown, said, f"there are {', '.join(_KEYS)}")
        return Config(
            paths=tuple(self._file("paths", each) for each in self._texts(settings)),
            style=self._text(settings, "style"),
            runner=self._runner(settings),
            setup=self._path_of(settings, "setup"),
            disabled=self._disabled(settings),
            baseline=self._path_of(settings, "baseline"),
        )

    def _texts(self, settings: Mapping[str, Any]) -> list[str]:
        found = settings.get("paths", [])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self._error("paths", "`paths` has to be a list of texts", 'such as ["db/migrations"]')
        return found

    def _text(self, settings: Mapping[str, Any], key: str) -> str | None:
        found = settings.get(key)
        if found is not None and not isinstance(found, str):
            raise self._error(key, f"`{key}` has to be a text", "put it between quotes")
        return found

    def _file(self, key: str, text: str) -> Path:
        if not text:
            raise self._error(key, f"`{key}` is empty", "name a path, seen from this file's folder")
        return self._path.parent / text

    def _path_of(self, settings: Mapping[str, Any], key: str) -> Path | None:
        found = self._text(settings, key)
        return None if found is None else self._file(key, found)

    def _runner(self, settings: Mapping[str, Any]) -> Runner | None:
        found = self._text(settings, "runner")
        choices = [runner.value for runner in Runner]
        if found is not None and found not in choices:
            raise self._error("runner", f"there is no runner `{found}`", f"one of {', '.join(choices)}")
        return None if found is None else Runner(found)

    def _disabled(self, settings: Mapping[str, Any]) -> Mapping[str, str]:
        found = settings.get("disabled", {})
        if not isinstance(found, dict):
            raise self._error("disabled", "`disabled` has to be a table", 'such as {LAD205 = "the reason"}')
        for code, reason in found.items():
            if code not in RULES:
                raise self._error(code, f"there is no rule `{code}`", "`bootsmoke explain` lists them")
            if not isinstance(reason, str) or not reason.strip():
                raise self._error(code, f"`{code}` is disabled without a reason", f'{code} = "why it is"')
        return found

    def _error(self, key: str, message: str, advice: str) -> UsageError:
        """Return an error at the line where a key seems to stand: tomllib keeps no places."""
        pattern = re.compile(rf"(^|[\s{{,.\[\"]){re.escape(key)}[\"\]]?\s*(=|\]|\.)")
        line = next((n for n, each in enumerate(self._lines, start=1) if pattern.search(each)), 0)
        return UsageError(f"{self._table}: {message}", place=Place(str(self._path), line), help=advice)

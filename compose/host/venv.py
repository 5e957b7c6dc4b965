"""`python3 compose/host/venv.py FOLDER`: the virtual environment with bootsmoke, its extras and the test tools.

Runs on the machine's own Python, before anything is installed: standard library only.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)
GROUPS = ("test", "lint", "server")


def main(folder: Path) -> int:
    """Make or refresh the environment in `folder`; 2 when this Python cannot."""
    if sys.version_info < OLDEST:
        print(f"venv: Python {OLDEST[0]}.{OLDEST[1]} or later is needed, this is {sys.version.split()[0]}")
        print("  help: name another one: make PYTHON=python3.13 ...")
        return 2
    if importlib.util.find_spec("ensurepip") is None and not install_ensurepip():
        print("venv: this Python cannot make virtual environments (no ensurepip)")
        print("  help: on Debian and Ubuntu, install the package python3-venv")
        return 2
    run(sys.executable, "-m", "venv", str(folder))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    run(*pip, "pip>=25.1")  # the first that knows --group
    groups = [word for group in GROUPS for word in ("--group", group)]
    run(*pip, *groups, "--editable", f".[{','.join(extras())}]")
    return 0


def extras() -> "list[str]":
    """Name all extras of the package."""
    import tomllib  # noqa: PLC0415 -- not there in the old Pythons that are to be told so

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return sorted(project["optional-dependencies"])


def install_ensurepip() -> bool:
    """Install what Debian and Ubuntu split off from Python; False where that is not for us to do."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    install = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "python3-venv"]
    if subprocess.call(install) != 0:
        run("apt-get", "-qq", "update")
        run(*install)
    return True


def run(*command: str) -> None:
    """Run `command` in the checkout; its own words are the error."""
    try:
        subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

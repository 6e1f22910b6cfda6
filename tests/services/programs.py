"""Where the programs are that the tests start; how to install those that are missing."""

import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHT_BROWSERS = (
    "~/.cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "~/Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
PLAYWRIGHT_INSTALL = (sys.executable, "-m", "playwright", "install", "chromium")


class MissingProgramError(Exception):
    """A program is missing and could not be installed; the message says which command installs it."""


@dataclass(frozen=True)
class Program:
    """A program that tests need: how to find it, and what the package managers call it."""

    name: str
    find: Callable[[], Path | None]
    debian: str
    homebrew: str
    """Empty where Playwright's own installer is the better way."""


def find_postgres() -> Path | None:
    """The folder that holds `initdb` and `postgres`, of the newest version."""
    folders = [str(Path(found).resolve().parent) for found in [shutil.which("postgres")] if found]
    for pattern in POSTGRES_FOLDERS:
        folders += sorted(glob.glob(pattern), key=_numbers, reverse=True)
    return next((Path(folder) for folder in folders if _has_programs(folder, "initdb", "postgres")), None)


def find_redis() -> Path | None:
    """A Redis or Valkey server."""
    return _first_on_path(("redis-server", "valkey-server"))


def find_chromium() -> Path | None:
    """What the environment variable CHROMIUM names, else a browser on the PATH, an application, or Playwright's own."""
    if named := os.environ.get("CHROMIUM"):
        return Path(named)
    if (found := _first_on_path(CHROMIUM_NAMES)) and not _is_snap(found):
        return found
    places = [*CHROMIUM_APPLICATIONS, *(os.path.expanduser(pattern) for pattern in PLAYWRIGHT_BROWSERS)]
    return next((Path(path) for pattern in places for path in sorted(glob.glob(pattern), reverse=True)), None)


POSTGRES = Program("PostgreSQL", find_postgres, debian="postgresql", homebrew="postgresql@17")
REDIS = Program("Redis or Valkey", find_redis, debian="redis-server", homebrew="redis")
CHROMIUM = Program("Chromium", find_chromium, debian="chromium", homebrew="")


def find_or_install(program: Program) -> Path:
    """Where the program is, after installing it if need be and if this account may. Raises MissingProgramError."""
    if found := program.find():
        return found
    install([program])
    if found := program.find():
        return found
    raise MissingProgramError(f"{program.name} was installed but is still not found.")


def install(programs: Iterable[Program]) -> None:
    """Install programs by the system's package manager. Raises MissingProgramError with the command for a human."""
    programs = list(programs)
    commands = _install_commands(programs)
    if not _may_install():
        names, lines = ", ".join(program.name for program in programs), " && ".join(map(" ".join, commands))
        raise MissingProgramError(
            f"The tests need {names}. Run: {'sudo sh -c ' + repr(lines) if _is_linux() else lines}"
        )
    for command in commands:
        print("Installing for the tests:", *command, flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command, check=False, stdin=subprocess.DEVNULL, env=environment).returncode:
            raise MissingProgramError(f"This failed: {' '.join(command)}")


def _install_commands(programs: list[Program]) -> list[tuple[str, ...]]:
    """Ubuntu's `chromium` is only a door to its own store, which containers lack: Playwright installs it there."""
    if not _is_linux():
        by_homebrew = [program.homebrew for program in programs if program.homebrew]
        commands = [("brew", "install", *by_homebrew)] if by_homebrew else []
        return commands if CHROMIUM not in programs else [*commands, PLAYWRIGHT_INSTALL]
    by_playwright = CHROMIUM in programs and _is_ubuntu()
    packages = [program.debian for program in programs if not (by_playwright and program is CHROMIUM)]
    commands = [("apt-get", "update", "-qq")]
    if packages:
        commands.append(("apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages))
    return commands if not by_playwright else [*commands, (*PLAYWRIGHT_INSTALL, "--with-deps")]


def _may_install() -> bool:
    if _is_linux():
        return os.geteuid() == 0 and shutil.which("apt-get") is not None
    return shutil.which("brew") is not None


def _is_linux() -> bool:
    return sys.platform == "linux"


def _is_ubuntu() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "ID=ubuntu" in release.read_text().splitlines()


def _is_snap(program: Path) -> bool:
    """Whether this is Ubuntu's stand-in script that only says where to get the browser."""
    with program.open("rb") as file:
        return file.read(2) == b"#!" and b"snap" in file.read(4096)


def _first_on_path(names: Iterable[str]) -> Path | None:
    return next((Path(found) for found in map(shutil.which, names) if found), None)


def _has_programs(folder: str, *names: str) -> bool:
    return all(Path(folder, name).exists() for name in names)


def _numbers(folder: str) -> list[int]:
    return [int(part) for part in "".join(c if c.isdigit() else " " for c in folder).split()]

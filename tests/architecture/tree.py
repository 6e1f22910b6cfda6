"""The project's files, as the rules see them."""

import ast
import functools
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathspec import GitIgnoreSpec

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One file: its path within the project, and its text."""

    path: str
    text: str

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of a Python file."""
        return ast.parse(self.text, self.path)

    @property
    def line_count(self) -> int:
        """How many lines the file has."""
        return len(self.text.splitlines())

    def at(self, line: int, message: str) -> str:
        """A finding, in the form that editors and terminals make a link of."""
        return f"{self.path}:{line}: {message}"


def all_files() -> list[Source]:
    """Every text file that belongs to the project: all but what .gitignore leaves out."""
    return [source for path in _paths() if (source := _read(path))]


def python_files(folder: str) -> list[Source]:
    """The Python files below a folder of the project."""
    return [source for source in all_files() if source.path.startswith(f"{folder}/") and source.path.endswith(".py")]


def package_files() -> list[Source]:
    """The application's Python files, without the migrations, which are written by Alembic and read once."""
    return [source for source in python_files("lti_app") if "/migrations/versions/" not in source.path]


def templates() -> list[Source]:
    """Every HTML template, the practice LMS's own too."""
    return [source for source in all_files() if source.path.endswith(".html") and not source.path.startswith("tests/")]


def rooms() -> list[str]:
    """The packages named after a word of the domain, by their dotted path below the package: course.people."""
    levels = heights()
    return sorted(name for name, level in levels.items() if levels["core"] < level < levels["web"])


def import_contracts() -> list[dict[str, Any]]:
    """The import contracts in pyproject.toml; the first is the one of the street."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["importlinter"]["contracts"])


def heights() -> dict[str, tuple[int, int]]:
    """How high each room stands, by the import contracts: in the street, then in its neighbourhood.

    Neighbours in a layer stand equally high. What is no neighbourhood counts as a room.
    """
    street, *others = import_contracts()
    hoods = {each["containers"][0]: each for each in others if each["name"].startswith("In the neighbourhood")}
    found: dict[str, tuple[int, int]] = {}
    for name, height in _layers(street).items():
        if hood := hoods.get(f"lti_app.{name}"):
            found |= {f"{name}.{room}": (height, within) for room, within in _layers(hood).items()}
        else:
            found[name] = (height, 0)
    return found


def _layers(contract: dict[str, Any]) -> dict[str, int]:
    rows = enumerate(contract["layers"])
    return {name.strip(" ()"): -row for row, layer in rows for name in layer.split("|")}


@functools.cache
def _paths() -> tuple[Path, ...]:
    return tuple(sorted(_walk(ROOT, GitIgnoreSpec.from_lines((ROOT / ".gitignore").read_text().splitlines()))))


def _walk(folder: Path, ignored: GitIgnoreSpec) -> Iterator[Path]:
    for entry in os.scandir(folder):
        name = os.path.relpath(entry.path, ROOT)
        if entry.name == ".git" or ignored.match_file(name + "/" * entry.is_dir()):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), ignored)
        else:
            yield Path(entry.path)


@functools.cache
def _read(path: Path) -> Source | None:
    """The file, or None for what is not text (pictures, archives)."""
    try:
        return Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return None

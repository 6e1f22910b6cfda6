"""Makes private what earlier versions, or other programs, have left open to others on this machine."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE, S_ISLNK

from sqlalchemy.engine import make_url

from lti_app.core.settings import Settings

OTHERS = 0o077
_BESIDE = ("", "-wal", "-shm", ".queue", ".queue-wal", ".queue-shm", ".upgrading")
"""What is stored in and beside the file of an SQLite database."""
_SUBFOLDER, _FILE = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{32}(?:\..*)?")
"""The names in a folder of uploaded files; all else in it is not ours."""


@dataclass(frozen=True)
class OpenPath:
    """A file or folder that others could open when it was looked at."""

    path: Path
    is_private_now: bool


def make_private(settings: Settings) -> list[OpenPath]:
    """Take from others the permission to open the database and uploaded files; answers what was open to them.

    A file of another user stays as it is, since only its owner can change that.
    """
    return [OpenPath(path, is_private_now=_withdraw(path)) for path in _stored_paths(settings) if _mode(path) & OTHERS]


def _stored_paths(settings: Settings) -> Iterator[Path]:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        yield from (Path(f"{url.database}{ending}") for ending in _BESIDE)
    if not settings.files.startswith("s3://"):
        yield from _uploaded_files(Path(settings.files))


def _uploaded_files(folder: Path) -> Iterator[Path]:
    """The subfolders, and what is in those that others may enter; files in a private folder are private."""
    for subfolder in _entries(folder, _SUBFOLDER):
        is_open = _mode(subfolder) & OTHERS
        yield subfolder
        if is_open:
            yield from _entries(subfolder, _FILE)


def _entries(folder: Path, name: re.Pattern[str]) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
    except OSError:
        return []


def _mode(path: Path) -> int:
    """The permissions; 0 where there is nothing, or a link that leads elsewhere."""
    try:
        found = path.lstat().st_mode
    except OSError:
        return 0
    return 0 if S_ISLNK(found) else S_IMODE(found)


def _withdraw(path: Path) -> bool:
    try:
        path.chmod(_mode(path) & ~OTHERS)
    except OSError:
        return False
    return True

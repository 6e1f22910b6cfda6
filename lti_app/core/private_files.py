"""Files and folders that nobody but the user who runs the server can open, whatever the umask of the process."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def create_private_file(path: Path) -> None:
    """Create an empty file for its user alone. Does nothing where there is one already, or where none can be made."""
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def open_new_private_file(path: Path) -> BinaryIO:
    """A new file for its user alone, to be written; raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def create_private_folder(path: Path) -> None:
    """Create a folder, and those above it that are missing, each for its user alone."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)

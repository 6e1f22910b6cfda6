"""Files in a folder of this machine, or of one that all machines share."""

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_KEY = re.compile(r"[0-9a-f]{32}")


class FolderStorage:
    """One file a key, in subfolders by the key's first two characters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, stream: BinaryIO) -> None:
        """Write to a temporary file, then rename it: readers find the whole file or none, even after a power cut."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.part")
        try:
            with draft.open("xb") as file:
                shutil.copyfileobj(stream, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def open(self, key: str) -> BinaryIO:
        """The open file. Raises FileNotFoundError."""
        return self._path(key).open("rb")

    def delete(self, key: str) -> None:
        """Remove the file if it is there."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise FileNotFoundError(key)
        return self._folder / key[:2] / key


def _sync_folder(folder: Path) -> None:
    """Make the new name itself last; not every system lets one do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

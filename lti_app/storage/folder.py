"""Files in a folder of this machine, or of one that all machines share."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from lti_app.core.private_files import create_private_folder, open_new_private_file
from lti_app.library.files.errors import StorageFull, StorageUnavailable

_KEY = re.compile(r"[0-9a-f]{32}")
FULL = (errno.ENOSPC, errno.EDQUOT)


class FolderStorage:
    """One file a key, in subfolders by the key's first two characters; private to the user that runs the server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, stream: BinaryIO) -> None:
        """Write to a temporary file, then rename it: readers find the whole file or none, even after a power cut."""
        path = self._path(key)
        draft = path.with_suffix(f".{os.getpid()}.part")
        with _faults_named():
            create_private_folder(path.parent)
            try:
                with open_new_private_file(draft) as file:
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
        with _faults_named():
            return self._path(key).open("rb")

    def delete(self, key: str) -> None:
        """Remove the file if it is there."""
        with _faults_named():
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise FileNotFoundError(key)
        return self._folder / key[:2] / key


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno is None:  # not from the system, but from the stream that is stored
            raise
        raise (StorageFull if error.errno in FULL else StorageUnavailable) from error


def _sync_folder(folder: Path) -> None:
    """Make the new name itself last; not every system lets one do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

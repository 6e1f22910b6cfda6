"""A storage that fails says so in our own errors, and keeps no half of a file."""

import errno
import io
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from lti_app.core.errors import ColloquyError
from lti_app.library.files.errors import StorageFull, StorageUnavailable
from lti_app.storage.bucket import BucketStorage
from lti_app.storage.folder import FolderStorage
from tests.resilience.processes import free_port

KEY = "0123456789abcdef" * 2
GIVES_UP_WITHIN = 20.0


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EIO, StorageUnavailable)],
)
def test_folder_that_takes_half_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[ColloquyError]
):
    def half(source: Any, target: Any) -> None:
        target.write(source.read(3))
        target.flush()
        raise OSError(number, "as the system says it")

    monkeypatch.setattr(shutil, "copyfileobj", half)
    with pytest.raises(kind):
        FolderStorage(tmp_path).put(KEY, io.BytesIO(b"a whole file"))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "files").write_text("a file in its place")
    storage = FolderStorage(tmp_path / "files")
    with pytest.raises(StorageUnavailable):
        storage.put(KEY, io.BytesIO(b"x"))


def test_bucket_that_does_not_answer():
    about = {"access_key_id": "reader", "secret_access_key": "x", "region": "us-east-1"}
    storage = BucketStorage.at("s3://colloquy", endpoint=f"http://127.0.0.1:{free_port()}", **about)
    began = time.monotonic()
    for call in (lambda: storage.put(KEY, io.BytesIO(b"x")), lambda: storage.open(KEY), lambda: storage.delete(KEY)):
        with pytest.raises(StorageUnavailable):
            call()
    assert time.monotonic() - began < 3 * GIVES_UP_WITHIN

"""Files in an S3-compatible bucket, so that any number of machines serve them."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, S3Store

from lti_app.library.files.errors import StorageUnavailable

if TYPE_CHECKING:
    from obstore import ReadableFile
    from obstore.store import ClientConfig, RetryConfig, S3Config

_KEY = re.compile(r"[0-9a-f]{32}")
READ_AHEAD = 256 * 1024
RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
"""Somebody waits for the answer; the library alone would go on for minutes."""


class BucketStorage:
    """One object a key, below a prefix."""

    def __init__(self, store: ObjectStore, *, prefix: str = "") -> None:
        self._store = store
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @classmethod
    def at(cls, address: str, **options: str) -> "BucketStorage":
        """The bucket at s3://bucket/prefix. What `options` leave out is found where AWS's own tools look for it."""
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        plain = options.get("endpoint", "").startswith("http://")
        given = cast("S3Config", {name: value for name, value in options.items() if value})
        client: ClientConfig = {"timeout": timedelta(seconds=30), "allow_http": plain}
        store = S3Store(bucket, client_options=client, config=given, retry_config=RETRIES)
        return cls(store, prefix=prefix)

    def put(self, key: str, stream: BinaryIO) -> None:
        """Send it in parts; the object appears when all of them have arrived."""
        path = self._path(key)
        with _faults_named():
            obstore.put(self._store, path, stream)

    def open(self, key: str) -> BinaryIO:
        """A stream that fetches only the parts that are read. Raises FileNotFoundError."""
        path = self._path(key)
        try:
            with _faults_named():
                reader = obstore.open_reader(self._store, path, buffer_size=READ_AHEAD)
        except (NotFoundError, FileNotFoundError) as error:
            raise FileNotFoundError(key) from error
        return cast("BinaryIO", io.BufferedReader(_Raw(reader), READ_AHEAD))

    def delete(self, key: str) -> None:
        """Remove the object if it is there."""
        path = self._path(key)
        with suppress(NotFoundError, FileNotFoundError), _faults_named():
            obstore.delete(self._store, path)

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise FileNotFoundError(key)
        return f"{self._prefix}{key}"


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise
    except (BaseError, OSError) as error:
        raise StorageUnavailable from error


class _Raw(io.RawIOBase):
    """The library's reader as Python's own kind of stream."""

    def __init__(self, reader: "ReadableFile") -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the standard library's own stub is wider
        with _faults_named():
            found = bytes(self._reader.read(len(buffer)))
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        if not self.closed:
            self._reader.close()
        super().close()

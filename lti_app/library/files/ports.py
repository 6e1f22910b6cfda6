"""What files need from outside: a place for their bytes."""

from typing import BinaryIO, Protocol


class Storage(Protocol):
    """Stores bytes under opaque keys, which we create and which say nothing about the content.

    Every call may raise StorageUnavailable, and `put` also StorageFull.
    """

    def put(self, key: str, stream: BinaryIO) -> None:
        """Store the whole stream or nothing; it is durable when this returns."""

    def open(self, key: str) -> BinaryIO:
        """A seekable stream, which the caller closes. Raises FileNotFoundError."""

    def delete(self, key: str) -> None:
        """Delete the bytes; does nothing if there are none."""

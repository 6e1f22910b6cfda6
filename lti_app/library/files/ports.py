"""What files need from outside: a place for their bytes."""

from typing import BinaryIO, Protocol


class Storage(Protocol):
    """Keeps bytes under opaque keys. A key is made by us and never says what is in it."""

    def put(self, key: str, stream: BinaryIO) -> None:
        """Keep everything that the stream gives, whole or not at all; lasting when this returns."""

    def open(self, key: str) -> BinaryIO:
        """A seekable stream of it, to be closed. Raises FileNotFoundError where nothing is kept."""

    def delete(self, key: str) -> None:
        """Keep it no longer; nothing happens where nothing was kept."""

"""Reads one request, and refuses what proxies and servers might read in different ways."""

import io
from typing import Any, BinaryIO

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import BadRequest, RequestEntityTooLarge

VERSIONS = ("1.0", "1.1")


class LengthRequired(BadRequest):
    """A body without a length. Browsers, LMSs and proxies that buffer always tell one.

    Without bodies in chunks there is nothing to smuggle by naming two lengths, and nobody can keep the loop busy with
    chunks of a byte.
    """

    code = 411
    reason = "Length Required"


class BrokenBody(io.RawIOBase):
    """A body that could not be kept: whoever reads it gets the error."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def readable(self) -> bool:
        """As a file that is open for reading."""
        return True

    def readinto(self, _buffer: object) -> int:
        """Raise the error."""
        raise self._error


class RequestParser(HTTPRequestParser):
    """A request that is coming in.

    What is too large, or could not be kept for want of room, goes to the application without its body, which answers in
    words of its own; the connection ends then.
    """

    error: Any
    _fault: OSError | None = None
    is_cut_off = False
    """Whether the sender is still sending what nobody will read."""

    def received(self, data: bytes) -> int:
        """Take in what has arrived, and answer how much of it was taken."""
        taken: int = super().received(data)
        if self.headers_finished and not self.error and (self.chunked or "TRANSFER_ENCODING" in self.headers):
            self.error, self.completed = LengthRequired("Transfer-Encoding is not supported"), True
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = None
            self.cut_off(None)
        if self.error:
            self.is_cut_off = True
        return len(data) if self.is_cut_off else taken

    def parse_header(self, header_plus: bytes) -> None:
        """Read the first line and the headers; raises ParsingError."""
        super().parse_header(header_plus)
        host = self.headers.get("HOST")
        if self.version not in VERSIONS:
            raise ParsingError("Version is not supported")
        if (host is None and self.version == "1.1") or (host is not None and set(host) & set(", \t")):
            raise ParsingError("Host is invalid")

    def cut_off(self, fault: OSError | None) -> None:
        """End here: the body is empty, or breaks with this error when it is read."""
        self.close()
        self.body_rcv = None
        self._fault, self.is_cut_off, self.completed = fault, True, True
        self.headers["CONNECTION"] = "close"

    def get_body_stream(self) -> BinaryIO:
        """The body, as a file."""
        stream: BinaryIO = io.BufferedReader(BrokenBody(self._fault)) if self._fault else super().get_body_stream()
        return stream

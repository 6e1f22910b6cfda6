"""A time by which the whole answer to a request must have come, however slowly its pieces arrive.

The limit of a socket begins anew with each piece, so that a byte a second outlasts it: in the headers before anybody
could look at the clock. Here each reading from the socket is given what is left. So is the lookup of a host's name, and
the connecting to each of its addresses, of which there may be any number.
"""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse
from socket import gaierror, socket
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NameResolutionError, NewConnectionError

from lti_app.core.names import NameNotFoundInTime, Resolver

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LOOK_SECONDS = 0.25
"""How often it is asked whether an answer may still be waited for."""


@dataclass(frozen=True)
class _Patience:
    ends: float
    """By the monotonic clock."""
    while_true: Callable[[], bool]


_resolver = Resolver()
_patience: ContextVar[_Patience | None] = ContextVar("patience", default=None)
"""Of the request of this thread."""


@contextmanager
def whole_answer_by(ends: float, *, while_true: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """What is read from answers here is refused with a TimeoutError after `ends`, by the monotonic clock, and sooner
    where `while_true` no longer is.

    It holds for connections of the POOLS.
    """
    token = _patience.set(_Patience(ends, while_true))
    try:
        yield
    finally:
        _patience.reset(token)


class _Pieces(io.RawIOBase):
    """The bytes of an answer as they arrive."""

    def __init__(self, connection: socket, arriving: io.RawIOBase) -> None:
        super().__init__()
        self._connection, self._arriving = connection, arriving
        self._seconds = connection.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        patience = _patience.get()
        if patience is None:
            return self._arriving.readinto(buffer)
        gives_up = patience.ends if self._seconds is None else min(patience.ends, time.monotonic() + self._seconds)
        while True:
            left = gives_up - time.monotonic()
            if left <= 0 or not patience.while_true():
                raise TimeoutError("the answer was not whole in time")
            self._connection.settimeout(min(left, LOOK_SECONDS))
            try:
                # The stream of a socket refuses to go on after a time-out; the socket itself does not.
                return self._connection.recv_into(buffer)
            except TimeoutError:
                continue

    def close(self) -> None:
        self._arriving.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(self, sock: socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        buffered = self.fp
        self.fp = io.BufferedReader(_Pieces(sock, buffered.detach()))


def _connected(connection: HTTPConnection, connect: Callable[[], socket]) -> socket:
    """What `connect` makes for the first of the host's addresses that answers, while there is patience."""
    patience, name, seconds = _patience.get(), connection._dns_host, connection.timeout
    if patience is None or not isinstance(seconds, int | float):
        return connect()
    fault: Exception = ConnectTimeoutError(connection, "no time to connect")
    try:
        for address in _addresses(connection, patience):
            left = patience.ends - time.monotonic()
            if left <= 0 or not patience.while_true():
                break
            connection._dns_host, connection.timeout = address, min(seconds, left)
            try:
                return connect()
            except (ConnectTimeoutError, NewConnectionError) as error:
                fault = error
    finally:
        connection._dns_host, connection.timeout = name, seconds
    raise fault


def _addresses(connection: HTTPConnection, patience: _Patience) -> list[str]:
    """The host's addresses; what is wrong is said as urllib3 says it."""
    name = connection._dns_host
    try:
        return _resolver.addresses(
            name, connection.port, ends=patience.ends, while_true=patience.while_true, look_seconds=LOOK_SECONDS
        )
    except NameNotFoundInTime as error:
        raise ConnectTimeoutError(connection, "the name was not looked up in time") from error
    except gaierror as error:
        raise NameResolutionError(name, connection, error) from error
    except UnicodeError as error:
        raise LocationParseError(f"{name!r}, label empty or too long") from error


class _Connection(HTTPConnection):
    response_class = _Answer

    def _new_conn(self) -> socket:
        return _connected(self, super()._new_conn)


class _SecureConnection(HTTPSConnection):
    response_class = _Answer

    def _new_conn(self) -> socket:
        return _connected(self, super()._new_conn)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
"""What makes the connections of a pool manager of urllib3 keep `whole_answer_by`."""

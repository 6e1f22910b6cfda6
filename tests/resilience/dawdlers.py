"""People who connect and then take their time, in hundreds: each kind holds something else of a web server."""

import selectors
import socket
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

HOST = b"Host: localhost\r\n"
BEGINNINGS: Mapping[str, bytes] = {
    "silent": b"",
    "headers": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-Slow: ",
    "body": b"POST /lti/login HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\niss=",
    "chunks": b"POST /lti/login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "kept": b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
}
"""What each kind sends at once; after that comes a byte a second."""
TRICKLING = frozenset({"headers", "body", "chunks"})
SECOND = 1.0
NARROW = 4096


class Dawdlers:
    """Any number of connections to one server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "localhost", parts.port or 80)
        self._sockets: list[socket.socket] = []
        self._trickling: list[socket.socket] = []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._trickle, daemon=True)
        self._thread.start()

    def come(self, count: int, kind: str) -> None:
        """Let some more of a kind connect and begin."""
        for _ in range(count):
            connection = self._connect()
            connection.sendall(BEGINNINGS[kind])
            if kind in TRICKLING:
                self._trickling.append(connection)

    def read_slowly(self, count: int, path: str, headers: Mapping[str, str]) -> None:
        """Let some ask for something large that they do not read."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        for _ in range(count):
            self._connect().sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())

    def still_there(self) -> int:
        """How many of the connections the server has not closed."""
        with selectors.DefaultSelector() as selector:
            for each in self._sockets:
                selector.register(each, selectors.EVENT_READ)
            readable = [key.fileobj for key, _ in selector.select(0)]
        return len(self._sockets) - sum(_is_closed(each) for each in readable)

    def leave(self) -> None:
        """All go."""
        self._ends.set()
        self._thread.join()
        for each in self._sockets:
            each.close()

    def _connect(self) -> socket.socket:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        connection.settimeout(60)
        connection.connect(self._address)
        self._sockets.append(connection)
        return connection

    def _trickle(self) -> None:
        while not self._ends.wait(SECOND):
            for each in list(self._trickling):
                try:
                    each.send(b"a")
                except OSError:
                    self._trickling.remove(each)


def _is_closed(connection: object) -> bool:
    assert isinstance(connection, socket.socket)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True

"""The loop of one web process, with a small application behind it and a clock that stands still."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from lti_app.server.limits import ConnectionLimits
from lti_app.server.loop import FrontLoop

PATIENCE = 30.0
LARGEST = 1_000_000
Environ = dict[str, Any]


class Guest:
    """Somebody at a socket."""

    def __init__(self, address: tuple[str, int], *, narrow: bool = False) -> None:
        self.socket = socket.socket()
        if narrow:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(address)

    def send(self, data: bytes) -> "Guest":
        self.socket.sendall(data)
        return self

    def ask(self, path: str = "/", headers: str = "", body: bytes = b"", method: str = "GET") -> "Guest":
        return self.send(f"{method} {path} HTTP/1.1\r\nHost: here\r\n{headers}\r\n".encode() + body)

    def rest(self) -> bytes:
        """All that comes until the connection ends; raises TimeoutError if it does not."""
        pieces = []
        try:
            while piece := self.socket.recv(65_536):
                pieces.append(piece)
        except ConnectionError:
            pieces.append(b"(broken off)")
        return b"".join(pieces)

    def answer(self) -> tuple[int, bytes]:
        """Status and body of one answer that tells its length; 0 where the connection ended without one."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            try:
                byte = self.socket.recv(1)
            except ConnectionError:
                byte = b""
            if not byte:
                return 0, b""
            head += byte
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
        size, body = int(fields[b"content-length"]), b""
        while len(body) < size:
            body += self.socket.recv(size - len(body))
        return int(head.split()[1]), body


class Serving:
    """What the application has been asked, and the time that it is."""

    def __init__(self, limits: ConnectionLimits, threads: int) -> None:
        self.asked: list[Environ] = []
        self.now, self.held, self.is_asked = 0.0, threading.Event(), threading.Event()
        self.answers: dict[str, Callable[[Environ], Iterable[bytes]]] = {"/held": self._held}
        listening = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = listening.getsockname()
        self.loop = FrontLoop(self._answer, [listening], threads=threads, limits=limits, monotonic=lambda: self.now)
        self.guests: list[Guest] = []
        self.ends = False

    def guest(self, **options: Any) -> Guest:
        self.guests.append(Guest(self.address, **options))
        return self.guests[-1]

    def run(self) -> None:
        while not self.ends:
            self.loop.turn()

    def _answer(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ)
        self.is_asked.set()
        try:
            pieces = self.answers.get(environ["PATH_INFO"], _length)(environ)
        except OSError:
            start("507 Insufficient Storage", [("Content-Length", "0")])
            return [b""]
        sizes = [("Content-Length", str(sum(map(len, pieces))))] if isinstance(pieces, list) else []
        start("200 OK", [("Content-Type", "text/plain"), *sizes])
        return pieces

    def _held(self, _environ: Environ) -> list[bytes]:
        self.held.wait(PATIENCE)
        return [b"at last"]


def _length(environ: Environ) -> list[bytes]:
    return [str(len(environ["wsgi.input"].read())).encode()]


@contextmanager
def serving(threads: int = 1, **limits: Any) -> Iterator[Serving]:
    """A loop that turns in a thread of its own."""
    served = Serving(ConnectionLimits(**{"largest_body": LARGEST, **limits}), threads)
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.held.set()
        served.ends = True
        served.loop.wake()
        thread.join()
        served.loop.close()
        for each in served.guests:
            each.socket.close()

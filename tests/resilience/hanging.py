"""A platform or registry that takes connections and never answers."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

GRANT = json.dumps({"access_token": "token", "token_type": "Bearer", "expires_in": 3600}).encode()
TOKEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (
    len(GRANT),
    GRANT,
)


class Hanging:
    """A server that takes connections and answers none, unless it gives tokens: then it hangs only at what follows."""

    def __init__(self, *, gives_tokens: bool = False) -> None:
        self._gives_tokens = gives_tokens
        self.taken = 0
        self.was_given_up = threading.Event()
        self._waits: list[tuple[float, float]] = []
        """When each request that was given up came, and when it was given up."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._kept: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    @contextmanager
    def running(self) -> Iterator["Hanging"]:
        thread = threading.Thread(target=self._take, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            thread.join()
            for each in self._kept:
                each.close()

    def given_up_after(self, seconds: float) -> list[tuple[float, float]]:
        """When requests had been waited for so long, and when each of these was given up."""
        return [(came + seconds, ended) for came, ended in list(self._waits) if ended - came > seconds]

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._kept.append(connection)
            threading.Thread(target=self._listen, args=(connection,), daemon=True).start()

    def _listen(self, connection: socket.socket) -> None:
        try:
            request = connection.recv(65536)
            if self._gives_tokens and request.startswith(b"POST /token "):
                connection.sendall(TOKEN)
                connection.shutdown(socket.SHUT_RDWR)
                return
            self.taken += 1
            came = time.monotonic()
            while connection.recv(65536):
                pass
            self._waits.append((came, time.monotonic()))
        except OSError:
            return
        self.was_given_up.set()

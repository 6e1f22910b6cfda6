"""A real HTTP server on this machine, for the tests to answer with."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self


class LocalServer:
    """Answers with a handler on a free port while it is `running`."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.over = Event()
        """Set when the server is stopped, so that an answer that hangs is let go."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        """Give the port back, for a test that asks without a network."""
        self._http.server_close()

    @contextmanager
    def running(self) -> Iterator[Self]:
        thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.over.set()
            self._http.shutdown()
            thread.join()
            self._http.server_close()

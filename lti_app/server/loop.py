"""The loop of one process: connections on one side, the threads of the application on the other."""

import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from lti_app.server.connections import CHUNK, Connection, Listener
from lti_app.server.limits import ConnectionLimits

LOOK_SECONDS = 1
"""How often time limits are looked at."""
KEPT_BODY, KEPT_ANSWER = 64_000, 256_000
"""Bytes that stay in memory; what is larger goes into temporary files without a name, which nobody else can open."""
STOP_LINGER_SECONDS = 2.0
"""While a process stops, how long it takes what proxies have sent over connections that were kept."""
REST = 1 / 200_000
"""Seconds of rest after each turn for each connection, so that a thousand of them that send byte by byte are looked at
together and leave the interpreter to the threads."""
BUSY = 64
"""Connections up to which there is no need for that."""


class FrontLoop:
    """Takes connections from sockets that listen, and gives whole requests to threads."""

    def __init__(
        self,
        application: Any,
        sockets: Sequence[socket.socket],
        *,
        threads: int,
        limits: ConnectionLimits,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits, self._monotonic = limits, monotonic
        self._map: dict[int, Any] = {}
        self._threads = ThreadedTaskDispatcher()
        self._threads.set_thread_count(threads)
        adjustments = _adjustments(limits, threads)
        self._listeners = [self._listener(application, each, adjustments) for each in sockets]
        self._stops_at: float | None = None

    @property
    def connections(self) -> list[Connection]:
        """All that are open."""
        return [each for listener in self._listeners for each in listener.connections]

    def turn(self) -> None:
        """Wait for something to happen, a second at most, and see to it."""
        wasyncore.loop(LOOK_SECONDS, use_poll=True, map=self._map, count=1)
        if len(self._map) > BUSY:
            time.sleep(len(self._map) * REST)

    def wake(self) -> None:
        """End a turn that waits. Safe in signal handlers."""
        self._listeners[0].pull_trigger()

    def is_stuck(self) -> bool:
        """Whether a thread has been at one request for longer than any may take."""
        return any(each.seconds_in_hand() > self._limits.request_seconds for each in self.connections)

    def stop_accepting(self) -> None:
        """Take no more connections; what has begun is finished in further turns."""
        self._stops_at = self._monotonic() + STOP_LINGER_SECONDS
        for each in self._listeners:
            each.stop_accepting()

    def is_done(self) -> bool:
        """Whether all is finished that had begun before the stop."""
        connections = self.connections
        rests = all(each.is_at_rest for each in connections)
        return not connections or (rests and self._stops_at is not None and self._monotonic() > self._stops_at)

    def close(self) -> None:
        """Close everything."""
        self._threads.shutdown(timeout=1)
        wasyncore.close_all(self._map)

    def _listener(self, application: Any, listening: socket.socket, adjustments: Adjustments) -> Listener:
        return Listener(
            application,
            self._map,
            _sock=listening,
            dispatcher=self._threads,
            adj=adjustments,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            bind_socket=False,
            limits=self._limits,
            monotonic=self._monotonic,
        )


def _adjustments(limits: ConnectionLimits, threads: int) -> Adjustments:
    return Adjustments(
        threads=threads,
        ident=None,
        clear_untrusted_proxy_headers=False,  # the application believes as many proxies as its settings say
        connection_limit=2**31,  # the listener makes room
        cleanup_interval=LOOK_SECONDS,
        log_socket_errors=False,
        max_request_header_size=limits.largest_head,
        max_request_body_size=limits.largest_body + 1,
        recv_bytes=CHUNK,
        inbuf_overflow=KEPT_BODY,
        outbuf_overflow=KEPT_ANSWER,
        outbuf_high_watermark=2**40,  # no thread waits for a reader
    )

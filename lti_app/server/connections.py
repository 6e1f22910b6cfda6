"""The connections of one process, and the listener that they come from."""

import errno
import io
import os
import socket
from collections.abc import Callable
from typing import Any
from wsgiref.util import FileWrapper

from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

from lti_app.server.limits import ConnectionLimits
from lti_app.server.parser import RequestParser

CHUNK = 65_536


class RequestTask(WSGITask):
    """A request in the hands of a thread."""

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment, in which only files of the disk are left to the loop to read."""
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.file_wrapper"] = wrapped
        environ["wsgi.multiprocess"] = True
        return environ


def wrapped(file: Any, block_size: int = CHUNK) -> Any:
    """The content of a file as an answer. One that comes over a network is read by the thread, for the loop may not
    wait.
    """
    is_on_disk = isinstance(getattr(file, "raw", None), io.FileIO)
    return ReadOnlyFileBasedBuffer(file, block_size) if is_on_disk else FileWrapper(file, block_size)


class Connection(HTTPChannel):
    """One connection, with a limit for each part of its life."""

    parser_class = RequestParser
    task_class = RequestTask
    request: RequestParser | None

    def __init__(self, server: "Listener", *arguments: Any, **options: Any) -> None:
        self._began = server.monotonic()
        self._moved = 0
        self._taken_at: float | None = None
        self._was_served = self._has_unread = self._is_lingering = False
        super().__init__(server, *arguments, **options)

    @property
    def limits(self) -> ConnectionLimits:
        """The ones of its listener."""
        limits: ConnectionLimits = self.server.limits
        return limits

    @property
    def body_size(self) -> int:
        """Bytes of requests that have been collected and not answered."""
        bodies = [each.body_rcv for each in (self.request, *self.requests) if each is not None]
        return sum(len(body) for body in bodies if body is not None)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing has begun that would have to be finished."""
        return not (self.requests or self.total_outbufs_len or self.request)

    def seconds(self) -> float:
        """How long what goes on now has been going on."""
        passed: float = self.server.monotonic() - self._began
        return passed

    def seconds_in_hand(self) -> float:
        """How long a thread has been at its request."""
        taken_at = self._taken_at  # which the thread may forget at any moment
        return 0.0 if taken_at is None else self.server.monotonic() - taken_at

    def is_overdue(self) -> bool:
        """Whether the other side has used up its time. It is not to blame while its request is being answered."""
        limits = self.limits
        if self.requests:
            return False
        if self._is_lingering:
            return self.seconds() > limits.linger_seconds
        if self.total_outbufs_len or (self.request and self.request.headers_finished):
            return self.seconds() > limits.grace_seconds + self._moved / limits.least_rate
        if self.request is not None or not self._was_served:
            return self.seconds() > limits.head_seconds
        return self.seconds() > limits.idle_seconds

    def received(self, data: bytes) -> bool:
        """Take in a piece of a request, or of several."""
        if self.request is None and not self.requests:
            self._begin()
        self._moved += len(data)
        try:
            if self.body_size > self.adj.inbuf_overflow and self.server.is_spool_full():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            taken: bool = super().received(data)
        except OSError as error:
            self._take_without_body(error)
            return True
        return taken

    def service(self) -> None:
        """Answer one request. Runs in a thread."""
        request = self.requests[0]
        self._taken_at, self._was_served, self._has_unread = self.server.monotonic(), True, request.is_cut_off
        if self.server.is_stopping:
            request.headers["CONNECTION"] = "close"
        try:
            super().service()
        finally:
            self._taken_at = None

    def write_soon(self, data: Any) -> int:
        """Take over a piece of an answer."""
        if self.total_outbufs_len > self.adj.outbuf_overflow and self.server.is_outgoing_spool_full():
            raise ClientDisconnected
        self._begin()  # from now on it is the other side's time
        written: int = super().write_soon(data)
        return written

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send what the line takes."""
        sent: int = super().send(data, do_close=do_close)
        self._moved += sent
        return sent

    def readable(self) -> bool:
        """Whether more may come in."""
        return bool(self._is_lingering or super().readable())

    def handle_read(self) -> None:
        """Take in what there is; of what has been refused, nothing."""
        if not self._is_lingering:
            super().handle_read()
            return
        try:
            self.recv(CHUNK)
        except OSError:
            self.handle_close()

    def handle_write(self) -> None:
        """Send on. A sender who is still busy with what has been refused would lose the answer if we just closed."""
        if not (self.close_when_flushed and self._has_unread):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif not self.total_outbufs_len:
            self._linger()

    def handle_close(self) -> None:
        """Close, and let go of what was collected."""
        if self.request is not None:
            self.request.close()
        super().handle_close()

    def _begin(self) -> None:
        self._began, self._moved = self.server.monotonic(), 0

    def _linger(self) -> None:
        self.close_when_flushed = False
        self._is_lingering = True
        self._begin()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    def _take_without_body(self, error: OSError) -> None:
        with self.requests_lock:
            request, self.request = self.request, None
            if request is None:
                raise error
            request.cut_off(error)
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)


class Listener(TcpWSGIServer):
    """Where connections of one process come in."""

    channel_class = Connection

    def __init__(
        self, *arguments: Any, limits: ConnectionLimits, monotonic: Callable[[], float], **options: Any
    ) -> None:
        self.limits, self.monotonic = limits, monotonic
        self.is_stopping = False
        super().__init__(*arguments, **options)

    @property
    def connections(self) -> list[Connection]:
        """All that are open."""
        return list(self.active_channels.values())

    def handle_accept(self) -> None:
        """Take a connection, in place of another one if there are too many."""
        super().handle_accept()
        if len(self.active_channels) > self.limits.most_connections:
            waiting = [each for each in self.connections if not each.requests]
            if waiting:
                max(waiting, key=Connection.seconds).handle_close()

    def maintenance(self, _now: float) -> None:
        """Close those whose time is up. waitress would wait until their lines can take something."""
        for each in self.connections:
            if each.is_overdue():
                each.handle_close()

    def is_spool_full(self) -> bool:
        """Whether all requests together take up as much of the disk as they may."""
        return sum(each.body_size for each in self.connections) > self.limits.most_spooled

    def is_outgoing_spool_full(self) -> bool:
        """Whether all answers together do."""
        return sum(each.total_outbufs_len for each in self.connections) > self.limits.most_spooled

    def stop_accepting(self) -> None:
        """Leave new connections to other processes; answers from now on end theirs."""
        self.is_stopping = True
        self.accepting = False

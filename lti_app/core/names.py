"""Looking up the addresses of hosts, without waiting longer than one likes.

The system's own function has no limit of time, and while its servers are silent it may take half a minute or more. So
it runs in threads of its own, which are left behind when nobody waits any longer: one for each name, and MOST of them.
"""

import socket
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

MOST = 16
"""Names that one process looks up at the same time."""


class NameNotFoundInTime(Exception):
    """The addresses did not come in time, or too many other names are being looked up."""


class _Lookup:
    def __init__(self) -> None:
        self.done = Event()
        self.addresses: list[str] = []
        self.error: OSError | UnicodeError | None = None

    def run(self, host: str, port: int | None) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self.addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        except (OSError, UnicodeError) as error:
            self.error = error


class Resolver:
    """Looks names up for all threads of a process."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._going_on: dict[tuple[str, int | None], _Lookup] = {}

    def addresses(
        self, host: str, port: int | None, *, ends: float, while_true: Callable[[], bool], look_seconds: float
    ) -> list[str]:
        """The addresses of a host, each once. Those who ask for the same one at the same time share a lookup.

        Raises what `socket.getaddrinfo` raises, or NameNotFoundInTime after `ends`, by the monotonic clock, and sooner
        where `while_true` no longer is, which is asked every `look_seconds`.
        """
        lookup = self._begun(host, port)
        while not lookup.done.is_set():
            left = ends - time.monotonic()
            if left <= 0 or not while_true():
                raise NameNotFoundInTime
            lookup.done.wait(min(left, look_seconds))
        if lookup.error is not None:
            raise lookup.error
        return lookup.addresses

    def _begun(self, host: str, port: int | None) -> _Lookup:
        with self._lock:
            if lookup := self._going_on.get((host, port)):
                return lookup
            if len(self._going_on) >= self._most:
                raise NameNotFoundInTime
            lookup = _Lookup()
            Thread(target=self._look_up, args=(lookup, host, port), daemon=True).start()
            self._going_on[host, port] = lookup
        return lookup

    def _look_up(self, lookup: _Lookup, host: str, port: int | None) -> None:
        try:
            lookup.run(host, port)
        finally:
            with self._lock:
                del self._going_on[host, port]
            lookup.done.set()

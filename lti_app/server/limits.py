"""How long and how large a connection, a request and an answer may be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ConnectionLimits:
    """What one process allows those who connect. Times are in seconds, sizes in bytes."""

    largest_body: int
    """More is refused by the application, which finds the words; the body is not read."""
    largest_head: int = 32_000
    """The first line and headers of a request."""
    most_connections: int = 1000
    """When there are more, the one that has made others wait for longest is closed."""
    head_seconds: float = 20.0
    """From the first byte of a request, or of the connection, to the end of the headers."""
    grace_seconds: float = 30.0
    """For a body or an answer, whatever its size…"""
    least_rate: int = 20_000
    """…and a second more for so many bytes that have gone over the line."""
    idle_seconds: float = 130.0
    """Between two requests: longer than proxies keep unused connections (nginx 60, Caddy 120), or they would send
    requests into connections that are being closed."""
    linger_seconds: float = 10.0
    """For somebody who is still sending what has been refused, to come to the answer."""
    request_seconds: float = 120.0
    """For the application to answer one request; then the process is replaced."""
    bodies_at_once: int = 10
    """So many of the largest may wait on the disk in each direction."""

    @property
    def most_spooled(self) -> int:
        """What bodies, or answers, may take up on the disk together."""
        return self.largest_body * self.bodies_at_once

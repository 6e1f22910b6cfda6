"""Tests reach nothing outside this machine."""

import ipaddress
import sys
from typing import Any


class OutsideConnectionError(Exception):
    """A test tried to reach another machine."""


def forbid_outside_connections() -> None:
    """Refuse, for the rest of this process, every connection that leaves the machine."""
    sys.addaudithook(_refuse_outside)


def _refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise OutsideConnectionError(f"a test tried to connect to {host}")

"""A private Redis or Valkey server, in memory only."""

import os
import socket
from pathlib import Path

from tests.services.programs import REDIS, find_or_install
from tests.services.run import Server, address_of

DATABASES = 64


def redis_url(database: int = 0) -> str:
    """The URL of one numbered database on `COLLOQUY_TEST_REDIS_URL`, or on a server that is started for this run."""
    server = os.environ.get("COLLOQUY_TEST_REDIS_URL") or address_of("redis", _prepare)
    return f"{server.rstrip('/')}/{database % DATABASES}"


def _prepare(folder: Path) -> Server:
    port = str(_free_port())
    command = [
        *(str(find_or_install(REDIS)), "--port", port, "--bind", "127.0.0.1", "--dir", str(folder)),
        *("--save", "", "--appendonly", "no", "--databases", str(DATABASES)),
    ]
    return Server(command, ready="Ready to accept connections", address=f"redis://127.0.0.1:{port}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

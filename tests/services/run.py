"""One run of the tests, in however many processes: its folder, and the servers that live as long as it does.

The process that begins the run holds a lock. Each server has a keeper (`keeper.py`) that waits for this lock, gets it
when the process ends in whatever way, `kill -9` included, and then stops its server. Nothing has to be cleaned up by
hand, nothing polls, and a server is started only when the first test asks for it.
"""

import fcntl
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "COLLOQUY_TEST_RUN"
_keepers: list[subprocess.Popen[str]] = []


@dataclass(frozen=True)
class Server:
    """A command to start, the words it prints when it is ready, and the address it then answers at."""

    command: Sequence[str]
    ready: str
    address: str
    user: str = ""


class ServerError(Exception):
    """A server ended before it was ready; the message carries what it printed."""


@contextmanager
def service_run() -> Iterator[None]:
    """Begin a run, unless this process is part of one; at the end stop its servers and remove its folder."""
    if VARIABLE in os.environ:
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="colloquy-", dir="/tmp"))  # a socket
    folder.chmod(0o755)
    with (folder / "run.lock").open("w") as run_lock:
        fcntl.flock(run_lock, fcntl.LOCK_EX)
        os.environ[VARIABLE] = str(folder)
        try:
            yield
        finally:
            del os.environ[VARIABLE]
    with (folder / "keepers.lock").open("w") as keepers_lock:
        fcntl.flock(keepers_lock, fcntl.LOCK_EX)
    shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def address_of(name: str, prepare: Callable[[Path], Server]) -> str:
    """The address of this run's server of this name; the first process to ask starts it."""
    folder = Path(os.environ[VARIABLE])
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        address = folder / f"{name}.address"
        if not address.exists():
            (folder / name).mkdir()
            server = prepare(folder / name)
            _keep(folder, name, server)
            address.write_text(server.address)
        return address.read_text()


def _keep(folder: Path, name: str, server: Server) -> None:
    """Start a keeper, and wait until it says that its server is ready."""
    keeper = subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("keeper.py")),
            folder,
            server.ready,
            server.user,
            *server.command,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _keepers.append(keeper)  # it outlives this process; forgetting it here would warn
    assert keeper.stdout is not None
    with keeper.stdout as output:
        printed = output.read()
    if printed != "ready\n":
        shutil.rmtree(folder / name)
        raise ServerError(f"{name} did not start: {' '.join(server.command)}\n{printed}")

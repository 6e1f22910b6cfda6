"""Programs as processes of their own, which tests kill and start again."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import requests

from tests.resilience.waiting import eventually

COLLOQUY = (sys.executable, "-m", "lti_app.cli")
STOPS_WITHIN = 30.0
PORTS = range(20_000, 32_000)
SECRET = "for tests only, never for anything else"


def free_port() -> int:
    """A port of this machine on which nobody listens now.

    It lies below those that systems give to outgoing connections: else a client that keeps asking for a server that
    is dead may be given the server's own port, be connected to itself, and keep the server from coming back.
    """
    for port in random.SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("no port is free")


def environment(**settings: str | None) -> dict[str, str]:
    """The environment for a command of ours: none of the surrounding settings, and these (`DATABASE_URL=…`)."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COLLOQUY_")}
    given = {"SECRET_KEY": SECRET, **settings}
    return inherited | {f"COLLOQUY_{name}": value for name, value in given.items() if value is not None}


def colloquy(*arguments: str, environ: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `colloquy …` to its end."""
    return subprocess.run(
        [*COLLOQUY, *arguments], env=dict(environ), cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


class Program:
    """One command that stays, leader of a process group: what it starts dies with it."""

    def __init__(
        self, *command: str, environ: Mapping[str, str], log: Path, ready: Callable[["Program"], bool] | None = None
    ) -> None:
        self._command, self.environ, self._log = command, dict(environ), log
        self._ready = ready or Program.is_alive
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0
        self.deaths = 0

    def start(self) -> None:
        """Start it, without waiting until it is ready."""
        self._said_before = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self.environ,
                cwd=self._log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def await_ready(self) -> None:
        """Wait until it does its work."""
        eventually(self._is_ready, f"{self._log.stem} is ready")

    def kill(self) -> None:
        """SIGKILL to all its processes at once, as when the power fails."""
        self._signal_group(signal.SIGKILL)
        self._running.wait(STOPS_WITHIN)
        self.deaths += 1

    def kill_child(self) -> None:
        """SIGKILL to a process that it has started, which it must replace by itself; to all where there is none."""
        if not (children := _children(self._running.pid)):
            self.kill()
            self.start()
            return
        os.kill(children[0], signal.SIGKILL)
        self.deaths += 1
        eventually(lambda: children[0] not in _children(self._running.pid), "the dead process is noticed")

    def stop(self) -> int:
        """SIGTERM, as an operator stops it; answers the exit status."""
        self._running.terminate()
        try:
            return self._running.wait(STOPS_WITHIN)
        finally:
            self._signal_group(signal.SIGKILL)

    def end(self) -> None:
        """Make sure that nothing of it runs."""
        if self._process is not None:
            self._signal_group(signal.SIGKILL)
            self._process.wait(STOPS_WITHIN)

    def pid(self) -> int:
        """Of its first process."""
        return self._running.pid

    def children(self) -> list[int]:
        """The processes that it has started itself."""
        return _children(self._running.pid)

    def is_alive(self) -> bool:
        """Whether its first process runs."""
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        """What it has printed since its last start."""
        return self._log.read_bytes()[self._said_before :].decode(errors="replace")

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "never started"
        return self._process

    def _is_ready(self) -> bool:
        assert self.is_alive(), f"{self._log.stem} ended by itself:\n{self.said()[-2000:]}"
        return self._ready(self)

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._running.pid, number)
        except (ProcessLookupError, PermissionError):
            return  # macOS says EPERM of a group that has only a zombie left


def answers_at(url: str) -> Callable[[Program], bool]:
    """Ready when this address answers 200."""

    def ready(_program: Program) -> bool:
        try:
            return requests.get(url, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    return ready


def says(words: str) -> Callable[[Program], bool]:
    """Ready when it has printed these words."""
    return lambda program: words in program.said()


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if listed.exists():
        return [int(child) for child in listed.read_text().split()]
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(child) for child in found.stdout.split()]

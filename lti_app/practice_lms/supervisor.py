"""Starting, watching and ending the processes of the demonstration together."""

import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Self

import requests

TAIL_LINES = 30
STOP_SECONDS = 8.0
POLL_SECONDS = 0.1


class DemoError(Exception):
    """Something that ends the demonstration; the text is for the person who started it."""


class Interrupted(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


def check_port(port: int, purpose: str, option: str) -> None:
    """Raise DemoError, with advice, if another program already listens on ``port``."""
    try:
        for host in ("127.0.0.1", "::1"):
            _check_silent(host, port)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        raise DemoError(
            f"Port {port}, which {purpose} needs, is in use by another program.\n"
            f"Is a demo already running in another terminal? Stop it there with Ctrl-C, or choose another port "
            f"with {option}."
        ) from error


def _check_silent(host: str, port: int) -> None:
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return
    raise OSError(f"{host} answers on port {port}")


class Supervisor:
    """Children that live and die together. Their output goes to files in ``logs``."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = dict(environment)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._interrupted = False

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        return self

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        # Only a note: an exception raised here could fall between the start of a child and its registration.
        self._interrupted = True

    def _pause(self) -> None:
        if self._interrupted:
            raise Interrupted
        time.sleep(POLL_SECONDS)

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave a child behind
        self._stop()

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run a command to its end; raises DemoError with its output when it fails."""
        with self._log(name).open("wb") as log:
            child = self._children[name] = self._popen(command, log.fileno())
        while child.poll() is None:
            self._pause()
        del self._children[name]
        if child.returncode != 0:
            raise DemoError(f"{name} failed ({_ending(child.returncode)}). Its output:\n{self._tail(name)}")

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a process that is meant to stay."""
        with self._log(name).open("wb") as log:
            self._children[name] = self._popen(command, log.fileno())

    def wait_for(self, name: str, url: str, seconds: float = 60) -> None:
        """Return when ``url`` answers 200; raises DemoError when a child dies first or the time is up."""
        end = time.monotonic() + seconds
        while not _answers(url):
            self.check()
            if time.monotonic() > end:
                raise DemoError(
                    f"{name} did not answer at {url} within {seconds:g} seconds. Its last output:\n{self._tail(name)}"
                )
            self._pause()

    def check(self) -> None:
        """Raise DemoError if a child that is meant to stay has ended."""
        for name, child in self._children.items():
            status = child.poll()
            if status is not None:
                raise DemoError(
                    f"{name} ended unexpectedly ({_ending(status)}), so the demo was stopped. Its last output:\n"
                    f"{self._tail(name)}"
                )

    def watch(self) -> None:
        """Wait until a child process ends (DemoError) or the user stops the demonstration (Interrupted)."""
        while True:
            self.check()
            self._pause()

    def _popen(self, command: Sequence[str], log: int) -> subprocess.Popen[bytes]:
        # A session of its own keeps Ctrl-C away from the child, which is then ended in order by _stop.
        return subprocess.Popen(  # noqa: S603 -- the commands are our own
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _stop(self) -> None:
        running = [child for child in self._children.values() if child.poll() is None]
        for child in running:
            child.terminate()
        end = time.monotonic() + STOP_SECONDS
        for child in running:
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name.lower().replace(' ', '-')}.log"

    def _tail(self, name: str) -> str:
        try:
            lines = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
        except OSError as error:
            lines = [f"(its log cannot be read: {error})"]
        return "\n".join(f"  | {line}" for line in lines) or "  | (nothing)"


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False


def _ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

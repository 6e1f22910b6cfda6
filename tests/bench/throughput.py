"""How many pages a second the real server gives to eight readers at once."""

import http.client
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from lti_app.app import COOKIE
from lti_app.core.settings import PREFIX, Settings
from tests.bench.course import BenchCourse

READERS = 8
REQUESTS = 400
SIZE = 500
START_SECONDS = 30


def measure_throughput(settings: Settings, course: BenchCourse) -> str:
    """Serve the discussion of 500 posts by `colloquy serve` to eight readers; a sentence with requests per second."""
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "lti_app.cli", "serve", "--port", str(port)],
        env={**os.environ, **_environment(settings)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_server(port)
        path = f"/courses/{course.course_id}/discussions/{course.discussion_ids[SIZE]}"
        cookie = f"{COOKIE}={_signed(settings, course)}"
        _read(port, path, cookie, 20)
        begun = time.perf_counter()
        with ThreadPoolExecutor(READERS) as readers:
            list(readers.map(lambda _: _read(port, path, cookie, REQUESTS // READERS), range(READERS)))
        rate = REQUESTS / (time.perf_counter() - begun)
        memory = memory_of(server.pid)
    finally:
        server.terminate()
        server.wait()
    cores = multiprocessing.cpu_count()
    rate_line = (
        f"throughput: {rate:.0f} requests/s, {SIZE} posts, {READERS} readers, {cores} cores shared with the readers"
    )
    return f"{rate_line}\n{memory}"


def memory_of(server: int) -> str:
    """What each web process of a server keeps in memory, and its share where pages are shared (Linux)."""
    children = Path(f"/proc/{server}/task/{server}/children")
    if not children.exists():
        return "memory: not to be had on this system"
    found = []
    for child in children.read_text().split():
        rollup = Path(f"/proc/{child}/smaps_rollup").read_text()
        sizes = dict(re.findall(r"^(Rss|Pss):\s+(\d+) kB$", rollup, re.MULTILINE))
        found.append(f"{int(sizes['Rss']) / 1000:.0f} MB (share {int(sizes['Pss']) / 1000:.0f} MB)")
    return f"memory of each web process: {', '.join(found)}"


def _environment(settings: Settings) -> dict[str, str]:
    return {
        f"{PREFIX}BASE_URL": settings.base_url,
        f"{PREFIX}DATABASE_URL": settings.database_url,
        f"{PREFIX}SECRET_KEY": settings.secret_key.get_secret_value(),
    }


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_server(port: int) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                continue
    raise RuntimeError("the server did not start")


def _signed(settings: Settings, course: BenchCourse) -> str:
    app = Flask("signer")
    app.secret_key = settings.secret_key.get_secret_value()
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    if serializer is None:
        raise RuntimeError("no secret key")
    return str(serializer.dumps({"visits": {str(course.course_id): course.student_token}}))


def _read(port: int, path: str, cookie: str, times: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for _ in range(times):
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")

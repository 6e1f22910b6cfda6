"""A server as it is shipped, on this machine alone, with what its processes use; and a browser's part of HTTP."""

import gzip
import http.client
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from lti_app.app import COOKIE
from lti_app.core.resources import resource
from lti_app.core.settings import Settings
from tests.bench.processes import Memory, cpu_seconds, ended_seconds, memory_of
from tests.resilience.processes import COLLOQUY, Program, answers_at, environment, free_port

ROOT = Path(__file__).parents[2]
TIMEOUT = 60
CSRF = re.compile(r'data-token="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back, unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """One browser's connection, kept open, with its only cookie."""

    def __init__(self, port: int, cookie: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._headers = {"Cookie": cookie, "Accept-Encoding": "gzip, br", "Referer": f"http://localhost:{port}/"}

    def get(self, path: str, **headers: str) -> Answer:
        """Open an address."""
        return self._sent("GET", path, None, headers)

    def post(self, path: str, **form: str) -> Answer:
        """Send a form."""
        return self._sent("POST", path, urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _sent(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        self._line.request(method, path, body, {**self._headers, **headers})
        answer = self._line.getresponse()
        if cookie := answer.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.partition(";")[0]
        content = answer.read()
        is_packed = answer.getheader("Content-Encoding") == "gzip"
        return Answer(answer.status, dict(answer.getheaders()), gzip.decompress(content) if is_packed else content)


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    program: Program
    port: int
    settings: Settings

    @property
    def url(self) -> str:
        """Its address, as browsers know it: they keep secure cookies for this name without a certificate."""
        return f"http://localhost:{self.port}"

    def cpu_seconds(self) -> float:
        """Of all its web processes."""
        return cpu_seconds(self.program.children()) + ended_seconds(self.program.pid())

    def memory(self) -> list[Memory]:
        """Of each of its web processes."""
        return [found for pid in self.program.children() if (found := memory_of(pid))]

    def client(self, course_id: int, token: str) -> Client:
        """The browser of somebody who is in a course."""
        return Client(self.port, f"{COOKIE}={self.signed(course_id, token)}")

    def signed(self, course_id: int, token: str) -> str:
        """The value of the cookie that a launch would have given."""
        return sign_visit(self.settings.secret_key.get_secret_value(), course_id, token)


def sign_visit(secret: str, course_id: int, token: str) -> str:
    """The value of the cookie that holds a visit."""
    app = Flask("signer")
    app.secret_key = secret
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps({"visits": {str(course_id): token}}))


@contextmanager
def serving(
    settings: Settings, folder: Path, *, processes: int | None = None, application: str = "", **more: str
) -> Iterator[Served]:
    """`colloquy serve` with these settings; or another application in the same server, in one process."""
    port = free_port()
    environ = environ_of(settings, port) | more | {"PYTHONPATH": str(ROOT)}
    command = [*COLLOQUY, "serve", "--port", str(port)]
    if processes is not None:
        command += ["--processes", str(processes)]
    if application:
        config = str(resource("config", "gunicorn.py"))
        command = [sys.executable, "-m", "gunicorn", "--config", config, "--bind", f"127.0.0.1:{port}"]
        command += ["--workers", "1", application]
    ready = answers_at(f"http://127.0.0.1:{port}/healthz")
    program = Program(*command, environ=environ, log=folder / "web.log", ready=ready)
    try:
        program.start()
        program.await_ready()
        yield Served(program, port, settings)
    finally:
        program.stop()


def environ_of(settings: Settings, port: int) -> dict[str, str]:
    """The environment of a command that runs with these settings, at a port of this machine."""
    given = {
        "BASE_URL": f"http://localhost:{port}",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "FILES": settings.files,
    }
    return {name: value for name, value in environment(**given).items() if value is not None}


def token_on(page: bytes) -> str:
    """The CSRF token that a page gives its script."""
    found = CSRF.search(page.decode())
    if found is None:
        raise RuntimeError("the page has no token")
    return found[1]

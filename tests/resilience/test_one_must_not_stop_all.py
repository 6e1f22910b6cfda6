"""A platform that takes connections and never answers, in front of the server as shipped: everybody else is served."""

import json
import socket
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lti_app.core.clock import system_clock
from lti_app.lti.registrations import add_platform
from tests.resilience.installation import Installation
from tests.resilience.visitor import Visitor

ISSUER, CLIENT = "https://hangs.example", "client-1"
LAUNCHES = 50


class Hanging:
    """A server that takes connections and answers none."""

    def __init__(self) -> None:
        self.taken = 0
        self.was_given_up = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._kept: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    @contextmanager
    def running(self) -> Iterator["Hanging"]:
        thread = threading.Thread(target=self._take, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            thread.join()
            for each in self._kept:
                each.close()

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.taken += 1
            self._kept.append(connection)
            threading.Thread(target=self._listen, args=(connection,), daemon=True).start()

    def _listen(self, connection: socket.socket) -> None:
        try:
            while connection.recv(65536):
                pass
        except OSError:
            return
        self.was_given_up.set()


def base64url(part: object) -> str:
    """A part of a JSON Web Token."""
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


class Arriving:
    """One person of the platform that hangs, on the way to the tool."""

    def __init__(self, tool_url: str) -> None:
        self._tool_url = tool_url
        self._http = requests.Session()
        self._http.trust_env = False
        params = {"iss": ISSUER, "client_id": CLIENT, "login_hint": "7", "target_link_uri": f"{tool_url}/lti/launch"}
        check = self._send("POST", "/lti/login", params)
        there = self._send("GET", check.headers["Location"].removeprefix(tool_url)).headers["Location"]
        self._state = parse_qs(urlsplit(there).query)["state"][0]

    def launch(self) -> int:
        """The status of the answer to the launch message."""
        token = ".".join(map(base64url, ({"alg": "RS256", "kid": "key-1"}, {"iss": ISSUER, "aud": CLIENT}, "unsigned")))
        return self._send("POST", "/lti/launch", {"id_token": token, "state": self._state}).status_code

    def _send(self, method: str, path: str, data: dict[str, str] | None = None) -> requests.Response:
        answer = self._http.request(method, self._tool_url + path, data=data, timeout=120, allow_redirects=False)
        for cookie in self._http.cookies:
            cookie.secure = False  # browsers send secure cookies to http://localhost, this jar would not
        return answer


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    with Hanging().running() as server:
        yield server


@pytest.fixture
def installation(database_url: str, tmp_path: Path, hanging: Hanging) -> Iterator[Installation]:
    installed = Installation(tmp_path, database_url)
    installed.register_and_seed()
    with installed.database.writing() as session:
        addresses = {f"auth_{name}_url": f"{hanging.url}/{name}" for name in ("login", "token")}
        add_platform(
            session,
            issuer=ISSUER,
            client_id=CLIENT,
            jwks_url=f"{hanging.url}/jwks",
            deployment_ids=["1"],
            now=system_clock(),
            **addresses,
        )
    try:
        installed.start()
        yield installed
    finally:
        installed.end()


def test_launches_of_a_platform_whose_key_set_hangs(installation: Installation, hanging: Hanging):
    """One request waits for it, and others are read to meanwhile; all fifty launches get an answer."""
    reader = Visitor(installation.lms_url, "amara")
    page = reader.launch().headers["Location"]
    people = [Arriving(installation.tool_url) for _ in range(LAUNCHES)]
    pages_read = 0
    with ThreadPoolExecutor(LAUNCHES) as pool:
        answers = [pool.submit(each.launch) for each in people]
        while not hanging.was_given_up.is_set() and not all(answer.done() for answer in answers):
            assert reader.page(installation.tool_url + page)[0] == 200
            pages_read += not hanging.was_given_up.is_set()
        assert {answer.result() for answer in answers} == {502}
    assert hanging.taken == 1
    assert pages_read > 0
    reader.close()

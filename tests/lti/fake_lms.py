"""An LMS for the tests: it signs what it is told to, and publishes its keys over HTTP."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from werkzeug.test import TestResponse

from tests.lti.local_server import LocalServer

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
BASE_URL = "http://localhost:9001"
TARGET = f"{BASE_URL}/lti/launch"
ABSENT = object()
"""As the value of a claim or parameter: leave it out."""


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Served:
    """What the server answers at one path. `hangs`: it waits with the answer until the server is stopped."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    hangs: bool = False


class KeyServer(LocalServer):
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(self._handler())
        self.answers: dict[str, Served] = {}
        self.asked: list[str] = []
        self.headers: list[Message] = []

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.headers.append(self.headers)
                served = outer.answers.get(self.path, Served(b"not here", 404))
                if served.hangs:
                    outer.over.wait()
                self.send_response(served.status)
                for name, value in served.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in served.headers:
                    self.send_header("Content-Length", str(len(served.body)))
                self.end_headers()
                self.wfile.write(served.body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.do_GET()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        return Handler


@dataclass(frozen=True)
class KeyPair:
    kid: str
    private: rsa.RSAPrivateKey

    @classmethod
    def make(cls, kid: str, bits: int = 2048) -> "KeyPair":
        return cls(kid, rsa.generate_private_key(65537, bits))

    @property
    def jwk(self) -> dict[str, Any]:
        return {**RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True), "kid": self.kid, "alg": "RS256"}


@dataclass
class FakeLms:
    """One registration of an LMS: what it says, and the key with which it signs."""

    server: KeyServer
    key: KeyPair
    clock: Callable[[], datetime]
    issuer: str = "https://lms.example"
    client_id: str = "client-1"
    deployment_id: str = "1"

    @property
    def urls(self) -> dict[str, str]:
        return {
            "auth_login_url": f"{self.issuer}/auth",
            "auth_token_url": f"{self.issuer}/token",
            "jwks_url": self.server.url + self.jwks_path,
        }

    @property
    def jwks_path(self) -> str:
        return f"/jwks/{self.client_id}"

    def publish(self, *keys: Mapping[str, Any], **headers: str) -> None:
        """Publish these keys, by default its own."""
        body = json.dumps({"keys": list(keys or [self.key.jwk])}).encode()
        self.serve(Served(body, headers={"Content-Type": "application/json", **headers}))

    def serve(self, served: Served) -> None:
        """Answer this at the key set's address."""
        self.server.answers[self.jwks_path] = served

    def login_params(self, **changes: Any) -> dict[str, str]:
        return without_absent(
            {
                "iss": self.issuer,
                "client_id": self.client_id,
                "lti_deployment_id": self.deployment_id,
                "target_link_uri": TARGET,
                "login_hint": "7",
                "lti_message_hint": '{"cmid":2,"launchid":"x_1"}',
                **changes,
            }
        )

    def claims(self, nonce: str, /, **changes: Any) -> dict[str, Any]:
        """The claims of a student's launch; a change's name is the claim's, ours without the long prefix."""
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "student-1",
            "nonce": nonce,
            "iat": now,
            "exp": now + 60,
            "name": "Ana Abel",
            "given_name": "Ana",
            "family_name": "Abel",
            CLAIM + "version": "1.3.0",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "deployment_id": self.deployment_id,
            CLAIM + "target_link_uri": TARGET,
            CLAIM + "roles": [f"{MEMBERSHIP}#Learner"],
            CLAIM + "context": {"id": "course-1", "label": "LEAD501", "title": "Leadership 501"},
            CLAIM + "resource_link": {"id": "link-1", "title": "Managers and leaders"},
        }
        return without_absent(claims | {full_name(name, claims): value for name, value in changes.items()})

    def sign(self, claims: Any, *, key: KeyPair | None = None, **headers: Any) -> str:
        """An id_token. A header given as ABSENT is left out."""
        pair = key or self.key
        payload = json.dumps(claims).encode()
        signer = jwt.PyJWS()
        return signer.encode(payload, pair.private, "RS256", headers=without_absent({"kid": pair.kid, **headers}))


@dataclass(frozen=True)
class Begun:
    """A login under way, as the LMS has received it."""

    state: str
    nonce: str
    params: Mapping[str, str]


class Browser:
    """One person's browser between the LMS and the tool."""

    def __init__(self, app: Flask, lms: FakeLms) -> None:
        self.client: FlaskClient = app.test_client()
        self.lms = lms

    def login(self, **changes: Any) -> Begun:
        """Go through the login to the LMS's door."""
        check = self.client.post("/lti/login", data=self.lms.login_params(**changes))
        assert check.status_code == 303, check.text
        sent = self.client.get(check.headers["Location"])
        assert sent.status_code == 302, sent.text
        params = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
        return Begun(params["state"], params["nonce"], params)

    def post(self, token: str, state: str) -> TestResponse:
        return self.client.post("/lti/launch", data={"id_token": token, "state": state})

    def launch(self, **changes: Any) -> TestResponse:
        """A whole launch whose claims are changed so."""
        begun = self.login()
        return self.post(self.lms.sign(self.lms.claims(begun.nonce, **changes)), begun.state)


def full_name(name: str, known: Mapping[str, Any]) -> str:
    return CLAIM + name if CLAIM + name in known else name


def without_absent(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not ABSENT}

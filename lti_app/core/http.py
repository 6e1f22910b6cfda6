"""All outgoing requests, to an LMS or a registry: limited in time and size, and only to allowed hosts."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from lti_app.core.breaker import REST_SECONDS, Breaker, ServiceUnavailable
from lti_app.core.deadline import POOLS, whole_answer_by
from lti_app.core.json_text import read_json
from lti_app.core.places import Places

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
DEADLINE_SECONDS = 20.0
MAX_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 3
AT_ONCE = 2
"""Requests of people that may wait for answers at the same time: half the threads of a web process
(`config/gunicorn.py`)."""
LEAST_SECONDS = 0.05
CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS = {"http": 80, "https": 443}


class OutgoingError(Exception):
    """A request without a usable answer. The message names the host, never the whole address."""


class OutgoingTimeout(OutgoingError):
    """The other side took too long to connect or to answer."""


class OutgoingUnreachable(OutgoingError):
    """No connection: unknown host, refused, TLS failure, or interrupted."""


class OutgoingHeldBack(OutgoingError):
    """We do not ask now, so as not to wait: the service hung a moment ago, or others hold all places."""


class OutgoingTooLarge(OutgoingError):
    """The answer is larger than `MAX_BYTES`."""


class OutgoingForbidden(OutgoingError):
    """A request that we do not send: not http(s), a host that is not allowed, or a redirect to another host."""


class OutgoingBadAnswer(OutgoingError):
    """The answer has the wrong form, such as HTML instead of JSON."""


@dataclass(frozen=True)
class Answer:
    """An answer of any status. `headers` ignores the case of names."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The decoded body; raises OutgoingBadAnswer if it is not JSON, or nested too deeply."""
        try:
            return read_json(self.body)
        except ValueError as error:
            raise OutgoingBadAnswer("the answer is not JSON") from error


def host_of(url: str) -> str:
    """`host`, or `host:port` if the port is not the default one; empty if `url` is not an http(s) address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return ""
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return name if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{name}:{port}"


def is_allowed(url: str, allowed_hosts: Collection[str]) -> bool:
    """Whether `url` is http(s) on one of these hosts. `*.example.edu` allows every host below it."""
    host = host_of(url)
    return bool(host) and any(fnmatchcase(host, allowed.lower()) for allowed in allowed_hosts)


class Outgoing:
    """Sends requests to other systems. It is thread-safe and keeps connections, but no cookies.

    A thread waits for answers in the place that its work has, else in one of `places`, which all that serve the same
    people share. A service that has hung is left alone for `rest_seconds`.
    """

    def __init__(
        self,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        places: Places[str] | None = None,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._breaker = Breaker(places or Places(AT_ONCE), rest_seconds)
        self._http = requests.Session()
        for scheme in DEFAULT_PORTS:
            self._http.mount(f"{scheme}://", _Adapter())
        self._http.headers.update({"User-Agent": f"Colloquy/{_version()}", "Accept-Encoding": "identity"})
        # A cookie must not travel from one tenant's request to another's.
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | bytes | str | None = None,
        json: Any = None,
        allowed_hosts: Collection[str],
        deadline: float = DEADLINE_SECONDS,
        service: str = "",
    ) -> Answer:
        """Send one request and read the whole answer, of any status, within `deadline` seconds.

        A GET follows redirects on the same host; every other method gives the 3xx back. `service` tells apart what one
        host offers: where one of its services hangs, the others are still asked. Raises OutgoingTimeout,
        OutgoingUnreachable, OutgoingHeldBack, OutgoingTooLarge or OutgoingForbidden.
        """
        request = requests.Request(method, url, headers=dict(headers or {}), data=data, json=json, auth=_keep)
        try:
            with self._breaker.guard(f"{host_of(url)} {service}") as stay:
                ends = time.monotonic() + deadline
                with whole_answer_by(ends, while_true=stay.may_go_on):
                    return self._follow(request, allowed_hosts, ends)
        except ServiceUnavailable as error:
            raise OutgoingHeldBack(f"{host_of(url)} is not asked now: {error}") from error

    def _follow(self, request: requests.Request, allowed_hosts: Collection[str], ends: float) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            host = host_of(request.url)
            if not is_allowed(request.url, allowed_hosts):
                raise OutgoingForbidden(f"{host or 'not http(s)'} is not a host of this platform")
            answer = self._exchange(request, host, ends)
            if request.method != "GET" or answer.status not in REDIRECTS:
                return answer
            request.url = _redirected(request.url, answer.headers.get("Location", ""))
        raise OutgoingForbidden(f"{host_of(request.url)} redirects without end")

    def _exchange(self, request: requests.Request, host: str, ends: float) -> Answer:
        try:
            prepared = self._http.prepare_request(request)
            settings = self._http.merge_environment_settings(prepared.url or "", {}, True, None, None)
            response = self._http.send(prepared, timeout=self._timeout(ends), allow_redirects=False, **settings)
        except requests.Timeout as error:
            raise OutgoingTimeout(f"{host} did not answer in time") from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise OutgoingUnreachable(f"{host} could not be reached: {type(error).__name__}") from error
        with response:
            body = _read(response, host)
        return Answer(response.status_code, response.reason or "", response.headers, body)

    def _timeout(self, ends: float) -> tuple[float, float]:
        """For connecting and for each piece of the answer: what is left of the deadline, and no more than usual."""
        left = max(ends - time.monotonic(), LEAST_SECONDS)
        return min(self._connect_seconds, left), min(self._read_seconds, left)


class _Adapter(HTTPAdapter):
    """Sends requests whose answers keep their deadline, directly or through the proxy of the environment."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools of connections to hosts."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Make the pools of connections to a proxy, once for each."""
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager


def _read(response: requests.Response, host: str) -> bytes:
    """The body, read in pieces as they arrive, so that one that is too large is given up early."""
    pieces, size = [], 0
    try:
        while piece := response.raw.read1(CHUNK, decode_content=True):
            size += len(piece)
            if size > MAX_BYTES:
                raise OutgoingTooLarge(f"{host} answered with more than {MAX_BYTES} bytes")
            pieces.append(piece)
    except ReadTimeoutError as error:
        raise OutgoingTimeout(f"{host} did not finish in time") from error
    except (HTTPError, OSError) as error:
        raise OutgoingUnreachable(f"{host} broke off: {type(error).__name__}") from error
    return b"".join(pieces)


def _redirected(url: str, location: str) -> str:
    """The target of a redirect; raises OutgoingForbidden for another host or an unencrypted address."""
    target = urljoin(url, location)
    if not location or urlsplit(target).hostname != urlsplit(url).hostname:
        raise OutgoingForbidden(f"{host_of(url)} redirects to another host")
    if url.startswith("https:") and not target.startswith("https:"):
        raise OutgoingForbidden(f"{host_of(url)} redirects to an unencrypted address")
    return target


def _keep(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep the Authorization header: without this, `requests` takes one from a .netrc file of the server."""
    return request


def _version() -> str:
    try:
        return version("colloquy")
    except PackageNotFoundError:
        return "unreleased"

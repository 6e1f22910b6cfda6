"""The way to an LMS's services: access tokens, authorised requests, pages (1EdTech Security Framework 1.0, 4)."""

import contextlib
import hashlib
import html
import json
import math
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.core.http import (
    Answer,
    Outgoing,
    OutgoingBadAnswer,
    OutgoingError,
    OutgoingForbidden,
    OutgoingTimeout,
    OutgoingTooLarge,
    host_of,
)
from lti_app.core.key_value import KeyValueStore
from lti_app.lti.keys import signing_key
from lti_app.lti.lms_words import words_of
from lti_app.lti.models import Platform

ASSERTION_LENGTH = timedelta(minutes=5)
BACKDATED = timedelta(seconds=10)
"""Moodle grants a clock that is behind ours no leeway: what we sign was issued a little earlier than it was."""
EXPIRES_EARLY = timedelta(seconds=60)
UNTOLD_TOKEN_LIFE = 300.0
"""Seconds to keep a token whose end the LMS does not tell (RFC 6749, 5.1, only recommends to)."""
LONGEST_TOKEN_LIFE = 86_400.0
AT_HAND = timedelta(seconds=30)
"""How long a process goes on with a token without asking the store: less than tokens expire early there."""
MOST_PAGES = 200
PASSING_FAULTS = frozenset({502, 503, 504})
NOT_ALLOWED = frozenset({401, 403})
GONE = frozenset({404, 410, 412})
"""Canvas says 412 of a line item that has lost its link."""
LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^,;<]+)*)")
REL = re.compile(r"""(?i)\brel\s*=\s*["'“”]?\s*([^"'“”;,]*)""")


class ServiceDelayed(Exception):
    """No usable answer now, or the LMS asks to wait. Codes as of passbacks.ports.PassbackDelayed.

    `answer` is that of an LMS that reports a fault of its own.
    """

    def __init__(
        self, code: str, detail: str = "", retry_after: float | None = None, answer: Answer | None = None
    ) -> None:
        self.code, self.detail, self.retry_after, self.answer = code, detail, retry_after, answer
        super().__init__(code)


class ServiceDenied(Exception):
    """The LMS does not let us.

    `code`: unauthorized (our signature or token), no_scope (`detail` names the missing ones), forbidden (this address),
    or rejected (the address is not the platform's).
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


@dataclass(frozen=True)
class Registration:
    """What services need to know of a platform, free of any database session."""

    platform_id: int
    issuer: str
    client_id: str
    token_url: str
    audience: str
    hosts: frozenset[str]

    @classmethod
    def of(cls, platform: Platform) -> "Registration":
        """The registration of this platform."""
        urls = (platform.auth_token_url, platform.auth_login_url, platform.jwks_url)
        return cls(
            platform_id=platform.id,
            issuer=platform.issuer,
            client_id=platform.client_id,
            token_url=platform.auth_token_url,
            audience=platform.auth_audience or platform.auth_token_url,
            hosts=frozenset(host for url in urls if (host := host_of(url))),
        )

    def hosts_with(self, *urls: str | None) -> frozenset[str]:
        """The platform's hosts and those of addresses that it named in a signed launch."""
        return self.hosts | {host for url in urls if url and (host := host_of(url))}


class LtiServices:
    """Authorised requests to the services of any registered platform. Safe in threads."""

    def __init__(self, *, database: Database, store: KeyValueStore, outgoing: Outgoing, clock: Clock) -> None:
        self.clock = clock
        self.store = store
        self._database = database
        self._outgoing = outgoing
        self._at_hand: dict[str, tuple[str, datetime]] = {}

    def call(
        self,
        registration: Registration,
        method: str,
        url: str,
        *,
        scopes: Collection[str],
        hosts: Collection[str],
        headers: Mapping[str, str],
        body: object = None,
    ) -> Answer:
        """Send one request with an access token for `scopes`; `body` is sent as JSON with the Content-Type in
        `headers`.

        If the LMS does not accept a cached token, by 401 or 403, the request is sent once more with a new one. Returns
        any other answer to the request itself, 4xx included; raises ServiceDelayed or ServiceDenied for the rest.
        """
        data = None if body is None else json.dumps(body).encode()
        send = partial(self._send, method, url, data=data, hosts=hosts, service=" ".join(sorted(scopes)))
        token, granted, kept = self._token(registration, scopes)
        answer = send(headers={**headers, "Authorization": f"Bearer {token}"})
        if answer.status in NOT_ALLOWED and kept:
            key = _token_key(registration, scopes)
            self._at_hand.pop(key, None)
            self.store.take(key)
            token, granted, _ = self._token(registration, scopes)
            answer = send(headers={**headers, "Authorization": f"Bearer {token}"})
        if answer.status in NOT_ALLOWED:
            raise _denial(answer, scopes, granted)
        return answer

    def pages(
        self,
        registration: Registration,
        url: str,
        *,
        scopes: Collection[str],
        hosts: Collection[str],
        accept: str,
    ) -> Iterator[Any]:
        """Each page of a list, decoded. Ends normally only after the last one: a broken run raises.

        Raises ServiceDelayed, or ServiceDenied with `code` not_found or rejected for any other 4xx.
        """
        seen: set[str] = set()
        next_url: str | None = url
        while next_url:
            if next_url in seen or len(seen) >= MOST_PAGES:
                raise ServiceDelayed("bad_answer", "the pages do not end")
            seen.add(next_url)
            answer = self.call(registration, "GET", next_url, scopes=scopes, hosts=hosts, headers={"Accept": accept})
            if answer.status == 404 and (is_page(answer) or len(seen) > 1):
                raise ServiceDelayed("bad_answer", "a list that breaks off")
            if not answer.ok:
                said = words_of(answer) or f"HTTP {answer.status}"
                raise ServiceDenied("not_found" if answer.status in GONE else "rejected", said)
            yield decoded(answer)
            next_url = next_page(next_url, answer)

    def _token(self, registration: Registration, scopes: Collection[str]) -> tuple[str, frozenset[str], bool]:
        """An access token, the scopes that it was granted (none if untold), and whether it came from the cache."""
        key = _token_key(registration, scopes)
        if kept := self._kept(key):
            token, _, granted = kept.partition("\n")
            return token, frozenset(granted.split()), True
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._assertion(registration),
            "scope": " ".join(sorted(scopes)),
        }
        answer = self._send(
            "POST",
            registration.token_url,
            headers={"Accept": "application/json"},
            data=form,
            hosts=registration.hosts,
            service="token",
        )
        token, seconds, granted = _read_token(answer, scopes)
        life = timedelta(seconds=seconds) - EXPIRES_EARLY
        if life > timedelta(0):
            self.store.put(key, f"{token}\n{granted}", life)
        return token, frozenset(granted.split()), False

    def _kept(self, key: str) -> str | None:
        """What the store has, or had a moment ago: hundreds of scores need not each ask for the same token."""
        now = self.clock()
        kept, until = self._at_hand.get(key, (None, now))
        if kept is None or until <= now:
            self._at_hand = {each: held for each, held in self._at_hand.items() if held[1] > now}
            if (kept := self.store.get(key)) is not None:
                self._at_hand[key] = (kept, now + AT_HAND)
        return kept

    def _assertion(self, registration: Registration) -> str:
        """A client assertion (RFC 7523, 2.2) signed with our current key."""
        now = self.clock()
        key = signing_key(self._database, now)
        claims = {
            "iss": registration.client_id,
            "sub": registration.client_id,
            "aud": registration.audience,
            "iat": int((now - BACKDATED).timestamp()),
            "exp": int((now + ASSERTION_LENGTH).timestamp()),
            "jti": secrets.token_urlsafe(24),
        }
        return key.sign(claims)

    def _send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        data: Mapping[str, str] | bytes | None,
        hosts: Collection[str],
        service: str,
    ) -> Answer:
        try:
            answer = self._outgoing.request(
                method, url, headers=headers, data=data, allowed_hosts=hosts, service=service
            )
        except OutgoingForbidden as error:
            raise ServiceDenied("rejected", str(error)) from error
        except OutgoingError as error:
            raise ServiceDelayed(_outgoing_code(error), str(error)) from error
        self._raise_for_passing_faults(answer)
        return answer

    def _raise_for_passing_faults(self, answer: Answer) -> None:
        retry_after = retry_after_seconds(answer.headers.get("Retry-After"), self.clock())
        # Canvas says "403 Forbidden (Rate Limit Exceeded)" or 429, depending on its version.
        if answer.status == 429 or (answer.status == 403 and b"rate limit exceeded" in answer.body[:2000].lower()):
            raise ServiceDelayed("throttled", f"HTTP {answer.status}", retry_after)
        if answer.status >= 500:
            code = "unreachable" if answer.status in PASSING_FAULTS else "server_error"
            raise ServiceDelayed(code, f"HTTP {answer.status}", retry_after, answer)
        if answer.status < 200 or 300 <= answer.status < 400:
            raise ServiceDelayed("bad_answer", f"HTTP {answer.status}")


def decoded(answer: Answer) -> Any:
    """The JSON of an answer; raises ServiceDelayed for anything else, such as the page of an LMS under maintenance."""
    try:
        return answer.json()
    except OutgoingBadAnswer as error:
        raise ServiceDelayed("bad_answer", "not JSON") from error


def is_page(answer: Answer) -> bool:
    """Whether an answer is HTML for people: something before the service, or a fault of the LMS, has answered."""
    return answer.body.lstrip().startswith(b"<")


def next_page(url: str, answer: Answer) -> str | None:
    """The address under rel=next in the Link header (RFC 8288), letter for letter; None on the last page.

    Raises ServiceDelayed where it is no address. Moodle's line items come with typographic quotes round the relation
    and with `&amp;` in the address.
    """
    header = answer.headers.get("Link", "")
    with contextlib.suppress(UnicodeError):
        header = header.encode("latin-1").decode("utf-8")  # HTTP libraries decode headers as Latin-1
    for target, parameters in LINK.findall(header):
        relation = REL.search(parameters)
        if relation and "next" in relation.group(1).lower().split():
            try:
                return urljoin(url, html.unescape(target.strip()))
            except ValueError as error:
                raise ServiceDelayed("bad_answer", "no address of a next page") from error
    return None


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """The Retry-After header (RFC 9110, 10.2.3), in seconds from now; None when missing or unreadable."""
    if not value:
        return None
    if value.isascii() and value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def _outgoing_code(error: OutgoingError) -> str:
    if isinstance(error, OutgoingTimeout):
        return "timeout"
    return "bad_answer" if isinstance(error, OutgoingTooLarge | OutgoingBadAnswer) else "unreachable"


def _token_key(registration: Registration, scopes: Collection[str]) -> str:
    """Client id included: every Canvas cloud customer shares one issuer."""
    parts = (registration.issuer, registration.client_id, registration.token_url, *sorted(scopes))
    return "token:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _denial(answer: Answer, scopes: Collection[str], granted: Collection[str]) -> ServiceDenied:
    """What 401 and 403 mean after the token was asked for anew: a scope is missing, or the address is not for us."""
    missing = set(scopes) - set(granted) if granted else set()
    if "insufficient_scope" in answer.headers.get("WWW-Authenticate", ""):
        missing = missing or set(scopes)
    if missing:
        return ServiceDenied("no_scope", _short(missing))
    return ServiceDenied("unauthorized" if answer.status == 401 else "forbidden", words_of(answer))


def _short(scopes: Collection[str]) -> str:
    return ", ".join(sorted(scope.rpartition("/")[2] for scope in scopes))


def _read_token(answer: Answer, scopes: Collection[str]) -> tuple[str, float, str]:
    """The token, its life in seconds and its scopes; raises ServiceDenied or ServiceDelayed."""
    if not answer.ok:
        # Moodle's error bodies can be broken JSON: only the error's name is wanted.
        named = re.search(rb'"error"\s*:\s*"+\s*([A-Za-z_ ]{1,60})', answer.body)
        name = named.group(1).decode().strip() if named else f"HTTP {answer.status}"
        if name == "invalid_scope":
            raise ServiceDenied("no_scope", _short(scopes))
        raise ServiceDenied("unauthorized", f"token: {name}")
    body = decoded(answer)
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ServiceDelayed("bad_answer", "no access token in the answer")
    granted = body.get("scope")
    return token, _life(body.get("expires_in")), granted if isinstance(granted, str) else ""


def _life(value: object) -> float:
    try:
        seconds = float(value)  # type: ignore[arg-type]  # some LMSs send text
    except (TypeError, ValueError, OverflowError):
        return UNTOLD_TOKEN_LIFE
    return min(max(seconds, 0.0), LONGEST_TOKEN_LIFE) if math.isfinite(seconds) else UNTOLD_TOKEN_LIFE

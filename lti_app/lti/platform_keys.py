"""The public keys of platforms: fetched, cached for as long as the platform says, fetched again when they change."""

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import PyJWTError

from lti_app.core.http import Answer, Outgoing, OutgoingError, host_of
from lti_app.core.key_value import KeyValueStore
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.tool_config import PlatformRegistration

KeySet = Mapping[str, tuple[RSAPublicKey, ...]]
"""Keys by their name. More than one may have the same name: a mistake of some platforms while they rotate."""

KEPT_LEAST, KEPT_UNTOLD, KEPT_MOST = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24)
FETCH_SECONDS = 4.0
WAIT_SECONDS = 1.0
"""How long after the beginning of a fetch others wait for what it brings."""
FAILURE_KEPT = timedelta(seconds=20)
"""How long a failed fetch is answered with the same failure, without asking again."""
ASKED_ANEW = timedelta(seconds=10)
"""How often at most a signature that does not fit makes us ask for a key set that we have."""
FETCHES = 5
FETCHES_WITHIN = timedelta(seconds=30)
"""At most FETCHES requests for one key set in this time, so that forged tokens cannot make us flood an LMS."""
MOST_KEYS = 100
MOST_OF_ONE_NAME = 10
"""Each key of a name is tried on each signature."""
LEAST_BITS, MOST_BITS = 2048, 8192
MOST_EXPONENT = 2**32
"""A signature is verified in time by the square of the bits and in proportion to the exponent's."""
MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


class PlatformKeys:
    """The key sets of all platforms. One for the whole process; safe in threads."""

    def __init__(self, store: KeyValueStore, outgoing: Outgoing) -> None:
        self._store = store
        self._outgoing = outgoing
        self._fetches: dict[str, _Fetch] = {}

    def find(self, registration: PlatformRegistration, kid: str) -> tuple[RSAPublicKey, ...]:
        """The keys of this name; fetches the key set again when it does not know the name.

        While the platform does not answer, the key set that it published within the last KEPT_MOST counts. Raises
        LaunchRefused: KEY_UNKNOWN, KEYS_UNREACHABLE, or KEYS_UNUSABLE when the answer is no set of RSA keys.
        """
        place = _place(registration)
        keys = self._kept(place).get(kid) or self._fetched_or_last(place, registration, kid)
        if not keys:
            raise LaunchRefused(RefusalReason.KEY_UNKNOWN, issuer=registration.issuer, kid=kid)
        return keys

    def find_anew(
        self, registration: PlatformRegistration, kid: str, rejected: tuple[RSAPublicKey, ...]
    ) -> tuple[RSAPublicKey, ...]:
        """The keys of this name that are published now, when a signature fits none of those that `find` has returned.

        A platform may change a key and keep its name. Anybody can send a signature that does not fit, so this asks at
        most every ASKED_ANEW; there are no keys where it may not ask, or gets no answer.
        """
        place = _place(registration)
        with self._fetches.setdefault(place, _Fetch()).alone() as is_mine:
            kept = self._kept(place).get(kid, ())
            if kept != rejected:  # another launch has asked in the meantime
                return kept
            if not is_mine or self._store.get(f"{place}:failed") or not self._may_ask_anew(place):
                return ()
            try:
                return self._fetch_and_keep(place, registration).get(kid, ())
            except LaunchRefused:
                return ()

    def _may_ask_anew(self, place: str) -> bool:
        return self._store.add(f"{place}:anew", "", ASKED_ANEW) and self._may_ask(place)

    def _may_ask(self, place: str) -> bool:
        return any(self._store.add(f"{place}:{slot}", "", FETCHES_WITHIN) for slot in range(FETCHES))

    def _kept(self, place: str) -> KeySet:
        text = self._store.get(place)
        return _read_keys(text) if text else {}

    def _fetched_or_last(
        self, place: str, registration: PlatformRegistration, kid: str
    ) -> tuple[RSAPublicKey, ...] | None:
        try:
            return self._fetched(place, registration, kid).get(kid)
        except LaunchRefused:
            if keys := self._kept(f"{place}:last").get(kid):
                return keys
            raise

    def _fetched(self, place: str, registration: PlatformRegistration, kid: str) -> KeySet:
        """The key set, fetched anew unless another thread has just done so, or has just failed."""
        with self._fetches.setdefault(place, _Fetch()).alone() as is_mine:
            kept = self._kept(place)
            if kid in kept:
                return kept
            if not is_mine:
                raise _unreachable(registration, "another request is waiting for the key set")
            if failure := self._store.get(f"{place}:failed"):
                raise LaunchRefused(RefusalReason(failure), issuer=registration.issuer, why="failed a moment ago")
            if not self._may_ask(place):
                if kept:
                    return kept
                raise _unreachable(registration, "asked too often")
            return self._fetch_and_keep(place, registration)

    def _fetch_and_keep(self, place: str, registration: PlatformRegistration) -> KeySet:
        try:
            text, keeping = self._fetch(registration)
        except LaunchRefused as refusal:
            self._store.put(f"{place}:failed", refusal.reason.value, FAILURE_KEPT)
            raise
        self._store.put(place, text, keeping)
        self._store.put(f"{place}:last", text, KEPT_MOST)
        return _read_keys(text)

    def _fetch(self, registration: PlatformRegistration) -> tuple[str, timedelta]:
        """The key set as text, in a form of ours, and how long to keep it."""
        url = registration.jwks_url
        accept = {"Accept": "application/json"}
        try:
            answer = self._outgoing.request(
                "GET", url, headers=accept, allowed_hosts={host_of(url)}, deadline=FETCH_SECONDS, service="keys"
            )
            if not answer.ok:
                raise _unreachable(registration, f"HTTP {answer.status}")
            usable = _usable(answer.json())
        except OutgoingError as error:
            raise _unreachable(registration, f"{type(error).__name__}: {error}") from error
        if not usable:
            raise LaunchRefused(RefusalReason.KEYS_UNUSABLE, issuer=registration.issuer)
        return json.dumps(usable), _keeping(answer)


class _Fetch:
    """One fetch at a time of one key set, in one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = self._took = 0.0

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether the fetch is the caller's: False after WAIT_SECONDS of another's, and at once when that hangs, or the
        last one took so long: threads that wait serve nobody.
        """
        patience = max(0.0, self._began + WAIT_SECONDS - time.monotonic()) if self._took < WAIT_SECONDS else 0.0
        if not self._lock.acquire(blocking=False) and not self._lock.acquire(timeout=patience):
            yield False
            return
        self._began = time.monotonic()
        try:
            yield True
        finally:
            self._took = time.monotonic() - self._began
            self._lock.release()


def _place(registration: PlatformRegistration) -> str:
    """Where the store keeps a platform's key set."""
    return "jwks:" + sha256(registration.jwks_url.encode()).hexdigest()


def _unreachable(registration: PlatformRegistration, why: str) -> LaunchRefused:
    return LaunchRefused(RefusalReason.KEYS_UNREACHABLE, issuer=registration.issuer, why=why)


def _keeping(answer: Answer) -> timedelta:
    """How long the answer may be cached: its max-age, within our limits."""
    told = MAX_AGE.search(answer.headers.get("Cache-Control", ""))
    keeping = timedelta(seconds=int(told[1])) if told else KEPT_UNTOLD
    return min(max(keeping, KEPT_LEAST), KEPT_MOST)


def _usable(key_set: Any) -> list[dict[str, str]]:
    """The public parts of those keys of a JSON Web Key Set that may verify an RS256 signature."""
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    usable = []
    for key in keys[:MOST_KEYS] if isinstance(keys, list) else ():
        if isinstance(key, dict) and _may_verify(key) and _rsa_key(key) is not None:
            usable.append({part: key[part] for part in ("kty", "kid", "n", "e")})
    return usable


def _may_verify(key: Mapping[str, Any]) -> bool:
    texts = all(isinstance(key.get(part), str) and key[part] for part in ("kid", "n", "e"))
    return texts and key.get("kty") == "RSA" and key.get("use", "sig") == "sig" and key.get("alg", "RS256") == "RS256"


def _rsa_key(key: Mapping[str, Any]) -> RSAPublicKey | None:
    """The key, None when its numbers make no RSA key of a size that is safe, and quick to verify with."""
    try:
        made = RSAAlgorithm.from_jwk({part: key[part] for part in ("kty", "n", "e")})
    except (PyJWTError, ValueError, TypeError):
        return None
    public = cast(RSAPublicKey, made)
    is_usual = LEAST_BITS <= public.key_size <= MOST_BITS and public.public_numbers().e <= MOST_EXPONENT
    return public if is_usual else None


@lru_cache(maxsize=64)
def _read_keys(text: str) -> KeySet:
    """The keys in a stored text. Kept in the process: making the key objects costs more than verifying with them."""
    found: dict[str, tuple[RSAPublicKey, ...]] = {}
    for key in json.loads(text):
        made = _rsa_key(key)
        if made is not None:
            found[key["kid"]] = (*found.get(key["kid"], ()), made)[:MOST_OF_ONE_NAME]
    return found

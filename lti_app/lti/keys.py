"""Our own keys: with them we sign what we send to an LMS, and publish the public halves at /lti/jwks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwcrypto import jwk
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.lti.models import ToolKey

JWK: Any = jwk.JWK  # the library has no types
KEY_BITS = 2048
STAYS_PUBLISHED = timedelta(days=7)
"""How long an earlier key stays published after a rotation, for platforms that still verify older messages."""
PUBLISHED_FIRST = timedelta(minutes=10)
"""How long a new key is only published before it signs, so that no platform meets it before it could learn it."""


@dataclass(frozen=True)
class SigningKey:
    """A private key and the name (`kid`, its RFC 7638 thumbprint) under which its public half is published."""

    kid: str
    private_pem: str

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A JSON Web Token of these claims."""
        return jwt.encode(dict(claims), _private_key(self.private_pem), algorithm="RS256", headers={"kid": self.kid})


@dataclass(frozen=True)
class KeyInfo:
    """A published key as operators see it."""

    kid: str
    created_at: datetime
    retired_at: datetime | None
    """When it ceases to be published; None for the newest one."""
    signs: bool
    """Whether what we send now is signed with it."""


def signing_key(database: Database, now: datetime) -> SigningKey:
    """The key that signs now. It is only read, which waits for nobody who writes; the first one is made."""
    with database.read() as session:
        key = _signing(_published(session, now), now)
    if key is not None:
        return SigningKey(key.kid, key.private_pem)
    with database.writing() as session:
        return current_key(session, now)


def current_key(session: Session, now: datetime) -> SigningKey:
    """The key that signs now, in a session that writes: it makes the first one where there is none."""
    key = _signing(_published(session, now), now) or _make(session, now)
    return SigningKey(key.kid, key.private_pem)


def public_jwks(session: Session, now: datetime) -> dict[str, Any]:
    """The JSON Web Key Set (RFC 7517) of all published keys, newest first; no keys when none was ever made."""
    return {"keys": [_public_jwk(key) for key in _published(session, now)]}


def rotate(session: Session, now: datetime, *, at_once: bool = False) -> SigningKey:
    """Make a new key and return it. It signs after PUBLISHED_FIRST; earlier keys stay published for STAYS_PUBLISHED.

    With `at_once`, for a key that has become known: the new one signs immediately and the earlier ones are withdrawn.
    """
    session.execute(delete(ToolKey).where(ToolKey.retired_at <= now))
    withdrawn = now if at_once else now + STAYS_PUBLISHED
    earlier = update(ToolKey).where(ToolKey.retired_at.is_(None) | (ToolKey.retired_at > withdrawn))
    session.execute(earlier.values(retired_at=withdrawn))
    key = _make(session, now)
    return SigningKey(key.kid, key.private_pem)


def list_keys(session: Session, now: datetime) -> list[KeyInfo]:
    """The published keys, newest first."""
    keys = _published(session, now)
    signing = _signing(keys, now)
    return [KeyInfo(key.kid, key.created_at, key.retired_at, key is signing) for key in keys]


def _published(session: Session, now: datetime) -> list[ToolKey]:
    shown = ToolKey.retired_at.is_(None) | (ToolKey.retired_at > now)
    newest_first = (ToolKey.created_at.desc(), ToolKey.retired_at.is_(None).desc(), ToolKey.kid)
    return list(session.scalars(select(ToolKey).where(shown).order_by(*newest_first)))


def _signing(keys: list[ToolKey], now: datetime) -> ToolKey | None:
    """The newest key that has been published long enough; the newest of all where none has."""
    seasoned = (key for key in keys if key.created_at <= now - PUBLISHED_FIRST)
    return next(seasoned, keys[0] if keys else None)


def _make(session: Session, now: datetime) -> ToolKey:
    pair = JWK.generate(kty="RSA", size=KEY_BITS)
    pem: bytes = pair.export_to_pem(private_key=True, password=None)
    key = ToolKey(kid=pair.thumbprint(), private_pem=pem.decode(), created_at=now, retired_at=None)
    session.add(key)
    session.flush()
    return key


def _public_jwk(key: ToolKey) -> dict[str, Any]:
    return {**_public_numbers(key.private_pem), "kid": key.kid, "alg": "RS256", "use": "sig"}


@lru_cache(maxsize=16)
def _private_key(pem: str) -> RSAPrivateKey:
    """The key, kept in the process: to read and check it takes 50 milliseconds in which no other thread runs."""
    return cast(RSAPrivateKey, load_pem_private_key(pem.encode(), password=None))


@lru_cache(maxsize=16)
def _public_numbers(pem: str) -> Mapping[str, Any]:
    """The public half, kept in the process for the same reason: anybody may ask for it as often as they like."""
    public: dict[str, Any] = JWK.from_pem(pem.encode()).export_public(as_dict=True)
    return public

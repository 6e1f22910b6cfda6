"""Our own keys: with them we sign what we send to an LMS, and publish the public halves at /lti/jwks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jwcrypto import jwk
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

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


@dataclass(frozen=True)
class KeyInfo:
    """A published key as operators see it."""

    kid: str
    created_at: datetime
    retired_at: datetime | None
    """When it ceases to be published; None for the newest one."""
    signs: bool
    """Whether what we send now is signed with it."""


def current_key(session: Session, now: datetime) -> SigningKey:
    """The key that signs now. Makes the first one where there is none: then the session must be one that writes."""
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
    public: dict[str, Any] = JWK.from_pem(key.private_pem.encode()).export_public(as_dict=True)
    return {**public, "kid": key.kid, "alg": "RS256", "use": "sig"}

"""The key with which the practice LMS signs, and the tool's keys with which it checks."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"
FETCH_SECONDS = (3.0, 5.0)
LEEWAY_SECONDS = 30


class UntrustedTokenError(Exception):
    """A JSON Web Token that the tool cannot have signed, or that is not meant for this LMS now."""


def new_private_key() -> str:
    """Return a fresh RSA key of 2048 bits as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class SigningKey:
    """The private key of the LMS; its ``kid`` is the thumbprint of RFC 7638."""

    def __init__(self, pem: str) -> None:
        self._private = cast(rsa.RSAPrivateKey, load_pem_private_key(pem.encode(), password=None))
        public = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        self._jwk = {name: public[name] for name in ("kty", "n", "e")}
        self.kid: str = _thumbprint(self._jwk)

    def sign(self, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
        """Return the compact RS256 JWT of ``claims``; ``header`` adds to, replaces or (None) removes JOSE fields."""
        headers = {name: value for name, value in ({"kid": self.kid} | dict(header or {})).items() if value is not None}
        return jwt.encode(dict(claims), self._private, algorithm=ALGORITHM, headers=headers)

    def key_set(self) -> dict[str, Any]:
        """Return the public JSON Web Key Set (RFC 7517)."""
        return {"keys": [self._jwk | {"kid": self.kid, "alg": ALGORITHM, "use": "sig"}]}


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    """By the clock of this LMS, which need not be that of the machine; raises what the library would raise."""
    times = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    if not all(isinstance(moment, int | float) and not isinstance(moment, bool) for moment in times.values()):
        raise jwt.DecodeError("a time is not a number")
    if "exp" in times and times["exp"] <= now - LEEWAY_SECONDS:
        raise jwt.ExpiredSignatureError("Signature has expired")
    if any(times.get(name, now) > now + LEEWAY_SECONDS for name in ("iat", "nbf")):
        raise jwt.ImmatureSignatureError("The token is not yet valid")


def _thumbprint(key: Mapping[str, Any]) -> str:
    canonical = json.dumps({name: key[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()


class ToolKeys:
    """The tool's public keys, fetched over HTTP and fetched again when a token names a key that is not known."""

    def __init__(
        self, url: str, on_fetch: Callable[[str, int | None, str], None], clock: Callable[[], datetime]
    ) -> None:
        self._url = url
        self._clock = clock
        self._on_fetch = on_fetch
        self._keys: dict[str, Any] = {}

    def verify(self, token: str, *, audience: str, issuer: str, required: tuple[str, ...]) -> dict[str, Any]:
        """Return the claims of a token that the tool signed; raises UntrustedTokenError with the reason otherwise."""
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=audience,
                issuer=issuer,
                options={"require": list(required), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            _check_times(claims, self._clock().timestamp())
        except jwt.InvalidTokenError as error:
            raise UntrustedTokenError(str(error)) from error
        return claims

    def _key(self, kid: object) -> Any:
        if not isinstance(kid, str) or not kid:
            raise UntrustedTokenError("The JWT header has no key ID (kid).")
        if kid not in self._keys:
            self._fetch()
        if kid not in self._keys:
            raise UntrustedTokenError(f"The key set at {self._url} has no usable RSA key with kid {kid!r}.")
        return self._keys[kid]

    def _fetch(self) -> None:
        try:
            response = requests.get(self._url, timeout=FETCH_SECONDS, headers={"Accept": "application/json"})
        except requests.RequestException as error:
            self._on_fetch(self._url, None, str(error))
            raise UntrustedTokenError(f"The tool's key set at {self._url} could not be fetched.") from error
        self._on_fetch(self._url, response.status_code, response.text)
        self._keys = _read_key_set(response)


def _read_key_set(response: requests.Response) -> dict[str, Any]:
    try:
        response.raise_for_status()
        entries = response.json()["keys"]
        return {entry["kid"]: jwt.PyJWK(entry, ALGORITHM).key for entry in entries if entry.get("kty") == "RSA"}
    except (requests.RequestException, jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UntrustedTokenError(f"The tool’s response at {response.url} is not a key set.") from error

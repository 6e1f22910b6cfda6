"""The access token endpoint: client credentials with a signed assertion (Security Framework 1.0 section 4.1)."""

from collections.abc import Mapping
from typing import Any

from lti_app.practice_lms.keys import UntrustedTokenError
from lti_app.practice_lms.lms import TOKEN_SECONDS, PracticeLms
from lti_app.practice_lms.vocabulary import ALL_SCOPES, ASSERTION_TYPE

REQUIRED = ("iss", "sub", "aud", "exp", "iat", "jti")
LONGEST_AGE = 600


class TokenRefusedError(Exception):
    """A request for a token that is refused; ``error`` is a code of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


def grant_token(lms: PracticeLms, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer of RFC 6749 section 5.1; raises TokenRefusedError."""
    if form.get("grant_type") != "client_credentials":
        raise TokenRefusedError("unsupported_grant_type", "grant_type must be client_credentials.")
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise TokenRefusedError("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}.")
    _check_assertion(lms, form.get("client_assertion", ""))
    scopes = [scope for scope in form.get("scope", "").split() if scope in ALL_SCOPES]
    if not scopes:
        raise TokenRefusedError("invalid_scope", "None of the requested scopes can be granted.")
    return {
        "access_token": lms.issue_token(scopes),
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(scopes),
    }


def _check_assertion(lms: PracticeLms, assertion: str) -> None:
    config = lms.config
    try:
        claims = lms.tool_keys.verify(assertion, audience=config.token_url, issuer=config.client_id, required=REQUIRED)
    except UntrustedTokenError as error:
        raise TokenRefusedError("invalid_client", f"client_assertion: {error}") from error
    if claims["sub"] != config.client_id:
        raise TokenRefusedError("invalid_client", "client_assertion: iss and sub must both be the client_id.")
    if config.clock().timestamp() - float(claims["iat"]) > LONGEST_AGE:
        raise TokenRefusedError("invalid_client", "client_assertion: iat lies more than ten minutes back.")
    if not claims["jti"] or not lms.use_once("jti", str(claims["jti"]), lms.lifetime(claims)):
        raise TokenRefusedError("invalid_client", "client_assertion: its jti was used before.")

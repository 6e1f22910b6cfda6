"""The second half of a launch: every check of the LMS's answer (Security Framework 1.0, 5.1.3; LTI 1.3 core, 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError
from pylti1p3.message_launch import MessageLaunch

from lti_app.core.json_text import is_deep, read_json
from lti_app.lti.claims import CLAIM, Message, audience, opaque, read_message
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.login import carries
from lti_app.lti.platform_keys import PlatformKeys
from lti_app.lti.states import Login, LoginStates, LtiRequest, StateCookies
from lti_app.lti.tool_config import PlatformDeployment, PlatformRegistration, RegisteredPlatforms

ALGORITHM = "RS256"
MAX_TOKEN = 200_000
LEEWAY = timedelta(seconds=60)
"""How far the LMS's clock may be from ours."""
MAX_AGE = timedelta(minutes=10)
"""How long ago a token may have been issued, whatever end it names itself."""
MAX_LIFE = timedelta(days=1)
"""A token that is to last longer than this is a mistake."""
FARTHEST = 253_402_300_800
"""Seconds from 1970 to the year 10 000."""

_jws = PyJWS()
_rs256 = RSAAlgorithm(RSAAlgorithm.SHA256)


@dataclass(frozen=True)
class Launch:
    """A launch that has passed every check."""

    message: Message
    registration: PlatformRegistration
    deployment: PlatformDeployment


class PlatformMessage(MessageLaunch[LtiRequest, RegisteredPlatforms, LoginStates, StateCookies]):
    """One launch message. The order of checks matters: nothing is believed, or used up, before the signature.

    Then the state is taken, so that whatever else may be wrong, the same message cannot come a second time.
    """

    _registration: PlatformRegistration
    _launch: Launch

    def __init__(
        self,
        request: LtiRequest,
        tool_config: RegisteredPlatforms,
        states: LoginStates,
        cookies: StateCookies,
        *,
        keys: PlatformKeys,
        now: datetime,
    ) -> None:
        super().__init__(request, tool_config, states, cookies)
        self._keys = keys
        self._now = now.timestamp()

    def check(self) -> Launch:
        """Make every check; raises LaunchRefused with the first one that fails."""
        self.validate()
        return self._launch

    def validate(self) -> "PlatformMessage":
        """Make every check, in our order."""
        self._validated = True  # else the library would begin again whenever a check reads the claims
        try:
            self.validate_jwt_format().validate_registration().validate_jwt_signature()
            self.validate_state().validate_times().validate_message()
        except Exception:
            self._validated = False
            raise
        return self

    def validate_jwt_format(self) -> "PlatformMessage":
        """Three parts, an RS256 header that names its key, and an object of claims. Nothing is believed yet."""
        header, body, self._signature = _decoded(self._get_id_token())
        if header.get("alg") != ALGORITHM:
            raise LaunchRefused(RefusalReason.TOKEN_ALGORITHM, alg=str(header.get("alg"))[:20])
        kid = opaque(header.get("kid"), RefusalReason.TOKEN_KEY_UNNAMED)
        self._jwt = cast(Any, {"header": {"alg": ALGORITHM, "kid": kid}, "body": body})
        return self

    def validate_registration(self) -> "PlatformMessage":
        """The token names an issuer and exactly one client that the operator has registered."""
        issuer, client_id = opaque(self._claim("iss"), RefusalReason.ISSUER), audience(self._claim("aud"))
        try:
            self._registration = self._tool_config.find_registration_by_params(
                issuer, client_id, deployment_id=self._claim(CLAIM + "deployment_id")
            )
        except LaunchRefused as refusal:
            if refusal.reason is RefusalReason.PLATFORM_UNKNOWN:
                raise LaunchRefused(RefusalReason.AUDIENCE, **refusal.ids) from refusal
            raise
        if self._claim("azp") not in (None, client_id):
            raise LaunchRefused(RefusalReason.AUDIENCE, issuer=issuer, client_id=client_id)
        return self

    def validate_jwt_signature(self) -> "PlatformMessage":
        """One of the platform's keys of the token's `kid` has signed it. From here on its claims are believed."""
        kid = self._jwt["header"]["kid"]
        known = self._keys.find(self._registration, kid)
        if not self._is_signed(known) and not self._is_signed(self._keys.find_anew(self._registration, kid, known)):
            raise LaunchRefused(RefusalReason.SIGNATURE, **self._ids())
        return self

    def validate_state(self) -> "PlatformMessage":
        """The message answers a login of this browser, not yet answered, with the same LMS, nonce and target."""
        state = self._get_request_param("state")
        cookie = self._cookie_service.get_cookie(state)
        if cookie is None:
            self._session_service.peek(state)  # a login that is over explains more than its missing cookie
            raise LaunchRefused(RefusalReason.COOKIE_MISSING, **self._ids())
        login = self._session_service.take(state)
        self._cookie_service.delete_cookie(state)
        if not carries(cookie, login):
            raise LaunchRefused(RefusalReason.COOKIE_WRONG, **self._ids())
        self._compare(login)
        return self

    def validate_nonce(self) -> "PlatformMessage":
        """Part of `validate_state` here: nonce and state are used up together."""
        return self

    def validate_times(self) -> "PlatformMessage":
        """Check that the message is valid now, within LEEWAY."""
        issued, ends = self._moment("iat"), self._moment("exp")
        begins = issued if self._claim("nbf") is None else max(issued, self._moment("nbf"))
        leeway = LEEWAY.total_seconds()
        if begins > self._now + leeway:
            raise LaunchRefused(RefusalReason.TIME_FUTURE, ahead=f"{begins - self._now:.0f} s", **self._ids())
        if ends <= self._now - leeway or issued < self._now - leeway - MAX_AGE.total_seconds():
            raise LaunchRefused(RefusalReason.TIME_EXPIRED, issued_ago=f"{self._now - issued:.0f} s", **self._ids())
        if ends > issued + MAX_LIFE.total_seconds():
            raise LaunchRefused(RefusalReason.TIME_MALFORMED, claim="exp", **self._ids())
        return self

    def validate_message(self) -> "PlatformMessage":
        """The claims are of the right types, and the operator has added the deployment."""
        message = read_message(self._jwt["body"])
        deployment = self._registration.deployment
        if deployment is None:
            raise LaunchRefused(RefusalReason.DEPLOYMENT_UNKNOWN, **self._ids(), deployment_id=message.deployment_id)
        self._launch = Launch(message, self._registration, deployment)
        return self

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def _get_id_token(self) -> str:
        token = self._get_request_param("id_token")
        if not token:
            raise LaunchRefused(RefusalReason.TOKEN_MISSING)
        if len(token) > MAX_TOKEN:
            raise LaunchRefused(RefusalReason.TOO_LARGE)
        return token

    def _is_signed(self, keys: Iterable[RSAPublicKey]) -> bool:
        """Whether one of the keys has signed the token: all before its last dot, as it was sent."""
        signed = self._get_id_token().encode().rpartition(b".")[0]
        return any(_rs256.verify(signed, key, self._signature) for key in keys)

    def _claim(self, name: str) -> Any:
        return cast(dict[str, Any], self._jwt["body"]).get(name)

    def _compare(self, login: Login) -> None:
        """Refuse a token that answers another login than this one."""
        if self._claim("nonce") != login.nonce:
            raise LaunchRefused(RefusalReason.NONCE, **self._ids())
        same_client = (self._registration.issuer, self._registration.client_id) == (login.issuer, login.client_id)
        # A claim that is missing altogether is told so by `validate_message`.
        told = self._claim(CLAIM + "deployment_id")
        if not same_client or (login.deployment_id and told not in (None, login.deployment_id)):
            raise LaunchRefused(RefusalReason.STATE_MISMATCH, **self._ids())
        if self._claim(CLAIM + "target_link_uri") not in (None, login.target_link_uri):
            raise LaunchRefused(RefusalReason.TARGET, **self._ids())

    def _moment(self, name: str) -> float:
        """A NumericDate (RFC 7519, 2) in seconds; whole or not, but a number, and of a year that calendars have."""
        value = self._claim(name)
        if value is None:
            raise LaunchRefused(RefusalReason.TIME_MISSING, claim=name, **self._ids())
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < FARTHEST:
            raise LaunchRefused(RefusalReason.TIME_MALFORMED, claim=name, **self._ids())
        return float(value)

    def _ids(self) -> dict[str, str]:
        return {"issuer": self._registration.issuer, "client_id": self._registration.client_id}


def _decoded(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Header, claims and signature of a JSON Web Token, unverified; LaunchRefused when it is none."""
    try:
        parts = _jws.decode_complete(token, options={"verify_signature": False})
        body = read_json(parts["payload"])
    except (PyJWTError, ValueError, RecursionError) as error:
        raise LaunchRefused(RefusalReason.TOKEN_FORMAT) from error
    header = parts["header"]
    if not isinstance(body, dict) or is_deep(header):
        raise LaunchRefused(RefusalReason.TOKEN_FORMAT)
    return header, body, parts["signature"]

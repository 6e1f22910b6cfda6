"""The state of a login between its two requests, and the PyLTI1p3 services that store it.

A login is stored neither in a signed cookie nor in the process, but in the key-value store under a random state that
works once. The browser that began the login has a cookie without which the state is useless.
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from pylti1p3.cookie import CookieService
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lti_app.core.key_value import KeyValueStore
from lti_app.lti.errors import LaunchRefused, RefusalReason

STATE_LENGTH = timedelta(minutes=10)
"""How long a login may take: time enough to sign in to the LMS on the way."""
STATE = re.compile(r"[A-Za-z0-9_-]{43}")
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Login:
    """One login under way.

    Deployment, target and hints are what the unsigned login request says; `nonce` and `browser` are our own secrets.
    """

    issuer: str
    client_id: str
    auth_login_url: str
    deployment_id: str
    target_link_uri: str
    login_hint: str
    message_hint: str
    own_tab: bool
    """Whether it runs in a tab of its own, because the LMS's frame kept no cookie."""
    nonce: str
    browser: str
    """What the cookie of the browser that began must say."""


def new_secret() -> str:
    """256 random bits as text, in the alphabet of URLs and cookies."""
    return secrets.token_urlsafe(32)


class LtiRequest(Request):
    """The parameters of one HTTP request; each may occur once."""

    def __init__(self, params: MultiDict[str, str], cookies: MultiDict[str, str], *, secure: bool) -> None:
        self._params = params
        self._secure = secure
        self.cookies = cookies

    def is_secure(self) -> bool:
        """Whether cookies may be, and must be, for encrypted connections alone."""
        return self._secure

    def get_param(self, key: str) -> str:
        """The parameter, or an empty text if it is absent. Raises LaunchRefused if it occurs more than once."""
        values = self._params.getlist(key)
        if len(values) > 1:
            raise LaunchRefused(RefusalReason.PARAMETER_DUPLICATE, parameter=key)
        return values[0] if values else ""


class StateCookies(CookieService):
    """One cookie for each login, deleted after its launch.

    `Partitioned` makes it work in a frame where third-party cookies are blocked; `__Host-` prevents other hosts of the
    same domain from setting it.
    """

    def __init__(self, request: LtiRequest) -> None:
        self._request = request
        self._changes: dict[str, tuple[str, int]] = {}

    def get_cookie(self, name: str) -> str | None:
        """The value that the browser sent for the login of this state."""
        return self._request.cookies.get(self._cookie_name(name))

    def set_cookie(self, name: str, value: str | int, exp: int | None = None) -> None:
        """Have the browser carry `value` for the login of this state."""
        self._changes[name] = (str(value), int(STATE_LENGTH.total_seconds()) if exp is None else exp)

    def delete_cookie(self, name: str) -> None:
        """Have the browser forget the cookie of this state."""
        self._changes[name] = ("", 0)

    def update_response(self, response: Response) -> None:
        """Write the changes into a response."""
        secure = self._request.is_secure()
        for name, (value, seconds) in self._changes.items():
            response.set_cookie(
                self._cookie_name(name),
                value,
                max_age=seconds,
                httponly=True,
                secure=secure,
                samesite="None" if secure else "Lax",
                partitioned=secure,
            )

    def _cookie_name(self, state: str) -> str:
        return f"{'__Host-' if self._request.is_secure() else ''}colloquy-login-{state[:16]}"


class LoginStates(SessionService):
    """The logins under way, in the store. Replaces the library's session, which neither consumes nor binds nonces."""

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def save_state_params(self, state: str, params: dict[str, Any]) -> None:
        """Begin a login."""
        self._store.put(_place(state), json.dumps(params), STATE_LENGTH)

    def get_state_params(self, state: str) -> dict[str, Any]:
        """What the login of this state began with, without using it up; LaunchRefused when there is none."""
        return _params(self._store.get(_place(state)))

    def take_state_params(self, state: str) -> dict[str, Any]:
        """Take the parameters stored under a state: of simultaneous callers exactly one gets them."""
        return _params(self._store.take(_place(state)))

    def begin(self, state: str, login: Login) -> None:
        """Begin this login."""
        self.save_state_params(state, asdict(login))

    def peek(self, state: str) -> Login:
        """The login of this state, still usable; LaunchRefused when there is none."""
        return Login(**self.get_state_params(state))

    def take(self, state: str) -> Login:
        """The login of this state, used up; LaunchRefused when there is none, or it has been used."""
        return Login(**self.take_state_params(state))


def may_have_secure_cookies(base_url: str) -> bool:
    """Whether browsers keep `Secure` cookies of this address: https, or the machine itself."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    return parts.scheme == "https" or host in LOCAL_HOSTS or host.endswith(".localhost")


def _place(state: str) -> str:
    if not STATE.fullmatch(state):
        raise LaunchRefused(RefusalReason.STATE_UNKNOWN)
    return f"login:{state}"


def _params(text: str | None) -> dict[str, Any]:
    if text is None:
        raise LaunchRefused(RefusalReason.STATE_UNKNOWN)
    params: dict[str, Any] = json.loads(text)
    return params

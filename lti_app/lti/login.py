"""The first half of a launch: the LMS's login request and our answer (1EdTech Security Framework 1.0, 5.1.1)."""

import hmac
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from flask import redirect
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.registration import Registration
from werkzeug.wrappers import Response

from lti_app.core.http import host_of
from lti_app.lti.claims import opaque
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.states import Login, LoginStates, LtiRequest, StateCookies, new_secret
from lti_app.lti.tool_config import RegisteredPlatforms

MAX_HINT = 16_000
MAX_TARGET = 4_000


class PlatformRedirect(Redirect[Response]):
    """A redirect to the LMS; never by script, as no page of ours has any inline."""

    def __init__(self, url: str) -> None:
        self._url = url

    def do_redirect(self) -> Response:
        """The redirect."""
        return redirect(self._url, 302)

    def do_js_redirect(self) -> Response:
        """Redirect in the ordinary way; PyLTI1p3 asks for this variant for pages with scripts."""
        return self.do_redirect()

    def set_redirect_url(self, location: str) -> None:
        """Lead elsewhere."""
        self._url = location

    def get_redirect_url(self) -> str:
        """Where it leads."""
        return self._url


class PlatformLogin(OIDCLogin[LtiRequest, RegisteredPlatforms, LoginStates, StateCookies, Response]):
    """A login in two steps; between them we check whether the browser accepted our cookie.

    The LMS's hints work once. So `begin` only stores them and sets the cookie; `redirect`, in the next request, uses
    them. A browser that rejected the cookie can `begin_again` in a new tab with the same hints.
    """

    _login: Login | None = None

    def begin(self, base_url: str) -> str:
        """Check the LMS's login request and begin; returns the state. Raises LaunchRefused."""
        registration = self.validate_oidc_login()
        target = self._required("target_link_uri", MAX_TARGET)
        if not is_ours(target, base_url):
            raise LaunchRefused(RefusalReason.TARGET_FOREIGN, issuer=self._required("iss"))
        return self._begin(
            Login(
                issuer=registration.get_issuer() or "",
                client_id=registration.get_client_id() or "",
                auth_login_url=registration.get_auth_login_url() or "",
                # Canvas says deployment_id where the specification (core, 4.1.2) says lti_deployment_id.
                deployment_id=self._optional("lti_deployment_id") or self._optional("deployment_id"),
                target_link_uri=target,
                login_hint=self._required("login_hint", MAX_HINT),
                message_hint=self._optional("lti_message_hint", MAX_HINT),
                own_tab=False,
                nonce="",
                browser="",
            )
        )

    def begin_again(self) -> str:
        """Begin the login again in a new tab, with the hints stored under the request's state; returns the new
        state.
        """
        return self._begin(replace(self.login(), own_tab=True))

    def login(self) -> Login:
        """The login whose state the request names; LaunchRefused when it is over."""
        if self._login is None:
            self._login = self._session_service.peek(self._get_request_param("state"))
        return self._login

    def get_redirect(self, url: str) -> PlatformRedirect:
        """The library's hook for the kind of redirect."""
        return PlatformRedirect(url)

    def validate_oidc_login(self) -> Registration:
        """The registration that the request names; raises LaunchRefused."""
        self._required("iss")
        self._required("login_hint", MAX_HINT)
        self._optional("client_id")
        self._registration = super().validate_oidc_login()
        return self._registration

    def _begin(self, login: Login) -> str:
        state = new_secret()
        login = replace(login, nonce=new_secret(), browser=new_secret())
        self._session_service.begin(state, login)
        self._cookie_service.set_cookie(state, login.browser)
        return state

    def _prepare_redirect_url(self, launch_url: str) -> str:
        """The LMS's address with our authentication request for the login whose state the request names."""
        login = self.login()
        params = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": login.client_id,
            "redirect_uri": launch_url,
            "state": self._get_request_param("state"),
            "nonce": login.nonce,
            "login_hint": login.login_hint,
        }
        if login.message_hint:
            params["lti_message_hint"] = login.message_hint
        separator = "&" if urlsplit(login.auth_login_url).query else "?"
        return login.auth_login_url + separator + urlencode(params)

    def _required(self, name: str, limit: int = 255) -> str:
        value = self._optional(name, limit)
        if not value:
            raise LaunchRefused(RefusalReason.PARAMETER_MISSING, parameter=name)
        return value

    def _optional(self, name: str, limit: int = 255) -> str:
        """The parameter as sent. Hints are opaque and only echoed; whatever is looked up must be storable text."""
        value = self._get_request_param(name)
        if len(value) > limit:
            raise LaunchRefused(RefusalReason.PARAMETER_TOO_LONG, parameter=name)
        return value if limit == MAX_HINT or not value else opaque(value, RefusalReason.PARAMETER_MALFORMED, limit)


def carries(cookie: str | None, login: Login) -> bool:
    """Whether this cookie belongs to the browser that began the login."""
    return cookie is not None and hmac.compare_digest(cookie.encode(), login.browser.encode())


def is_ours(url: str, base_url: str) -> bool:
    """Whether `url` is an address of this tool: the same scheme, host and port as `base_url`, and nothing hidden."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in " \\"):
        return False
    return bool(host_of(url)) and "@" not in urlsplit(url).netloc and _place(url) == _place(base_url)


def _place(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, host_of(url)

"""The OpenID Connect authentication request of a launch (1EdTech Security Framework 1.0 section 5.1.1)."""

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from lti_app.practice_lms.launches import Launch
from lti_app.practice_lms.lms import PracticeLms

SINGLE = (
    "scope",
    "response_type",
    "response_mode",
    "prompt",
    "client_id",
    "redirect_uri",
    "login_hint",
    "nonce",
    "state",
)


class BadClientError(Exception):
    """The request names no registered client or redirect URI, so the answer must not leave the LMS."""


@dataclass(frozen=True, slots=True)
class AuthAnswer:
    """A form to post to the tool: an id_token with its claims, or an error."""

    redirect_uri: str
    fields: dict[str, str]
    claims: dict[str, Any] | None = None
    launch: Launch | None = None


class _RefusedError(Exception):
    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


def answer_authentication(lms: PracticeLms, params: MultiDict[str, str]) -> AuthAnswer:
    """Return what to post to the tool; raises BadClientError where there is no place to post to."""
    redirect_uri = _checked_redirect_uri(lms, params)
    state = {"state": params["state"]} if params.get("state") else {}
    try:
        _check_protocol(params)
        launch = _checked_launch(lms, params)
        claims = _claims(lms, launch, params["nonce"])
    except _RefusedError as refusal:
        return AuthAnswer(redirect_uri, {"error": refusal.error, "error_description": str(refusal)} | state)
    return AuthAnswer(redirect_uri, {"id_token": lms.sign(claims)} | state, claims, launch)


def _checked_redirect_uri(lms: PracticeLms, params: MultiDict[str, str]) -> str:
    if params.getlist("client_id") != [lms.config.client_id]:
        raise BadClientError("No tool is registered here under this client_id.")
    if len(params.getlist("redirect_uri")) != 1 or params["redirect_uri"] not in lms.config.redirect_uris:
        raise BadClientError("This redirect_uri is not registered for the tool.")
    return params["redirect_uri"]


def _check_protocol(params: MultiDict[str, str]) -> None:
    repeated = [name for name in SINGLE if len(params.getlist(name)) > 1]
    if repeated:
        raise _RefusedError("invalid_request", f"Given more than once: {', '.join(repeated)}.")
    if "openid" not in params.get("scope", "").split():
        raise _RefusedError("invalid_scope", "scope must be openid.")
    if params.get("response_type") != "id_token":
        raise _RefusedError("unsupported_response_type", "response_type must be id_token.")
    for name, value in (("response_mode", "form_post"), ("prompt", "none")):
        if params.get(name) != value:
            raise _RefusedError("invalid_request", f"{name} must be {value}.")
    for name in ("nonce", "login_hint", "lti_message_hint"):
        if not params.get(name):
            raise _RefusedError("invalid_request", f"{name} is missing.")


def _checked_launch(lms: PracticeLms, params: MultiDict[str, str]) -> Launch:
    values = lms.unsealed("launch", params["lti_message_hint"])
    if values is None:
        raise _RefusedError("invalid_request", "lti_message_hint is not one that this LMS sent within the last hour.")
    launch = Launch(**values)
    if params["login_hint"] != launch.person_id:
        raise _RefusedError("login_required", "login_hint is not the person who opened the tool.")
    return launch


def _claims(lms: PracticeLms, launch: Launch, nonce: str) -> dict[str, Any]:
    try:
        return lms.claims_of(launch, nonce)
    except KeyError as error:
        raise _RefusedError("invalid_request", "This activity is no longer in the course.") from error

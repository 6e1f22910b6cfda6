"""The addresses that an LMS and its users' browsers call: /lti/login, /lti/launch, /lti/jwks."""

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from flask import Blueprint, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from lti_app.lti.claims import MessageType
from lti_app.lti.deep_linking import require_answerable, store_request
from lti_app.lti.edge import LtiEdge
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.keys import public_jwks, signing_key
from lti_app.lti.launch import Arrival, arrive
from lti_app.lti.login import PlatformLogin, carries
from lti_app.lti.message import Launch, PlatformMessage
from lti_app.lti.refusals import LMS_ERRORS, command_for, page_of
from lti_app.lti.states import LoginStates, LtiRequest, StateCookies, may_have_secure_cookies
from lti_app.lti.tool_config import RegisteredPlatforms
from lti_app.web.session import list_tokens, remember_visit

MAX_REQUEST = 400_000
"""Bytes of a login or launch request; the largest honest ones have some ten thousand."""
JWKS_AGE = timedelta(minutes=5)
CODE = re.compile(r"[a-z_]{1,60}")
ANYWHERE = ("*",)
"""Who may frame a page on which nothing can be done, when it is not known yet whose frame it is."""

log = structlog.get_logger("colloquy.lti")


def make_blueprint(edge: LtiEdge) -> Blueprint:
    """The LTI addresses. They take posts from the LMS's pages: state, nonce and signature protect them, not CSRF."""
    blueprint = Blueprint("lti", __name__, url_prefix="/lti")
    routes: tuple[tuple[str, Callable[[LtiEdge], ResponseReturnValue], tuple[str, ...]], ...] = (
        ("/login", login, ("GET", "POST")),
        ("/login/check", check, ("GET",)),
        ("/login/tab", begin_in_tab, ("GET",)),
        ("/launch", launch, ("GET", "POST")),
        ("/jwks", jwks, ("GET",)),
    )
    for rule, view, methods in routes:
        blueprint.add_url_rule(rule, view.__name__, partial(view, edge), methods=methods)
    blueprint.before_request(_limit_request)
    blueprint.register_error_handler(LaunchRefused, refused)
    blueprint.register_error_handler(
        RequestEntityTooLarge, lambda _error: refused(LaunchRefused(RefusalReason.TOO_LARGE))
    )
    return blueprint


def login(edge: LtiEdge) -> ResponseReturnValue:
    """Receive the login request of the LMS: store it and set a cookie; the next request checks whether the cookie came
    back.
    """
    flow, cookies = _login(edge)
    return _to_check(flow.begin(edge.settings.base_url), cookies)


def check(edge: LtiEdge) -> ResponseReturnValue:
    """Go on to the LMS if the cookie came back, else offer to begin again in a new tab, where browsers accept
    cookies.
    """
    flow, cookies = _login(edge)
    state, begun = request.args.get("state", ""), flow.login()
    if carries(cookies.get_cookie(state), begun):
        return flow.redirect(_external(edge, "lti.launch"))
    if begun.own_tab:
        raise LaunchRefused(RefusalReason.COOKIES_BLOCKED, issuer=begun.issuer)
    g.frame_origins = ANYWHERE
    return render_template("lti/own_tab.html", address=url_for("lti.begin_in_tab", state=state))


def begin_in_tab(edge: LtiEdge) -> ResponseReturnValue:
    """Begin the login again in a new tab."""
    flow, cookies = _login(edge)
    return _to_check(flow.begin_again(), cookies)


def launch(edge: LtiEdge) -> ResponseReturnValue:
    """The LMS's answer: check it, record it, open a visit and go to the page that it asks for."""
    if request.method != "POST":
        raise LaunchRefused(RefusalReason.NOT_POSTED)
    params, states, cookies = _parts(edge)
    _raise_lms_error(params)
    now = edge.clock()
    platforms = RegisteredPlatforms(edge.database)
    message = PlatformMessage(params, platforms, states, cookies, keys=edge.platform_keys, now=now)
    g.lti_cookies = cookies
    checked = message.check()
    if checked.message.type is MessageType.DEEP_LINKING:
        require_answerable(checked)
    arrival = arrive(edge.database, checked, time_zone=edge.settings.default_time_zone, now=now, tokens=list_tokens())
    remember_visit(arrival.course_id, arrival.token, is_new_person=arrival.is_new_person)
    if edge.roster_bell is not None and arrival.role.is_staff:
        edge.roster_bell.ring_roster(arrival.course_id)
    return _with_cookies(redirect(_destination(edge, checked, arrival), 303), cookies)


def jwks(edge: LtiEdge) -> ResponseReturnValue:
    """Our public keys. The first request makes the first key."""
    now = edge.clock()
    signing_key(edge.database, now)
    with edge.database.read() as session:
        key_set = public_jwks(session, now)
    response = jsonify(key_set)
    response.headers["Cache-Control"] = f"public, max-age={JWKS_AGE.seconds}"
    return response


def refused(refusal: LaunchRefused) -> ResponseReturnValue:
    """The page of a refusal, and the line in the log that has its reference."""
    reference = secrets.token_hex(4)
    page = page_of(refusal)
    log.warning("launch refused", reason=refusal.reason.value, status=page.status, reference=reference, **refusal.ids)
    g.frame_origins = ANYWHERE
    body = render_template(
        "lti/refused.html",
        page=page,
        reason=refusal.reason.value,
        ids=refusal.ids,
        command=command_for(refusal),
        reference=reference,
    )
    response = make_response(body, page.status)
    if page.status == 405:
        response.headers["Allow"] = "POST"
    return _with_cookies(response, g.get("lti_cookies"))


def _destination(edge: LtiEdge, launched: Launch, arrival: Arrival) -> str:
    """The page of ours that the message asks for."""
    if launched.message.type is MessageType.DEEP_LINKING:
        key = store_request(edge.store, launched.message, course_id=arrival.course_id, person_id=arrival.person_id)
        return url_for("deep_linking.choose", course_id=arrival.course_id, key=key)
    if arrival.discussion_id is None:
        return url_for("courses.home", course_id=arrival.course_id)
    place: dict[str, Any] = {"course_id": arrival.course_id, "discussion_id": arrival.discussion_id}
    if arrival.reviewed_person_id is not None and arrival.role.is_staff:
        return url_for("grading.review", **place, person_id=arrival.reviewed_person_id)
    if arrival.reviewed_person_id is not None:
        return url_for("search.person", course_id=arrival.course_id, person_id=arrival.reviewed_person_id)
    return url_for("discussions.show", **place)


def _raise_lms_error(params: LtiRequest) -> None:
    """An LMS answers `error` instead of a token when it will not sign anybody in (OpenID Connect core, 3.1.2.6)."""
    error = params.get_param("error")
    if error:
        reason = LMS_ERRORS.get(error, RefusalReason.LMS_ERROR)
        raise LaunchRefused(reason, error=error if CODE.fullmatch(error) else "unreadable")


def _login(edge: LtiEdge) -> tuple[PlatformLogin, StateCookies]:
    params, states, cookies = _parts(edge)
    return PlatformLogin(params, RegisteredPlatforms(edge.database), states, cookies), cookies


def _parts(edge: LtiEdge) -> tuple[LtiRequest, LoginStates, StateCookies]:
    """What PyLTI1p3 works with, made for this request alone."""
    secure = may_have_secure_cookies(edge.settings.base_url)
    given = request.form if request.method == "POST" else request.args
    params = LtiRequest(given, request.cookies, secure=secure)
    return params, LoginStates(edge.store), StateCookies(params)


def _to_check(state: str, cookies: StateCookies) -> Response:
    return _with_cookies(redirect(url_for("lti.check", state=state), 303), cookies)


def _with_cookies(response: Response, cookies: StateCookies | None) -> Response:
    if cookies is not None:
        cookies.update_response(response)
    return response


def _external(edge: LtiEdge, endpoint: str) -> str:
    """An address of ours as the LMS knows it, whatever name this request came by."""
    return edge.settings.base_url + url_for(endpoint)


def _limit_request() -> None:
    request.max_content_length = MAX_REQUEST
    request.max_form_memory_size = MAX_REQUEST

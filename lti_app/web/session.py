"""Sessions: Flask-Login on top of the visits that launches open.

The signed cookie holds one random token per course and nothing else; the rest of a visit is in the database. A browser
has one cookie jar for all courses of an LMS, so two courses in two tabs share the cookie, and the course in the URL
decides which token counts. All visits of a browser are one person's: a launch by another person ends them.
"""

from contextlib import nullcontext
from typing import Any

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import Unauthorized

from lti_app.course.courses.actions import renew_visit
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Actor
from lti_app.web.transactions import glancing, now, read_session, write_aside

VISITS = "visits"
MOST_VISITS = 8
"""Courses remembered at once; the cookie must stay small."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods of requests that read."""
SAID = "_flashes"
"""Where Flask keeps what the next page is to say."""
MOST_SAID = 5
UNATTENDED = frozenset({"threads.new_posts"})
"""What scripts ask for while nobody does anything: no sign of life."""


class Visitor(UserMixin):
    """The current actor as Flask-Login sees it."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """Flask-Login wants an id; ours is never stored."""
        return f"{self.actor.course_id}:{self.actor.person_id}"


class _Cookies(SecureCookieSessionInterface):
    """Leaves built files alone: the same for everybody, they would else be fetched anew whenever the cookie changes.

    What waits to be said on the next page is kept short: scripts may post many times without a page, and browsers drop
    a cookie that has become too large, with the visits in it.
    """

    _serializer: tuple[object, URLSafeTimedSerializer | None] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The same for each request, since it depends on the keys alone."""
        keys = app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ())
        if self._serializer is None or self._serializer[0] != keys:
            self._serializer = keys, super().get_signing_serializer(app)
        return self._serializer[1]

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint == "static":
            return
        waiting = session.get(SAID) or ()
        if len(waiting) > 1:
            session[SAID] = [*dict.fromkeys((each[0], each[1]) for each in waiting)][-MOST_SAID:]
        super().save_session(app, session, response)


def init_sessions(app: Flask) -> None:
    """Let Flask-Login find the visit of each request: by the course in its address and the token in its cookie."""
    app.session_interface = _Cookies()
    manager = LoginManager()
    manager.session_protection = None  # a phone that changes networks is still the same student
    # Its own context processor would ask for the visit again on every page, the page of a failing database included.
    manager.init_app(app, add_context_processor=False)

    @app.url_value_preprocessor
    def take_course(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.course_id = (values or {}).pop("course_id", None)

    @app.url_defaults
    def give_course(endpoint: str, values: dict[str, Any]) -> None:
        if g.get("course_id") is not None and app.url_map.is_endpoint_expecting(endpoint, "course_id"):
            values.setdefault("course_id", g.course_id)

    def load(_request: Request) -> Visitor | None:
        token = token_here()
        if token is None:
            return None
        # What is going to write looks at another moment than this one anyhow.
        with nullcontext(read_session()) if request.method in SAFE else glancing() as reading:
            actor = get_actor(reading, course_id=g.course_id, token=token, now=now())
        if actor is None:
            return None
        g.frame_origins = actor.frame_origins
        if actor.is_renewable and request.endpoint not in UNATTENDED:
            g.visit_to_renew = token
        return Visitor(actor)

    manager.request_loader(load)

    @app.after_request
    def renew(response: Response) -> Response:
        if token := g.pop("visit_to_renew", None):
            write_aside(lambda session: renew_visit(session, token, now()))
        return response


def list_tokens() -> list[str]:
    """The tokens of the visits that this browser has had, whoever they are of."""
    return [token for token in session.get(VISITS, {}).values() if isinstance(token, str)]


def remember_visit(course_id: int, token: str, *, is_new_person: bool = False) -> None:
    """Put a new visit's token into the cookie; the oldest of too many goes.

    With a new person in front of the browser, all goes, so that no page that the last one left open can be sent.
    """
    if is_new_person:
        session.clear()
    visits: dict[str, Any] = dict(session.get(VISITS, {}))
    visits.pop(str(course_id), None)
    visits[str(course_id)] = token
    session[VISITS] = dict(list(visits.items())[-MOST_VISITS:])


def token_here() -> str | None:
    """The token of this browser's visit to the course in the address."""
    token: str | None = session.get(VISITS, {}).get(str(g.get("course_id")))
    return token


def recognize(actor: Actor) -> None:
    """Say who asks, where the one statement of a request has found that out with all the rest."""
    g._login_user, g.frame_origins = Visitor(actor), actor.frame_origins


def current_actor() -> Actor | None:
    """The actor of this request; None without a visit to the course in its address."""
    visitor = current_user._get_current_object()
    return visitor.actor if isinstance(visitor, Visitor) else None


def get_visitor() -> Actor:
    """The actor of this request; answers 401 without a visit, which web/errors.py explains."""
    actor = current_actor()
    if actor is None:
        raise Unauthorized
    return actor

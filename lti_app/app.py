"""The web application: the only place where its parts are wired together."""

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lti_app.core.clock import Clock, system_clock
from lti_app.core.db import Database
from lti_app.core.resources import resource
from lti_app.core.settings import Settings, load_settings
from lti_app.grading.ports import Bell
from lti_app.jobs import HueyBell, make_huey
from lti_app.lti.edge import make_edge
from lti_app.lti.views import make_blueprint
from lti_app.web import courses, discussions, grading, health, posts
from lti_app.web.errors import init_errors
from lti_app.web.headers import init_headers
from lti_app.web.session import init_sessions
from lti_app.web.templating import init_templating
from lti_app.web.transactions import init_transactions

MAX_REQUEST = 3_000_000
"""Bytes. The largest honest request is a signed launch or a long post; Flask refuses more with 413."""


def create_app(
    settings: Settings | None = None,
    *,
    database: Database | None = None,
    clock: Clock = system_clock,
    bell: Bell | None = None,
) -> Flask:
    """The WSGI application for these settings, read from the environment when not given.

    Tests hand over their own database, clock and bell.
    """
    settings = settings or load_settings()
    database = database or Database.at(settings.database_url)
    app = Flask("lti_app", template_folder=str(resource("templates")), static_folder="static")
    _configure(app, settings)
    init_transactions(app, database, clock, bell or HueyBell(make_huey(settings)))
    init_sessions(app)
    Babel(app)
    init_templating(app)
    init_headers(app)
    init_errors(app)
    csrf = CSRFProtect(app)
    for area in (courses, discussions, grading, health, posts):
        app.register_blueprint(area.blueprint)
    edge = make_blueprint(make_edge(settings, database, clock))
    csrf.exempt(edge)  # the LMS posts here; state, nonce and signature protect it
    app.register_blueprint(edge)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        # The tool lives in a frame of another site: only such a cookie is kept there, one jar per LMS.
        SESSION_COOKIE_NAME="__Host-colloquy",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_PARTITIONED=True,
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,  # a reply may take longer than an hour to write
        BABEL_DEFAULT_LOCALE="en",
        COLLOQUY=settings,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

"""The web application: the only place where its parts are wired together."""

from dataclasses import dataclass, replace

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lti_app.core.clock import Clock, system_clock
from lti_app.core.db import Database
from lti_app.core.resources import resource
from lti_app.core.settings import Settings
from lti_app.jobs.queue import HueyBell, Jobs, make_huey
from lti_app.jobs.worker import make_jobs
from lti_app.library.bibliography.queries.crossref import make_lookup
from lti_app.library.files.ports import Storage
from lti_app.library.files.rules import Limits
from lti_app.lti import placement_pages
from lti_app.lti.class_lists import LtiClassLists
from lti_app.lti.columns import why_no_column
from lti_app.lti.deep_linking_pages import init_deep_linking
from lti_app.lti.edge import LtiEdge, make_edge
from lti_app.lti.placing import count_activities
from lti_app.lti.views import make_blueprint
from lti_app.storage.choosing import make_storage
from lti_app.web import health, table_rows
from lti_app.web.addresses import AddressingFlask
from lti_app.web.compression import init_compression
from lti_app.web.course import class_lists, courses, groups
from lti_app.web.discussion import (
    answers,
    citations,
    discussions,
    drafts,
    extensions,
    moderation,
    posts,
    search,
    stances,
    threads,
)
from lti_app.web.discussion.activities import init_activities
from lti_app.web.discussion.cards import SHELF, CardShelf
from lti_app.web.discussion.screening import init_screening
from lti_app.web.errors import init_errors
from lti_app.web.exchange import exchange
from lti_app.web.forms.attributes import init_fields
from lti_app.web.forms.gradebook_columns import init_gradebook_columns
from lti_app.web.grading import (
    bulk,
    calibration,
    columns,
    copying,
    criterion_pass,
    curves,
    desk,
    discussion_rubrics,
    extending,
    feedback,
    graders,
    late_rules,
    marking,
    passback,
    points,
    prefetch,
    reopening,
    review_overview,
    reviews,
    rubric_files,
    rubrics,
    saved_comments,
    second_marking,
    term,
)
from lti_app.web.headers import init_headers
from lti_app.web.kept_parts import init_kept_parts
from lti_app.web.library import files, reader, readings
from lti_app.web.library.uploads import init_storage
from lti_app.web.notices import calendars, messages, notices, preferences, unsubscribing
from lti_app.web.participation import (
    activity,
    class_matrix,
    contact,
    course_matrix,
    forecast,
    participation_record,
    signals,
    what_if,
)
from lti_app.web.requests import init_requests
from lti_app.web.session import init_sessions
from lti_app.web.templating import csrf_token, init_templating
from lti_app.web.transactions import init_transactions

MAX_REQUEST = 3_000_000
"""Bytes. Flask refuses more with 413; the largest honest request is a long post."""
COOKIE = "__Host-colloquy"
AREAS = (
    health,
    courses,
    class_lists,
    groups,
    files,
    readings,
    reader,
    discussions,
    threads,
    posts,
    drafts,
    answers,
    stances,
    extensions,
    citations,
    search,
    moderation,
    forecast,
    class_matrix,
    course_matrix,
    what_if,
    participation_record,
    activity,
    signals,
    contact,
    desk,
    bulk,
    criterion_pass,
    curves,
    marking,
    second_marking,
    calibration,
    graders,
    copying,
    extending,
    reopening,
    reviews,
    review_overview,
    rubrics,
    rubric_files,
    discussion_rubrics,
    saved_comments,
    feedback,
    late_rules,
    term,
    passback,
    points,
    columns,
    prefetch,
    exchange,
    notices,
    preferences,
    calendars,
    messages,
)
"""The blueprints, one an area of the screen."""


@dataclass(frozen=True)
class Colloquy:
    """Everything that one process shares: what the web pages, the LTI edge and the worker work with."""

    settings: Settings
    database: Database
    clock: Clock
    jobs: Jobs
    edge: LtiEdge
    storage: Storage


def assemble(settings: Settings, *, database: Database | None = None, clock: Clock = system_clock) -> Colloquy:
    """The parts for these settings; tests hand over their own database and clock."""
    database = database or Database.at(settings.database_url)
    edge = make_edge(settings, database, clock)
    storage = make_storage(settings)
    jobs = make_jobs(
        make_huey(settings),
        database=database,
        store=edge.store,
        storage=storage,
        clock=clock,
        scores_at_once=settings.scores_at_once,
        base_url=settings.base_url,
        mail_settings=settings,
    )
    return Colloquy(settings, database, clock, jobs, edge, storage)


def create_app(parts: Colloquy) -> Flask:
    """The WSGI application made of these parts."""
    settings, bell = parts.settings, HueyBell(parts.jobs)
    app = AddressingFlask("lti_app", template_folder=str(resource("templates")), static_folder="static")
    _configure(app, settings)
    init_compression(app)
    init_requests(app)
    init_transactions(app, parts.database, parts.clock, bell)
    init_sessions(app)
    readings.init_readings(app, make_lookup(enabled=settings.doi_lookup, places=parts.edge.places))
    init_storage(app, parts.storage, _limits(settings))
    init_screening(app, settings.held_sites)
    init_templating(app, default_zone=settings.default_time_zone)
    init_fields()
    init_kept_parts(app)
    app.extensions[SHELF] = CardShelf()
    app.extensions[table_rows.SHELF] = table_rows.new_shelf()
    class_lists.init_class_lists(app, LtiClassLists(parts.edge.store, bell))
    init_activities(app, count_activities)
    init_gradebook_columns(app, why_no_column)
    init_headers(app)
    init_errors(app)
    csrf = CSRFProtect(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
    for area in AREAS:
        app.register_blueprint(area.blueprint)
    csrf.exempt(unsubscribing.blueprint)  # mail programs post here; the signed token can only turn mail off
    app.register_blueprint(unsubscribing.blueprint)
    edge = make_blueprint(replace(parts.edge, roster_bell=bell))
    csrf.exempt(edge)  # the LMS posts here; state, nonce and signature protect it
    app.register_blueprint(edge)
    app.register_blueprint(placement_pages.blueprint)
    app.config[calendars.BASE_URL] = settings.base_url
    app.config[preferences.SENDS_MAIL] = bool(settings.smtp_host)
    init_deep_linking(app, store=parts.edge.store, launch_url=f"{settings.base_url}/lti/launch")
    return app


def largest_request(settings: Settings) -> int:
    """Bytes of the largest body of a request that any page takes; servers and proxies in front need not read more."""
    limits = _limits(settings)
    bodies = limits.reading + reader.ENVELOPE, posts.FILES_AT_ONCE * limits.attachment, exchange.MAX_REQUEST
    return max(MAX_REQUEST, *bodies)


def _limits(settings: Settings) -> Limits:
    return Limits(reading=settings.reading_file_mb * 1_000_000, attachment=settings.attachment_file_mb * 1_000_000)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        # The tool lives in a frame of another site: only such a cookie is kept there, one jar per LMS.
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_PARTITIONED=True,
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST,
        LARGEST_REQUEST=largest_request(settings),
        WTF_CSRF_TIME_LIMIT=None,  # a reply may take longer than an hour to write
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

"""Putting the practice LMS together."""

from urllib.parse import urlsplit

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.current import EXTENSION, current_lms, current_person
from lti_app.practice_lms.launching import launching
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.pages import pages
from lti_app.practice_lms.service_http import LARGEST_BODY, failure
from lti_app.practice_lms.service_log import log_service, service_of
from lti_app.practice_lms.services import services
from lti_app.practice_lms.wording import moment, points


def create_practice_lms(config: PracticeConfig) -> Flask:
    """Return the practice LMS as a WSGI application; ``app.extensions["practice_lms"]`` is its PracticeLms."""
    app = Flask(__name__)
    lms = PracticeLms(config)
    app.extensions[EXTENSION] = lms
    app.secret_key = lms.secret
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="practice_lms",
        SESSION_COOKIE_SAMESITE="Lax",
    )
    for blueprint in (pages, launching, services):
        app.register_blueprint(blueprint)
    app.before_request(_misbehave)
    app.after_request(_log)
    app.after_request(_protect)
    app.register_error_handler(HTTPException, _show_error)
    app.context_processor(_page_values)
    app.jinja_env.filters.update(moment=moment, points=points)
    return app


def _misbehave() -> Response | None:
    service = service_of(request.path)
    fault = current_lms().faults.meet(service) if service else None
    return Response(fault.body, fault.status, content_type=fault.content_type) if fault else None


def _log(response: Response) -> Response:
    service = service_of(request.path)
    if service:
        log_service(current_lms(), service, response)
    return response


def _protect(response: Response) -> Response:
    config = current_lms().config
    addresses = (config.tool_login_url, *config.redirect_uris)
    tool = " ".join(sorted({"://".join(urlsplit(address)[:2]) for address in addresses}))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"form-action 'self' {tool}; frame-src http: https:; frame-ancestors 'self'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _show_error(error: HTTPException) -> Response | tuple[str, int]:
    status = error.code or 500
    if not service_of(request.path):
        return render_template("error.html", title=error.name, text=error.description), status
    allow = error.get_response().headers.get("Allow")
    return failure(status, error.name, {"Allow": allow} if allow else None)


def _page_values() -> dict[str, object]:
    return {"course": current_lms().course, "person": current_person(), "faulty": current_lms().faults.active()}

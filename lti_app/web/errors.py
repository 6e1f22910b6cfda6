"""Turns every error into a page in plain words; the reason is in the log, by reference."""

import secrets
from collections.abc import Mapping

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from lti_app.core.errors import ColloquyError, Conflict, Forbidden, NotFound, Refused
from lti_app.discussion.posts.rules.compose import plain_of
from lti_app.discussion.posts.rules.formats import Format

log = structlog.get_logger("colloquy.web")

STATUSES: Mapping[type[ColloquyError], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Refused: 422}
RETRY_SECONDS = 60


def init_errors(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(ColloquyError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    for kind in (OperationalError, PoolTimeoutError):
        app.register_error_handler(kind, _storage_error)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: ColloquyError) -> int:
    """The HTTP status of a domain error, by the nearest of its classes."""
    return next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)


def error_page(status: int, code: str = "", advice: str = "") -> Response:
    """An error page: what happened, what to do (`advice`, or the general advice for this status), a reference, and the
    text that the person had written."""
    reference = secrets.token_hex(4)
    log.warning("refused", status=status, code=code, endpoint=request.endpoint, reference=reference)
    if status in (401, 413) or "frame_origins" not in g:
        g.frame_origins = ("*",)  # nothing to click here, and whose frame it is cannot be known without a visit
    title, general = _words(status)
    body = render_template(
        "errors/error.html",
        title=title,
        advice=advice or general,
        reference=reference,
        kept_text=_written(),
        status=status,
    )
    return make_response(body, status)


def _written() -> str:
    """The one long text of the form that was sent, as its writer would have typed it; empty where it cannot be read."""
    try:
        form = request.form
    except HTTPException:
        return ""
    text = next((text for name in ("text", "comment", "prompt") if (text := form.get(name))), "")
    return plain_of(text) if form.get("format") == Format.HTML else text


def _domain_error(error: ColloquyError) -> Response:
    return error_page(status_of(error), error.code)


def _csrf_error(_error: CSRFError) -> Response:
    return error_page(401, "csrf")


def _http_error(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return make_response(error.get_response())
    return error_page(error.code or 500, error.name)


def _storage_error(error: Exception) -> Response:
    """The database is unreachable, locked for too long, or full: the request may succeed later."""
    log.error("storage", kind=type(error).__name__, where=_where(error), endpoint=request.endpoint)
    response = error_page(503, "storage")
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _unexpected(error: Exception) -> Response:
    # The message of an exception may quote what somebody wrote, so only where it happened is logged.
    log.error("unexpected", kind=type(error).__name__, where=_where(error), endpoint=request.endpoint)
    return error_page(500, type(error).__name__)


def _where(error: Exception) -> str:
    """The last lines of ours that it passed, and the very last."""
    trace = error.__traceback__
    lines = []
    while trace is not None:
        lines.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join([*(line for line in lines[:-1] if line.startswith("lti_app."))][-5:] + lines[-1:])


def _words(status: int) -> tuple[str, str]:
    words = {
        401: (
            _("Please open this again from your course page"),
            _("Your visit has ended, or this browser did not keep it. Open the activity anew from the course page."),
        ),
        403: (_("This is not open to you"), _("Your part in this course does not include this page.")),
        404: (
            _("There is nothing here"),
            _("The page does not exist, or it is not yours to see. Open the activity again from your course page."),
        ),
        405: (_("This cannot be done that way"), _("Go back and use the buttons of the page.")),
        409: (
            _("Somebody else changed this meanwhile"),
            _("Nothing was overwritten. Go back, load the page again and look at what changed before you save."),
        ),
        413: (
            _("That is too much at once"),
            _("What you sent is too large. Go back and shorten it; nothing was saved."),
        ),
        503: (
            _("Our database cannot be used at the moment"),
            _(
                "Wait a minute, then try again. If you were sending something, it was most likely not saved: keep your "
                "text, look whether it is there, and send it again if it is not."
            ),
        ),
        422: (_("That could not be accepted"), _("Go back and look at what you entered.")),
    }
    fallback = (
        _("Something went wrong on our side"),
        _("Nothing you saved before is lost. Try again in a moment; if it stays, tell your instructor the reference."),
    )
    request_fault = (_("That request could not be understood"), _("Go back and try again from the page."))
    return words.get(status, fallback if status >= 500 else request_fault)

"""Turns every error into a page in plain words; the reason is in the log, by reference."""

import errno
import secrets
from collections.abc import Mapping

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import BadHost, HTTPException

from lti_app.core.errors import ColloquyError, Conflict, Forbidden, NotFound, Refused
from lti_app.core.key_value import KeyValueUnavailable
from lti_app.discussion.posts.rules.compose import plain_of
from lti_app.discussion.posts.rules.formats import Format
from lti_app.library.files.errors import StorageFull, StorageUnavailable

log = structlog.get_logger("colloquy.web")

STATUSES: Mapping[type[ColloquyError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Refused: 422,
    KeyValueUnavailable: 503,
    StorageUnavailable: 503,
    StorageFull: 507,
}
RETRY_SECONDS = 60


def init_errors(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(ColloquyError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    for kind in (OperationalError, PoolTimeoutError):
        app.register_error_handler(kind, _storage_error)
    app.register_error_handler(OSError, _system_error)
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
    title, general = file_storage_words(code) or _words(status)
    body = render_template(
        "errors/error.html",
        title=title,
        advice=advice or general,
        reference=reference,
        kept_text=_written(),
        status=status,
    )
    response = make_response(body, status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _written() -> str:
    """The one long text of the form that was sent, as its writer would have typed it; empty where it cannot be read."""
    try:
        form = request.form
    except (HTTPException, OSError):
        return ""
    text = next((text for name in ("text", "comment", "prompt") if (text := form.get(name))), "")
    return plain_of(text) if form.get("format") == Format.HTML else text


def _domain_error(error: ColloquyError) -> Response:
    if (status := status_of(error)) >= 500:
        log.error("failed", kind=type(error).__name__, where=_where(error), endpoint=request.endpoint)
    return error_page(status, error.code)


def _csrf_error(_error: CSRFError) -> Response:
    return error_page(401, "csrf")


def _http_error(error: HTTPException) -> Response:
    if (error.code is not None and error.code < 400) or isinstance(error, BadHost):
        # Where the request names a host that is none, pages have no addresses to link to.
        return make_response(error.get_response())
    return error_page(error.code or 500, error.name)


def _storage_error(error: Exception) -> Response:
    """The database is unreachable, locked for too long, or full: the request may succeed later."""
    log.error("storage", kind=type(error).__name__, where=_where(error), endpoint=request.endpoint)
    return error_page(503, "storage")


def _system_error(error: OSError) -> Response:
    """A full disk on the way, for example where a large upload waits until it is read; else an error of our own."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _domain_error(StorageFull())
    return _unexpected(error)


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


def file_storage_words(code: str) -> tuple[str, str] | None:
    """What happened, and what to do, when files cannot be stored or read; None for every other error."""
    words = {
        StorageFull.code: (
            _("There is no room for files right now"),
            _(
                "Nothing was saved. Try again later, or without the file. If it happens again, tell your instructor: "
                "the server’s disk is full."
            ),
        ),
        StorageUnavailable.code: (
            _("We can’t reach our file storage right now"),
            _("If you were uploading a file, it was not saved. Wait a minute and try again, or post without the file."),
        ),
    }
    return words.get(code)


def _words(status: int) -> tuple[str, str]:
    words = {
        401: (
            _("Open this again from your course page"),
            _(
                "Your session has ended, or your browser did not keep it. Go back to your course page and open the "
                "activity again."
            ),
        ),
        403: (_("You do not have access to this page"), _("Your role in this course does not include this page.")),
        404: (
            _("Page not found"),
            _(
                "This page does not exist, or you do not have access to it. Open the activity again from your "
                "course page."
            ),
        ),
        405: (_("This did not work"), _("Go back and use the buttons on the page.")),
        409: (
            _("Someone else changed this in the meantime"),
            _("Nothing was overwritten. Go back, reload the page, and check what changed before you save."),
        ),
        413: (
            _("This is too large"),
            _("What you sent is too large, so nothing was saved. Go back and shorten it."),
        ),
        503: (
            _("We can’t reach our database right now"),
            _(
                "If you were posting, your text was probably not saved. Keep a copy of it, wait a minute, check "
                "whether it is there, and post it again if it is not."
            ),
        ),
        422: (_("We could not accept this"), _("Go back and check your entries.")),
    }
    fallback = (
        _("Something went wrong on our side"),
        _(
            "Everything you saved earlier is safe. Try again in a moment. If it happens again, give your "
            "instructor the reference."
        ),
    )
    request_fault = (_("We could not understand this request"), _("Go back and try again from the page."))
    return words.get(status, fallback if status >= 500 else request_fault)

"""Writing the requests to services, and their answers, into the log."""

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge

from lti_app.practice_lms.journal import decoded, pretty_fields, pretty_text
from lti_app.practice_lms.lms import PracticeLms

REQUEST_HEADERS = ("Accept", "Content-Type", "User-Agent")
ANSWER_HEADERS = ("Content-Type", "Link", "Location", "WWW-Authenticate", "Allow")


def service_of(path: str) -> str | None:
    """Return the name of the service to which ``path`` belongs; None for pages."""
    if path in {"/token", "/jwks"}:
        return path[1:]
    if not path.startswith("/api/"):
        return None
    last = path.rstrip("/").rpartition("/")[2]
    if last in {"scores", "results", "memberships"}:
        return last
    return "lineitems" if "/lineitems" in path else "unknown"


def log_service(lms: PracticeLms, service: str, response: Response) -> None:
    """Record one request to ``service`` together with what was answered."""
    summary = f"{request.method} {request.full_path.rstrip('?')}"
    headers = "\n".join([*_authorization(), *_lines(REQUEST_HEADERS, request.headers)]) or "(none)"
    answer_headers = "\n".join(_lines(ANSWER_HEADERS, response.headers)) or "(none)"
    lms.journal.record(
        service,
        summary,
        ("Request headers", headers),
        *_request_body(),
        ("Answer headers", answer_headers),
        ("Answer", pretty_text(response.get_data(as_text=True))),
        status=response.status_code,
    )


def _lines(names: tuple[str, ...], headers: Headers) -> list[str]:
    return [f"{name}: {headers[name]}" for name in names if headers.get(name)]


def _authorization() -> list[str]:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return [f"Authorization: {kind} {token[:6]}…"] if kind else []


def _request_body() -> list[tuple[str, str]]:
    if request.method in {"GET", "DELETE"}:
        return []
    try:
        if request.mimetype != "application/x-www-form-urlencoded":
            return [("Request body", pretty_text(request.get_data(as_text=True)))]
        fields = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return [("Request body", "(too large)")]
    assertion = request.form.get("client_assertion", "")
    parts = decoded(assertion, "client_assertion") if assertion else ()
    return [("Form fields", pretty_fields(fields)), *parts]

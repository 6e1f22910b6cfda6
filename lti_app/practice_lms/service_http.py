"""What all services share: bearer tokens, media types, JSON bodies, pages and errors."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import urlencode

from flask import Response, request

from lti_app.practice_lms.current import current_lms

P = ParamSpec("P")
LARGEST_BODY = 1_000_000


class ServiceError(Exception):
    """A request to a service that is answered with ``status`` and a reason."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = headers or {}


def needs_scope(*scopes: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only requests through whose bearer token has one of ``scopes`` (RFC 6750)."""

    def decorate(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            _check_token(scopes)
            return view(*args, **kwargs)

        return guarded

    return decorate


def _check_token(scopes: tuple[str, ...]) -> None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise ServiceError(401, "A bearer token is required.", {"WWW-Authenticate": "Bearer"})
    access = current_lms().find_token(token.strip())
    if access is None:
        challenge = 'Bearer error="invalid_token"'
        raise ServiceError(401, "The bearer token is unknown or has expired.", {"WWW-Authenticate": challenge})
    if not access.scopes.intersection(scopes):
        challenge = f'Bearer error="insufficient_scope", scope="{" ".join(scopes)}"'
        raise ServiceError(403, "The bearer token does not have the required scope.", {"WWW-Authenticate": challenge})


def accepts(media_type: str) -> None:
    """Refuse a request whose Accept header excludes ``media_type`` (406)."""
    if request.accept_mimetypes and not request.accept_mimetypes.best_match([media_type]):
        raise ServiceError(406, f"This address answers with {media_type}.")


def json_object(media_type: str) -> dict[str, Any]:
    """Return the body, an object of type ``media_type``; refuses others with 415 or 400."""
    if request.mimetype != media_type:
        raise ServiceError(415, f"Content-Type must be {media_type}.")
    try:
        body = json.loads(request.get_data())
        json.dumps(
            body, ensure_ascii=False
        ).encode()  # half of a surrogate pair is JSON, but no text that can be stored
    except (ValueError, RecursionError) as error:
        raise ServiceError(400, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise ServiceError(400, "The body must be a JSON object.")
    return body


def answer(body: object, media_type: str, status: int = 200) -> Response:
    """Return ``body`` as JSON under the media type that the specification names."""
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=media_type)


def failure(status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    """Return an error in JSON."""
    response = answer({"status": status, "reason": reason}, "application/json", status)
    response.headers.extend(headers or {})
    return response


def one_page(entries: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """Return one page of ``entries`` and the Link header (RFC 8288) that leads to the next page, if there is one."""
    largest = current_lms().config.page_size
    size = min(_whole_number("limit", largest, at_least=1), largest)
    start = _whole_number("from", 0, at_least=0)
    if start + size >= len(entries):
        return entries[start:], {}
    query = [(name, value) for name, value in request.args.items(multi=True) if name not in {"from", "limit"}]
    address = f"{current_lms().config.base_url}{request.path}"
    following = urlencode([*query, ("limit", size), ("from", start + size)])
    return entries[start : start + size], {"Link": f'<{address}?{following}>; rel="next"'}


def _whole_number(name: str, default: int, *, at_least: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < at_least:
        raise ServiceError(400, f"{name} must be a whole number, at least {at_least}.")
    return int(text)

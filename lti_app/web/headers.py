"""Security headers of every answer, and the header that names a file."""

import re
from typing import Literal
from urllib.parse import quote

from flask import Flask, Response, g, request, url_for

from lti_app.core.prose import clean_line, normalized

STATIC_AGE = 31_536_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self';{workers} base-uri 'none'; form-action {form_action}; frame-ancestors {ancestors}"
)
LOCKED_UP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""The policy of a file to download: if a browser shows it all the same, it can do nothing."""

_NOT_IN_FILE_NAMES = re.compile(r'["/\\:*?<>|%]+')
_ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"
"""What RFC 8187 leaves unencoded, apart from letters and digits."""


def init_headers(app: Flask) -> None:
    """Set the security headers of every response.

    `g.frame_origins` lists who may frame the page, `g.form_origins` where its forms may post; `g.needs_worker` allows
    web workers; `g.prefetches` is the endpoint of the rules by which a browser fetches pages ahead."""

    @app.after_request
    def _set(response: Response) -> Response:
        ancestors = " ".join(getattr(g, "frame_origins", ())) or "'none'"
        workers = " worker-src 'self';" if getattr(g, "needs_worker", False) else ""
        form_action = " ".join(["'self'", *getattr(g, "form_origins", ())])
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy", _POLICY.format(ancestors=ancestors, form_action=form_action, workers=workers)
        )
        headers["X-Content-Type-Options"] = "nosniff"
        # CSRF protection over https wants the Referer, so it must not be withheld altogether.
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if endpoint := getattr(g, "prefetches", ""):
            headers["Speculation-Rules"] = f'"{url_for(endpoint)}"'
        if request.method not in ("GET", "HEAD", "OPTIONS") and not g.get("keeps_fetched"):
            # what was fetched ahead may say otherwise now
            headers["Clear-Site-Data"] = '"prefetchCache"'
        headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
        if request.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint == "static" and response.status_code < 400:  # a file not there yet must be asked for again
            headers["Cache-Control"] = f"public, max-age={STATIC_AGE}, immutable"
        else:
            headers.setdefault("Cache-Control", "private, no-store")
        return response


def keep_fetched() -> None:
    """Say that a request changes nothing although it posts: browsers keep the pages that they fetched ahead."""
    g.keeps_fetched = True


def name_file(response: Response, kind: Literal["inline", "attachment"], name: str) -> None:
    """Say whether a browser shows or saves the response, and under which name, in any script (RFC 6266).

    The name ends with ".pdf" or another ending. Headers hold Latin-1 only, so `filename` has what ASCII can say of the
    name, for old programs, and `filename*` has all of it.
    """
    whole = _NOT_IN_FILE_NAMES.sub("-", clean_line(name))
    plain = normalized("NFKD", whole).encode("ascii", "ignore").decode()
    stem, _, ending = plain.rpartition(".")
    names = {"filename": f"{' '.join(stem.split()).strip(' -_') or 'file'}.{ending}"}
    if plain != whole:
        names["filename*"] = f"UTF-8''{quote(whole, safe=_ATTRIBUTE_CHARACTERS)}"
    response.headers.set("Content-Disposition", kind, **names)

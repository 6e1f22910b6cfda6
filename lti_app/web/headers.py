"""Security headers of every answer."""

from flask import Flask, Response, g, request

STATIC_AGE = 31_536_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self';{workers} base-uri 'none'; form-action {form_action}; frame-ancestors {ancestors}"
)


def init_headers(app: Flask) -> None:
    """Set the security headers of every response.

    `g.frame_origins` lists who may frame the page, `g.form_origins` where its forms may post; `g.needs_worker` allows
    web workers."""

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
        headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
        if request.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint == "static" and response.status_code < 400:  # a file not there yet must be asked for again
            headers["Cache-Control"] = f"public, max-age={STATIC_AGE}, immutable"
        else:
            headers.setdefault("Cache-Control", "private, no-store")
        return response

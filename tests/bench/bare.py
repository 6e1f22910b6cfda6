"""A bare view of so many bytes, behind the same server: the floor of what is measured over HTTP."""

import os

from flask import Flask

from lti_app.server.worker import LARGEST_REQUEST

application = Flask("bare")
application.config[LARGEST_REQUEST] = 3_000_000
_BODY = "x" * int(os.environ.get("BARE_BYTES", "0"))


@application.get("/")
def bare() -> str:
    """The bytes."""
    return _BODY


@application.get("/healthz")
def healthz() -> str:
    """That it runs."""
    return "ok"

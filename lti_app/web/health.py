"""Whether this process can serve: for proxies and containers."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lti_app.web.transactions import read_session

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when the database answers."""
    read_session().execute(text("SELECT 1"))
    return {"status": "ok"}

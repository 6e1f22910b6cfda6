"""The course home, and what a browser tells about its reader."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lti_app.discussions.queries import list_discussions
from lti_app.people.actions import record_time_zone
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("courses", __name__, url_prefix="/courses/<int:course_id>")


@blueprint.get("")
def home() -> ResponseReturnValue:
    """The discussions of the course with their dates."""
    actor = get_visitor()
    return render_template(
        "courses/home.html",
        course_title=actor.course_title,
        discussions=list_discussions(read_session(), actor, now()),
        is_staff=actor.is_staff,
    )


@blueprint.post("/time-zone")
def set_time_zone() -> ResponseReturnValue:
    """Remember the reader's time zone; the script that reports it needs no answer."""
    actor = get_visitor()
    with writing() as session:
        known = record_time_zone(session, actor.person_id, request.form.get("time_zone", ""))
    return "", 204 if known else 422

"""Several activities of the LMS that open one discussion: what instructors are told."""

from typing import Protocol

from flask import Flask
from sqlalchemy.orm import Session

from lti_app.web.session import current_actor
from lti_app.web.transactions import read_session


class CountActivities(Protocol):
    """What the LTI edge knows of activities."""

    def __call__(self, session: Session, discussion_id: int, *, course_id: int) -> int:
        """How many activities open a discussion of this course. One statement."""


def init_activities(app: Flask, count: CountActivities) -> None:
    """Let templates ask `activity_count(discussion_id)`; others than staff are not told."""

    def activity_count(discussion_id: int) -> int:
        actor = current_actor()
        return count(read_session(), discussion_id, course_id=actor.course_id) if actor and actor.is_staff else 0

    app.jinja_env.globals["activity_count"] = activity_count

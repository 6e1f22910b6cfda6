"""What the database says about all passbacks at once."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Role
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.queries import get_passback
from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.passbacks.rules.states import PassbackState
from lti_app.grading.points.queries import collect_sent_points
from lti_app.grading.points.rules import SentPoints


def passback_states(session: Session, discussion_id: int) -> dict[int, PassbackReport]:
    """What became of the scores of a discussion, by person id."""
    people = session.scalars(select(Passback.person_id).where(Passback.discussion_id == discussion_id))
    grader: Any = SimpleNamespace(is_staff=True)
    discussion: Any = SimpleNamespace(id=discussion_id)
    reports = {person_id: get_passback(session, grader, discussion, person_id) for person_id in people}
    return {person_id: report for person_id, report in reports.items() if report}


def count_passbacks(session: Session) -> dict[PassbackState, int]:
    """How many scores are in which state, over all courses."""
    return dict(Counter(session.scalars(select(Passback.state))))


def points_sent(session: Session, discussion_id: int) -> dict[int, SentPoints]:
    """The points of a discussion that were released to the gradebook, by person id."""
    grader: Any = SimpleNamespace(role=Role.INSTRUCTOR, is_staff=True)
    discussion: Any = SimpleNamespace(id=discussion_id)
    return collect_sent_points(session, grader, discussion)

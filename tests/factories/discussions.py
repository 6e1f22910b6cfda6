"""Discussions, set up by the instructor through the same action as in life."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Calendar, DiscussionSettings
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.participation.requirements.points import PointsUse
from lti_app.participation.requirements.registry import FIELDS, to_stored
from lti_app.participation.requirements.terms import OwnTerms
from tests.cast import MONDAY

WEEK = Calendar(
    first_post_due=MONDAY + timedelta(days=3),
    replies_due=MONDAY + timedelta(days=6),
    closes_at=MONDAY + timedelta(days=7),
)
ASKED = {"first_post_words": 5, "replies_wanted": 2, "reply_words": 3}
PAID = {
    "own": {"first_post": OwnTerms(points=Decimal(2)), "replies": OwnTerms(points=Decimal(3))},
    "use": PointsUse(column="participation"),
}
"""Changes with which 2 points for the first post and 3 for the replies go to a gradebook column."""
PLAN = DiscussionSettings(
    title="Managers and leaders",
    prompt="Are managers and leaders different people?",
    points=Decimal(20),
    calendar=WEEK,
    requirements=to_stored(ASKED),
    post_first=True,
    reading_ids=(),
    required_ids=frozenset(),
)
"""What most tests set up: small counts, so that texts can be short."""


def plan(**changes: Any) -> DiscussionSettings:
    """PLAN with these fields changed; those of requirements by the names of their inputs, with `own` terms by kind, the
    protection of `early` posters, and the `use` of points.
    """
    asked = {field.input: changes.pop(field.input) for field in FIELDS if field.input in changes}
    terms = {name: changes.pop(name) for name in ("own", "early", "use") if name in changes}
    return replace(PLAN, requirements=to_stored({**ASKED, **asked}, **terms), **changes)


def set_up(session: Session, instructor: Actor, now: datetime, **changes: Any) -> DiscussionView:
    """A discussion with its rubric, open at `now` unless the changes say otherwise."""
    reserved = reserve_discussion(session, course_id=instructor.course_id, title=PLAN.title, now=now)
    discussion = save_settings(session, instructor, reserved, settings=plan(**changes), version=0, now=now)
    copy_rubric(session, discussion)
    return discussion

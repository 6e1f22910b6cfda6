"""Reviews, set up, assigned and written through the same actions as in life."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.reviewing.actions.assigning import assign_reviews
from lti_app.discussion.reviewing.actions.settings import save_review_plan
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.discussion.reviewing.queries.tasks import ReviewTask, list_tasks
from lti_app.discussion.reviewing.rules.plans import ReviewPlan, ReviewWeights
from lti_app.grading.reviews.actions import save_review
from lti_app.grading.reviews.queries.writing import get_review
from tests.cast import MONDAY
from tests.factories.grades import levels

DUE = MONDAY + timedelta(days=6)
PLAN = ReviewPlan(peers=2, due=DUE, weights=ReviewWeights(Decimal(60), Decimal(30), Decimal(10)))


def plan_reviews(session: Session, instructor: Actor, discussion: DiscussionView, **changes: Any) -> DiscussionView:
    """Two reviews of classmates by each student, unless the changes say otherwise; returns the discussion as it is
    now.
    """
    plan = replace(PLAN, version=read_plan(discussion).version, **changes)
    save_review_plan(session, instructor, discussion, plan)
    return again(session, instructor, discussion, now=MONDAY)


def again(session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime) -> DiscussionView:
    """The discussion as this actor sees it now."""
    return get_discussion(session, actor, discussion.id, now=now)


def assign(session: Session, instructor: Actor, discussion: DiscussionView, *, now: datetime) -> None:
    """All that is missing."""
    assign_reviews(session, instructor, discussion, now=now)


def tasks_of(session: Session, student: Actor, discussion: DiscussionView, *, now: datetime) -> list[ReviewTask]:
    """What a student is to review."""
    return list_tasks(session, student, again(session, student, discussion, now=now), now=now)


def review(
    session: Session,
    reviewer: Actor,
    discussion: DiscussionView,
    author: Actor,
    *steps: int,
    now: datetime,
    comment: str = "",
    submit: bool = True,
) -> None:
    """Submit these levels (0 is the best), or the best of every criterion."""
    here = again(session, reviewer, discussion, now=now)
    (task,) = [each for each in list_tasks(session, reviewer, here, now=now) if each.author_id == author.person_id]
    draft = get_review(session, reviewer, here, task)
    save_review(
        session,
        reviewer,
        here,
        task.key,
        marks=levels(session, here, *(steps or (0, 0, 0, 0, 0))),
        comment=comment,
        version=draft.version,
        marked_with=draft.rubric.id,
        submit=submit,
        now=now,
    )

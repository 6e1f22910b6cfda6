"""Changing how students review one another."""

import secrets
from dataclasses import replace

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView, lock_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.reviewing.errors import ReviewPlanChanged, ReviewPlanInvalid
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.discussion.reviewing.rules.plans import MAX_REVIEWS, ReviewPlan


def save_review_plan(session: Session, actor: Actor, discussion: DiscussionView, plan: ReviewPlan) -> None:
    """Save the settings of reviews; the version of `plan` is the one that the instructor saw.

    Reviews that are assigned stay until the next assigning. Raises ReviewPlanChanged, ReviewPlanInvalid, and Forbidden
    for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    row = lock_discussion(session, discussion)
    before = read_plan(row)
    if before.version != plan.version:
        raise ReviewPlanChanged
    if wrong := _wrong(plan, discussion.class_calendar):
        raise ReviewPlanInvalid(name=wrong)
    kept = replace(plan, seed=before.seed or secrets.token_hex(8), version=before.version + 1)
    row.review_plan = kept.to_stored()
    session.flush()


def _wrong(plan: ReviewPlan, calendar: Calendar) -> str:
    """The name of the first setting that does not fit; empty if all do."""
    if not 0 <= plan.peers <= MAX_REVIEWS:
        return "peers"
    if plan.is_on and plan.due is None:
        return "due"
    if plan.due and calendar.first_post_due and plan.due <= calendar.first_post_due:
        return "due_too_early"
    return "" if plan.weights.is_sound else "weights"

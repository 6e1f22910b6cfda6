"""Copying rubrics."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.rubrics.actions.store import store_rubric
from lti_app.grading.rubrics.models import Rubric
from lti_app.grading.rubrics.rules.continuing import without_keys
from lti_app.grading.rubrics.rules.plans import RubricPlan
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC


def copy_rubric(session: Session, discussion: DiscussionView, plan: RubricPlan = DEFAULT_RUBRIC) -> None:
    """Copy a rubric into a discussion, unless it has one, so that later changes of the original do not change old
    grades.
    """
    if session.scalar(select(Rubric.id).where(Rubric.discussion_id == discussion.id).limit(1)):
        return
    store_rubric(session, without_keys(plan), discussion_id=discussion.id)

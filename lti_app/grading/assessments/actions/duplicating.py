"""Copying a discussion with all that says how it is graded."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_app.discussion.discussions.actions.linking import copy_discussion
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.actions.columns import store_column_plan
from lti_app.grading.passbacks.queries import column_plan_of
from lti_app.grading.rubrics.actions.store import store_rubric
from lti_app.grading.rubrics.queries import newest_rubric
from lti_app.grading.rubrics.rules.continuing import without_keys
from lti_app.grading.rubrics.rules.plans import plan_of
from lti_app.participation.requirements.points import refilled


def copy_graded_discussion(session: Session, discussion_id: int, *, course_id: int, title: str, now: datetime) -> int:
    """Create a discussion in the same course with the settings, readings, rubric and choices of gradebook columns of
    this one; returns its id. The columns themselves are made anew, through the links that open the copy.
    """
    copy_id = copy_discussion(session, discussion_id, title=title, now=now)
    copy, rubric = session.get_one(Discussion, copy_id), newest_rubric(session, discussion_id)
    if not rubric.criteria:
        copy.requirements = _refilled(copy, {})
        session.flush()
        return copy_id
    store_rubric(session, without_keys(plan_of(rubric)), discussion_id=copy_id)
    plan, copied = column_plan_of(session, discussion_id), newest_rubric(session, copy_id)
    new_keys = {old.key: new.key for old, new in zip(rubric.criteria, copied.criteria, strict=True)}
    copy.requirements = _refilled(copy, new_keys)
    replies = frozenset(new_keys[key] for key in plan.reply_criteria if key in new_keys)
    plan = replace(plan, reply_criteria=replies)
    store_column_plan(session, plan, discussion_id=copy_id, course_id=course_id)
    return copy_id


def _refilled(copy: Discussion, new_keys: Mapping[int, int]) -> list[dict[str, Any]]:
    """What the copy requires, with the points for the copied criterion if they were for one."""
    return [dict(each) for each in refilled(tuple(copy.requirements), new_keys)]

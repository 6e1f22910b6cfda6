"""Activities as they are stored, and which of them may still be told."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, true

from lti_app.core.db import alias_of
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.models import Post
from lti_app.discussion.reactions.models import Like
from lti_app.discussion.visibility.queries import in_front_of_class
from lti_app.exchange.streaming.models import StreamedActivity
from lti_app.exchange.streaming.rules.activities import ActivityKind, ActivityState, Given, LearningActivity
from lti_app.grading.assessments.models import Assessment

TOLD_BEFORE = alias_of(StreamedActivity)
FACTS = ("course_id", "discussion_id", "is_staff", "parent_id", "root_id", "reading_id", "by_id", "hides_names")


def to_row(activity: LearningActivity, stream_id: int) -> dict[str, Any]:
    """The columns of a new row."""
    facts = {name: value for name in FACTS if (value := getattr(activity, name)) not in (None, False)}
    if activity.given is not None:
        facts |= {"points": str(activity.given.points), "possible": str(activity.given.possible)}
    return {
        "stream_id": stream_id,
        "kind": activity.kind,
        "object_id": activity.object_id,
        "version": activity.version,
        "at": activity.at,
        "person_id": activity.person_id,
        "post_id": activity.post_id,
        "facts": facts,
        "state": ActivityState.PENDING,
        "attempts": 0,
    }


def from_row(row: StreamedActivity) -> LearningActivity:
    """The activity of a row, without what the LMS calls the person."""
    facts: Mapping[str, Any] = row.facts
    activity = LearningActivity(
        kind=row.kind,
        object_id=row.object_id,
        version=row.version,
        at=row.at,
        course_id=facts["course_id"],
        discussion_id=facts.get("discussion_id"),
        person_id=row.person_id,
        is_staff=facts.get("is_staff", False),
        post_id=row.post_id,
        parent_id=facts.get("parent_id"),
        root_id=facts.get("root_id"),
        reading_id=facts.get("reading_id"),
        by_id=facts.get("by_id"),
        hides_names=facts.get("hides_names", False),
    )
    if "points" in facts:
        given = Given(Decimal(facts["points"]), Decimal(facts["possible"]))
        activity = replace(activity, given=given)
    return activity


def may_be_told() -> ColumnElement[bool]:
    """Which stored activities may be told now: of posts that the class has in front of it, of likes and grades that
    were not taken back, and of deleted posts that were told of before, or may have been.
    """
    row = StreamedActivity
    is_shown = exists().where(
        Post.id == row.post_id,
        Discussion.id == Post.discussion_id,
        Discussion.removed_at.is_(None),
        in_front_of_class(Post),
    )
    is_released = exists().where(Assessment.id == row.object_id, Assessment.released_version >= row.version)
    return case(
        (row.kind == ActivityKind.DELETED, _was_told(row.stream_id, row.object_id)),
        (row.kind == ActivityKind.GRADED, is_released),
        (row.kind == ActivityKind.OPENED, true()),
        (row.kind == ActivityKind.LIKED, and_(is_shown, exists().where(Like.id == row.object_id))),
        else_=is_shown,
    )


def _was_told(stream_id: Any, post_id: Any) -> ColumnElement[bool]:
    told = TOLD_BEFORE
    return exists().where(
        told.stream_id == stream_id,
        told.kind == ActivityKind.POSTED,
        told.object_id == post_id,
        told.version == 0,
        or_(told.state == ActivityState.SENT, told.attempts > 0),
    )


def was_told_of(stream_id: int) -> ColumnElement[bool]:
    """Which posts the stream has told of, or may have told of: a request with them may have got no answer."""
    return _was_told(stream_id, Post.id)

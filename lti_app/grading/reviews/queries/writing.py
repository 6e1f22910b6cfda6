"""A review as its reviewer writes it, and reviews as the student reads them whose posts they are about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.discussion.reviewing.queries.tasks import ReviewTask
from lti_app.grading.reviews.models import Review, ReviewMark
from lti_app.grading.reviews.rules.spread import reviewable
from lti_app.grading.rubrics.queries import get_rubric, list_versions
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, CriterionMark, RubricView


@dataclass(frozen=True)
class ReviewDraft:
    """A review as its reviewer writes it."""

    rubric: RubricView
    """The version that it was begun with; before the first save, the one in use."""
    marks: Mapping[int, CriterionMark]
    """By criterion id."""
    comment: str
    version: int
    """0 before the first save."""


@dataclass(frozen=True)
class ReceivedReview:
    """A review as the student reads it whose posts it is about."""

    key: str
    """Identifies it in addresses, and tells nothing about its reviewer."""
    number: int
    """Counts the reviews of classmates from 1, in an order that tells nothing about them."""
    reviewer: str
    """Empty where authors do not see who reviewed them."""
    rubric: RubricView
    marks: Mapping[int, CriterionMark]
    comment: str
    total: Decimal
    is_helpful: bool
    is_reported: bool


def get_review(session: Session, actor: Actor, discussion: DiscussionView, task: ReviewTask) -> ReviewDraft:
    """What the actor has written so far (three statements; two before the first save).

    A ReviewTask comes only from the gate; raises NotFound for one of somebody else.
    """
    mine = (ReviewAssignment.id == task.id, ReviewAssignment.reviewer_id == actor.person_id)
    found = session.execute(
        select(ReviewAssignment.id, Review)
        .outerjoin(Review, Review.assignment_id == ReviewAssignment.id)
        .where(*mine, ReviewAssignment.discussion_id == discussion.id)
    ).one_or_none()
    if found is None:
        raise NotFound
    row = found[1]
    if row is None:
        return ReviewDraft(reviewable(get_rubric(session, discussion)), {}, "", 0)
    rubric = reviewable(get_rubric(session, discussion, version_id=row.rubric_id))
    return ReviewDraft(rubric, marks_of(session, [row.id]).get(row.id, {}), row.comment, row.version)


def marks_of(session: Session, review_ids: Collection[int]) -> dict[int, dict[int, CriterionMark]]:
    """The marks of reviews, by criterion id, by review id (one statement). The ids come from a gate or a lock."""
    marks: dict[int, dict[int, CriterionMark]] = {}
    for row in session.scalars(select(ReviewMark).where(ReviewMark.review_id.in_(review_ids))):
        marks.setdefault(row.review_id, {})[row.criterion_id] = CriterionMark(row.level_id, row.points, row.comment)
    return marks


def are_readable(discussion: DiscussionView, *, now: datetime) -> bool:
    """Whether students may read the reviews that they received: after the date by which the class writes them."""
    plan = read_plan(discussion)
    return plan.is_on and plan.due is not None and now > plan.due


def list_received(session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime) -> list[ReceivedReview]:
    """The reviews of the actor's own posts by classmates (three statements); none before the due date of the class.

    They have no times, and come in an order that does not depend on their reviewers. Those that an instructor has
    excluded are not among them.
    """
    if actor.role is not Role.STUDENT or not are_readable(discussion, now=now):
        return []
    hides = read_plan(discussion).hides_reviewer
    rows = session.execute(
        select(Review, ReviewAssignment.author_key, _reviewer_name(actor, discussion))
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .join(Person, Person.id == ReviewAssignment.reviewer_id)
        .where(
            ReviewAssignment.discussion_id == discussion.id,
            ReviewAssignment.author_id == actor.person_id,
            ReviewAssignment.reviewer_id != actor.person_id,
            ReviewAssignment.submitted_at.is_not(None),
            ReviewAssignment.withdrawn_at.is_(None),
            Review.excluded_at.is_(None),
        )
        .order_by(ReviewAssignment.author_key)
    ).all()
    if not rows:
        return []
    marks, versions = marks_of(session, [row[0].id for row in rows]), list_versions(session, discussion)
    return [
        ReceivedReview(
            key=key,
            number=number,
            reviewer="" if hides else name,
            rubric=reviewable(versions.get(review.rubric_id, NO_RUBRIC)),
            marks=marks.get(review.id, {}),
            comment=review.comment,
            total=review.total,
            is_helpful=review.helpful_at is not None,
            is_reported=review.reported_at is not None,
        )
        for number, (review, key, name) in enumerate(rows, 1)
    ]


def _reviewer_name(actor: Actor, discussion: DiscussionView) -> Any:
    if not discussion.hides_names_from(actor):
        return name_in_course(Person, actor.course_id)
    own = (Pseudonym.discussion_id == discussion.id, Pseudonym.person_id == Person.id)
    return func.coalesce(select(Pseudonym.name).where(*own).scalar_subquery(), "")

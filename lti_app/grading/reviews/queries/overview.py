"""Reviews as graders see them: those of one student, and those of the whole class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.extensions import collect_calendars
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.discussion.reviewing.queries.allocation import read_plan, read_stages
from lti_app.discussion.reviewing.rules.allocation import Pair, ReviewStage
from lti_app.discussion.reviewing.rules.plans import due_for
from lti_app.grading.reviews.models import Review, ReviewEvent
from lti_app.grading.reviews.queries.writing import marks_of
from lti_app.grading.reviews.rules.events import ReviewEventKind
from lti_app.grading.reviews.rules.spread import AuthorSpread, PeerReview, deviations, reviewable, spread_of
from lti_app.grading.rubrics.queries import get_rubric, list_versions
from lti_app.grading.rubrics.rules.continuing import carried
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, RubricView


@dataclass(frozen=True)
class ReviewTable:
    """All reviews of a discussion."""

    stages: Mapping[Pair, ReviewStage]
    """Of everything that is assigned, by reviewer and author."""
    reviews: tuple[PeerReview, ...]
    spreads: Mapping[int, AuthorSpread]
    """By author."""
    deviations: Mapping[int, Fraction]
    """By reviewer."""
    late: frozenset[int]
    """The ids of the reviews that were submitted after the reviewer's own date."""


@dataclass(frozen=True)
class ReviewHistoryLine:
    """What somebody did with a review."""

    author_id: int
    """Of the posts that the review is about."""
    kind: ReviewEventKind
    at: datetime
    by: str
    """The name of the grader; empty for a report."""
    words: str


def get_peer_spread(
    session: Session, actor: Actor, discussion: DiscussionView, author_id: int, *, rubric: RubricView
) -> AuthorSpread:
    """What the reviews of one student say, by the rubric that they are graded by (two statements; one more if some were
    written by another version, and none where nobody reviews anything). Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    if not read_plan(discussion).is_on:
        return spread_of(rubric, author_id, ())
    reviews = _submitted(session, discussion, rubric, author_id)
    return spread_of(rubric, author_id, reviews)


def get_review_table(session: Session, actor: Actor, discussion: DiscussionView) -> ReviewTable:
    """All reviews of a discussion (four statements; one more if some were written by an earlier version of
    the rubric, and one if anybody has an extension). Raises Forbidden for all but
    graders.
    """
    require(actor, DiscussionPermission.GRADE)
    stages = read_stages(session, discussion)
    rubric = get_rubric(session, discussion)
    reviews = _submitted(session, discussion, rubric)
    authors = {author for _, author in stages}
    return ReviewTable(
        stages=stages,
        reviews=tuple(reviews),
        spreads={author: spread_of(rubric, author, reviews) for author in authors},
        deviations=deviations(reviews),
        late=frozenset(review.id for review in reviews if review.is_late),
    )


def list_review_history(session: Session, actor: Actor, discussion: DiscussionView) -> list[ReviewHistoryLine]:
    """What was done with the reviews of a discussion, the newest first (one statement). Raises Forbidden for all but
    graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(ReviewEvent, ReviewAssignment.author_id, Person.name)
        .join(Review, Review.id == ReviewEvent.review_id)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .join(Person, Person.id == ReviewEvent.by_id)
        .where(ReviewAssignment.discussion_id == discussion.id, ReviewEvent.kind.in_(_OF_STAFF))
        .order_by(ReviewEvent.id.desc())
        .limit(MOST_EVENTS)
    )
    return [
        ReviewHistoryLine(author_id, row.kind, row.at, "" if row.kind is ReviewEventKind.REPORTED else by, row.words)
        for row, author_id, by in rows
    ]


_OF_STAFF = (
    ReviewEventKind.EXCLUDED,
    ReviewEventKind.INCLUDED,
    ReviewEventKind.REPORTED,
    ReviewEventKind.DISMISSED,
)
MOST_EVENTS = 100


def collect_used_versions(session: Session, discussion: DiscussionView) -> set[int]:
    """The versions of the rubric that reviews were written by (one statement)."""
    rows = session.scalars(
        select(Review.rubric_id)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .where(ReviewAssignment.discussion_id == discussion.id)
        .distinct()
    )
    return set(rows)


def _submitted(
    session: Session,
    discussion: DiscussionView,
    rubric: RubricView,
    author_id: int | None = None,
) -> list[PeerReview]:
    """In an order that tells nothing about the reviewers."""
    wanted = [ReviewAssignment.author_id == author_id] if author_id is not None else []
    rows = session.execute(
        select(Review, ReviewAssignment)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .where(ReviewAssignment.discussion_id == discussion.id, ReviewAssignment.withdrawn_at.is_(None))
        .where(ReviewAssignment.submitted_at.is_not(None), *wanted)
        .order_by(ReviewAssignment.author_key)
    ).all()
    if not rows:
        return []
    marks = marks_of(session, [row[0].id for row in rows])
    are_older = any(review.rubric_id != rubric.id for review, _ in rows)
    versions = list_versions(session, discussion) if are_older else {rubric.id: rubric}
    is_late = _lateness(session, discussion)
    found = []
    for review, assigned in rows:
        before = versions.get(review.rubric_id, NO_RUBRIC)
        given = marks.get(review.id, {})
        found.append(
            PeerReview(
                id=review.id,
                reviewer_id=assigned.reviewer_id,
                author_id=assigned.author_id,
                marks=given if before.id == rubric.id else carried(before, rubric, given),
                share=share_of(review.total, reviewable(before).maximum),
                comment=review.comment,
                counts=review.excluded_at is None,
                excluded_reason=review.excluded_reason,
                is_reported=review.reported_at is not None,
                is_helpful=review.helpful_at is not None,
                is_late=is_late(assigned),
            )
        )
    return found


def _lateness(session: Session, discussion: DiscussionView) -> Callable[[ReviewAssignment], bool]:
    plan, of_class = read_plan(discussion), discussion.class_calendar
    calendars = collect_calendars(session, discussion)

    def is_late(assigned: ReviewAssignment) -> bool:
        due = due_for(plan, of_class, calendars.get(assigned.reviewer_id, of_class))
        return due is not None and assigned.submitted_at is not None and assigned.submitted_at > due

    return is_late


def share_of(total: Decimal, maximum: Decimal) -> Fraction:
    """A total as a share of all points; nothing of a rubric without points."""
    return Fraction(total) / Fraction(maximum) if maximum else Fraction(0)

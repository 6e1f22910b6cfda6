"""Writing reviews, and what their authors and instructors do with them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.errors import NotFound
from lti_app.core.prose import clean_text
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.reviewing.actions.assigning import begin_review
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.discussion.reviewing.queries.tasks import get_task
from lti_app.grading.reviews.errors import ReviewChanged, ReviewClosed, ReviewIncomplete, ReviewWordsInvalid
from lti_app.grading.reviews.models import Review, ReviewEvent, ReviewMark
from lti_app.grading.reviews.queries.writing import list_received, marks_of
from lti_app.grading.reviews.rules.events import MAX_REVIEW_COMMENT, MAX_REVIEW_REASON, ReviewEventKind
from lti_app.grading.reviews.rules.spread import reviewable
from lti_app.grading.rubrics.actions.store import lock_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark, RubricView

MAX_MARK_COMMENT = 1000


def save_review(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    key: str,
    *,
    marks: Mapping[int, CriterionMark],
    comment: str,
    version: int,
    marked_with: int,
    submit: bool,
    now: datetime,
) -> None:
    """Save a review that the actor is to write, as a draft or, with `submit`, for good; one that is submitted stays so.

    `version` is that of the review which the reviewer saw, 0 for none, and `marked_with` the id of its rubric. Saving
    the same again changes nothing. Raises NotFound for a review of somebody else, ReviewChanged, ReviewClosed,
    ReviewIncomplete, ReviewWordsInvalid.
    """
    task = get_task(session, actor, discussion, key, now=now)
    if task.is_closed:
        raise ReviewClosed
    lock_rubric(session, discussion)
    review = _locked_or_new(session, discussion, task.id, now)
    rubric = reviewable(get_rubric(session, discussion, version_id=review.rubric_id))
    chosen, comment = _settled(rubric, marks), _limited(comment, MAX_REVIEW_COMMENT)
    submit = submit or task.submitted_at is not None
    if submit and not rubric.is_complete([each for each, mark in chosen.items() if mark.points is not None]):
        raise ReviewIncomplete
    is_same = (review.comment, marks_of(session, [review.id]).get(review.id, {})) == (comment, chosen)
    if is_same and review.version and submit == (task.submitted_at is not None):
        return  # also the second of two clicks
    if (review.version, rubric.id) != (version, marked_with):
        raise ReviewChanged
    _store(session, review, rubric, chosen)
    review.comment, review.saved_at, review.version = comment, now, review.version + 1
    begin_review(session, task.id, submitted=submit, now=now)
    if submit:
        kind = ReviewEventKind.SUBMITTED if task.submitted_at is None else ReviewEventKind.CHANGED
        _record(session, actor, review, kind, now=now)


def set_counted(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    review_id: int,
    *,
    wanted: bool,
    reason: str,
    now: datetime,
) -> None:
    """Let a review count for nothing, with the reason, or count again. It also closes a report about it.

    Raises ReviewWordsInvalid without a reason to exclude it, NotFound, Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    review = _locked(session, discussion, review_id)
    reason = _limited(reason, MAX_REVIEW_REASON)
    if not wanted and not reason:
        raise ReviewWordsInvalid(limit=0)
    if (review.excluded_at is None) is not wanted:
        review.excluded_at = None if wanted else now
        review.excluded_by_id = None if wanted else actor.person_id
        review.excluded_reason = "" if wanted else reason
        kind = ReviewEventKind.INCLUDED if wanted else ReviewEventKind.EXCLUDED
        _record(session, actor, review, kind, words=reason, now=now)
    review.reported_at = None
    session.flush()


def dismiss_review_report(
    session: Session, actor: Actor, discussion: DiscussionView, review_id: int, *, now: datetime
) -> None:
    """Close a report about a review and change nothing else. Raises NotFound, Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    review = _locked(session, discussion, review_id)
    if review.reported_at is not None:
        review.reported_at = None
        _record(session, actor, review, ReviewEventKind.DISMISSED, now=now)


def mark_helpful(
    session: Session, actor: Actor, discussion: DiscussionView, key: str, *, wanted: bool, now: datetime
) -> None:
    """Mark a review that the actor received as helpful, or no longer. Raises NotFound."""
    review = _received(session, actor, discussion, key, now)
    review.helpful_at = (review.helpful_at or now) if wanted else None
    session.flush()


def report_review(
    session: Session, actor: Actor, discussion: DiscussionView, key: str, *, words: str, now: datetime
) -> None:
    """Report a review that the actor received to the instructors. Repeating it changes nothing.

    Raises ReviewWordsInvalid without words, NotFound.
    """
    review = _received(session, actor, discussion, key, now)
    words = _limited(words, MAX_REVIEW_REASON)
    if not words:
        raise ReviewWordsInvalid(limit=0)
    if review.reported_at is None:
        review.reported_at = now
        _record(session, actor, review, ReviewEventKind.REPORTED, words=words, now=now)


def _received(session: Session, actor: Actor, discussion: DiscussionView, key: str, now: datetime) -> Review:
    """The gate to a review that the actor may read as the author of what it is about."""
    if key not in {each.key for each in list_received(session, actor, discussion, now=now)}:
        raise NotFound
    found = (
        select(Review.id)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .where(ReviewAssignment.discussion_id == discussion.id, ReviewAssignment.author_key == key)
        .where(ReviewAssignment.author_id == actor.person_id)
    )
    return _locked(session, discussion, session.scalars(found).one())


def _locked(session: Session, discussion: DiscussionView, review_id: int) -> Review:
    held = (
        select(Review)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .where(Review.id == review_id, ReviewAssignment.discussion_id == discussion.id)
        .where(ReviewAssignment.submitted_at.is_not(None))
        .with_for_update(of=Review)
    )
    review = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if review is None:
        raise NotFound
    return review


def _locked_or_new(session: Session, discussion: DiscussionView, assignment_id: int, now: datetime) -> Review:
    """The row of a review, locked. It is created if needed, so that two first saves use the same one."""
    held = select(Review).where(Review.assignment_id == assignment_id).with_for_update()
    review = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if review is not None:
        return review
    new = {
        "assignment_id": assignment_id,
        "rubric_id": get_rubric(session, discussion).id,
        "comment": "",
        "total": 0,
        "version": 0,
        "saved_at": now,
        "excluded_reason": "",
    }
    session.execute(insert_into(session, Review).values(new).on_conflict_do_nothing(index_elements=["assignment_id"]))
    return session.scalars(held.execution_options(populate_existing=True)).one()


def _settled(rubric: RubricView, marks: Mapping[int, CriterionMark]) -> dict[int, CriterionMark]:
    given = {each.id: each.settled(mark) for each in rubric.criteria if (mark := marks.get(each.id))}
    short = {key: replace(mark, comment=_limited(mark.comment, MAX_MARK_COMMENT)) for key, mark in given.items()}
    return {key: mark for key, mark in short.items() if not mark.is_empty}


def _store(session: Session, review: Review, rubric: RubricView, marks: Mapping[int, CriterionMark]) -> None:
    session.execute(delete(ReviewMark).where(ReviewMark.review_id == review.id))
    rows = [
        {
            "review_id": review.id,
            "criterion_id": key,
            "level_id": mark.level_id,
            "points": mark.points,
            "comment": mark.comment,
        }
        for key, mark in marks.items()
    ]
    if rows:
        session.execute(insert(ReviewMark), rows)
    review.total = rubric.total(marks)


def _record(
    session: Session, actor: Actor, review: Review, kind: ReviewEventKind, *, words: str = "", now: datetime
) -> None:
    session.add(ReviewEvent(review_id=review.id, kind=kind, at=now, by_id=actor.person_id, words=words))
    session.flush()


def _limited(text: str, limit: int) -> str:
    text = clean_text(text)
    if len(text) > limit:
        raise ReviewWordsInvalid(limit=limit)
    return text

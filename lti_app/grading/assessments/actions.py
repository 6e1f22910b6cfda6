"""Saving marks and releasing grades."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.prose import clean_text
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import get_student
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.actions.pseudonyms import reveal_names
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.extensions import collect_calendars
from lti_app.discussion.discussions.rules import Calendar
from lti_app.grading.assessments.errors import AssessmentChanged, AssessmentIncomplete, CommentTooLong
from lti_app.grading.assessments.models import Assessment, Mark, Release
from lti_app.grading.assessments.rules import MAX_COMMENT
from lti_app.grading.passbacks.actions.queueing import queue_passback
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules import RubricView, scaled, total
from lti_app.participation.progress.queries import collect_class_facts, requirements_of
from lti_app.participation.requirements.evaluation import evaluate
from lti_app.participation.requirements.facts import PostFacts


def assess(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    levels: Mapping[int, int],
    comment: str,
    version: int,
    now: datetime,
) -> None:
    """Save a student's marks (level id by criterion id) and comment as a draft.

    `version` is the version of the marks that the grader saw, 0 for none. Raises AssessmentChanged if another grader
    has saved since then, CommentTooLong, NotFound for a person who is not a student here, Forbidden. Levels that are
    not in the rubric are ignored. Saving the same marks again changes nothing.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    comment = clean_text(comment)
    if len(comment) > MAX_COMMENT:
        raise CommentTooLong(limit=MAX_COMMENT, length=len(comment))
    rubric = get_rubric(session, discussion)
    chosen = {c.id: level for c in rubric.criteria if (level := c.level(levels.get(c.id)))}
    assessment = _locked_or_new(session, actor, discussion, person_id, now)
    marks = {criterion_id: level.id for criterion_id, level in chosen.items()}
    if assessment.comment == comment and _marks(session, [assessment.id]).get(assessment.id, {}) == marks:
        return  # also the second of two clicks
    if assessment.version != version:
        raise AssessmentChanged
    session.execute(delete(Mark).where(Mark.assessment_id == assessment.id))
    if marks:
        rows = [
            {"assessment_id": assessment.id, "criterion_id": key, "level_id": level} for key, level in marks.items()
        ]
        session.execute(insert(Mark), rows)
    assessment.comment = comment
    assessment.total = total(level.points for level in chosen.values())
    assessment.is_complete = 0 < len(chosen) == len(rubric.criteria)
    assessment.version += 1
    assessment.assessed_at, assessment.assessed_by_id = now, actor.person_id
    session.flush()


def release(session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, now: datetime) -> None:
    """Release a grade to a student, and queue it for the LMS in the same transaction.

    Raises AssessmentIncomplete if a criterion has no level, NotFound, Forbidden. Releasing the same grade again changes
    nothing.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    assessment = session.scalar(_assessments(discussion.id).where(Assessment.person_id == person_id))
    if assessment is None or not assessment.is_complete:
        raise AssessmentIncomplete
    if assessment.version != assessment.released_version:
        facts = collect_class_facts(session, actor, discussion, person_id)
        _release(session, actor, discussion, assessments=[assessment], facts=facts, now=now)


def release_all(session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime) -> int:
    """Release every complete draft of active students, in this transaction; returns how many. Raises Forbidden.

    The first release of all grades also reveals the names of a blind discussion to staff.
    """
    require(actor, DiscussionPermission.GRADE)
    drafts = [
        assessment
        for assessment in session.scalars(
            _assessments(discussion.id)
            .join(
                Enrollment,
                (Enrollment.person_id == Assessment.person_id) & (Enrollment.course_id == Assessment.course_id),
            )
            .where(Assessment.is_complete, Enrollment.role == Role.STUDENT, Enrollment.active)
        )
        if assessment.version != assessment.released_version
    ]
    if drafts:
        _release(
            session,
            actor,
            discussion,
            assessments=drafts,
            facts=collect_class_facts(session, actor, discussion),
            now=now,
        )
        reveal_names(session, actor, discussion, now=now)
    return len(drafts)


def _assessments(discussion_id: int) -> Select[Assessment]:
    """Select assessments with a lock, always in the same order, and read current values even if the session has older
    ones.
    """
    return (
        select(Assessment)
        .where(Assessment.discussion_id == discussion_id)
        .order_by(Assessment.id)
        .with_for_update(of=Assessment)
        .execution_options(populate_existing=True)
    )


def _locked_or_new(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, now: datetime
) -> Assessment:
    """The student's row, locked. It is created if needed, so that two first saves use the same row."""
    session.execute(
        insert_into(session, Assessment)
        .values(
            course_id=discussion.course_id,
            discussion_id=discussion.id,
            person_id=person_id,
            comment="",
            total=0,
            is_complete=False,
            version=0,
            assessed_at=now,
            assessed_by_id=actor.person_id,
        )
        .on_conflict_do_nothing(index_elements=["discussion_id", "person_id"])
    )
    return session.scalars(_assessments(discussion.id).where(Assessment.person_id == person_id)).one()


def _marks(session: Session, assessment_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Level id by criterion id, by assessment id."""
    rows = session.execute(
        select(Mark.assessment_id, Mark.criterion_id, Mark.level_id).where(Mark.assessment_id.in_(assessment_ids))
    )
    marks: dict[int, dict[int, int]] = {}
    for assessment_id, criterion_id, level_id in rows:
        marks.setdefault(assessment_id, {})[criterion_id] = level_id
    return marks


def _release(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    assessments: Collection[Assessment],
    facts: Mapping[int, list[PostFacts]],
    now: datetime,
) -> None:
    rubric = get_rubric(session, discussion)
    marks = _marks(session, [assessment.id for assessment in assessments])
    calendars = collect_calendars(session, discussion)
    for assessment in assessments:
        given = scaled(assessment.total, out_of=rubric.maximum, to=discussion.points)
        session.add(
            Release(
                assessment_id=assessment.id,
                version=assessment.version,
                given=given,
                possible=discussion.points,
                comment=assessment.comment,
                marks=_as_read(rubric, marks.get(assessment.id, {})),
                released_at=now,
                released_by_id=actor.person_id,
            )
        )
        assessment.released_version = assessment.version
        assessment.released_given, assessment.released_at = given, now
        queue_passback(
            session,
            course_id=discussion.course_id,
            discussion_id=discussion.id,
            person_id=assessment.person_id,
            given=given,
            possible=discussion.points,
            comment=assessment.comment,
            submitted_at=_submitted_at(
                discussion,
                calendars.get(assessment.person_id, discussion.class_calendar),
                facts.get(assessment.person_id, []),
                now,
            ),
            now=now,
        )
    session.flush()


def _as_read(rubric: RubricView, marks: Mapping[int, int]) -> list[dict[str, str]]:
    read = []
    for criterion in rubric.criteria:
        if level := criterion.level(marks.get(criterion.id)):
            read.append(
                {
                    "title": criterion.title,
                    "level": level.title,
                    "points": str(level.points),
                    "maximum": str(criterion.maximum),
                }
            )
    return read


def _submitted_at(
    discussion: DiscussionView, calendar: Calendar, facts: list[PostFacts], now: datetime
) -> datetime | None:
    """When the student's work was complete, otherwise when they last wrote, so that the LMS does not mark it late."""
    moments = [version.at for post in facts if not post.deleted for version in post.versions]
    verdicts = evaluate(requirements_of(discussion, calendar), facts, now, discussion.zone)
    return verdicts.completed_at or max(moments, default=None)

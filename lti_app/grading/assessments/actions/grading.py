"""Saving marks and releasing grades."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

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
from lti_app.grading.adjustments.rules.curves import CurveKind
from lti_app.grading.adjustments.rules.stored import lines_to_stored
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.actions.releasing_points import release_points
from lti_app.grading.assessments.errors import AssessmentChanged, AssessmentIncomplete, CommentTooLong
from lti_app.grading.assessments.models import Assessment, Mark, Release
from lti_app.grading.assessments.queries.given import basis_of, collect_given, given_now
from lti_app.grading.assessments.queries.grades import collect_marks
from lti_app.grading.assessments.queries.post_comments import collect_post_comments
from lti_app.grading.assessments.rules import MAX_COMMENT, MAX_CRITERION_COMMENT, MAX_NOTE, GradeEventKind, shares_of
from lti_app.grading.comments.rules.formatting import to_plain, to_rich
from lti_app.grading.comments.rules.saved import check_for_student
from lti_app.grading.graders.errors import MarkedIndependently
from lti_app.grading.graders.queries.blind import list_blind
from lti_app.grading.passbacks.actions.queueing import ReleasedScore, queue_passbacks
from lti_app.grading.passbacks.queries import get_column_plan
from lti_app.grading.passbacks.rules.parts import divide
from lti_app.grading.rubrics.actions.store import lock_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark, RubricView
from lti_app.participation.progress.queries import ClassWork, collect_class_work
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.participation.requirements.facts import PostFacts


def assess(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    marks: Mapping[int, CriterionMark],
    comment: str,
    note: str = "",
    version: int,
    marked_with: int = 0,
    kind: GradeEventKind = GradeEventKind.SAVED,
    now: datetime,
) -> None:
    """Save a student's marks (by criterion id), the comment to the student and the note for graders as a draft.

    `version` is the version of the marks that the grader saw, 0 for none, and `marked_with` the id of its rubric, 0 for
    whichever applies; `kind` is what the history says. Raises AssessmentChanged if another grader has saved since then,
    or the rubric has changed; MarkedIndependently while graders mark the student independently; CommentTooLong,
    PlaceholderLeft, NotFound for a person who is not a student here, Forbidden. Marks that are not of the rubric are
    ignored. Saving the same marks again changes nothing.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    comment, note = for_student(comment, MAX_COMMENT), limited(note, MAX_NOTE)
    lock_rubric(session, discussion)
    (assessment,) = locked_or_new(session, actor, discussion, [person_id], now)
    refuse_while_blind(session, actor, discussion, person_id)
    rubric = get_rubric(session, discussion, version_id=assessment.rubric_id)
    if marked_with not in (0, rubric.id):
        raise AssessmentChanged
    chosen = settled_marks(rubric, marks)
    before = collect_marks(session, rubric, [assessment.id]).get(assessment.id, {})
    if (assessment.comment, assessment.note, before) == (comment, note, chosen):
        return  # also the second of two clicks
    if assessment.version != version:
        raise AssessmentChanged
    replace_marks(session, assessment, rubric, chosen)
    assessment.comment, assessment.note = comment, note
    assessment.version += 1
    assessment.assessed_at, assessment.assessed_by_id = now, actor.person_id
    shown = {assessment.id: as_read(rubric, chosen)}
    record(session, actor, kind, [assessment], marks=shown, now=now)


def refuse_while_blind(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> None:
    """Raise MarkedIndependently while graders mark a student independently (one statement). Asked with a lock on the
    student's row or on the rubric, which beginning to mark independently waits for.
    """
    if list_blind(session, actor, discussion).is_open(person_id):
        raise MarkedIndependently


def limited(text: str, limit: int) -> str:
    """The text as it is stored. Raises CommentTooLong."""
    text = clean_text(text)
    if len(text) > limit:
        raise CommentTooLong(limit=limit, length=len(text))
    return text


def for_student(text: str, limit: int) -> str:
    """A comment to a student as it is stored. Raises CommentTooLong, PlaceholderLeft."""
    text = limited(text, limit)
    check_for_student(text)
    return text


def settled_marks(rubric: RubricView, marks: Mapping[int, CriterionMark]) -> dict[int, CriterionMark]:
    """The marks as they are stored: of criteria of this rubric, and none that are empty."""
    given = {each.id: each.settled(mark) for each in rubric.criteria if (mark := marks.get(each.id))}
    short = {
        key: replace(mark, comment=for_student(mark.comment, MAX_CRITERION_COMMENT)) for key, mark in given.items()
    }
    return {key: mark for key, mark in short.items() if not mark.is_empty}


def release(session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, now: datetime) -> None:
    """Release a grade to a student, and queue it for the LMS in the same transaction: with the points for participation
    where they have a gradebook column and were not sent before.

    Raises AssessmentIncomplete if a criterion has no level, MarkedIndependently, NotFound, Forbidden. Releasing the
    same grade again changes nothing.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    assessment = session.scalar(locked_assessments(discussion).where(Assessment.person_id == person_id))
    if assessment is None or not assessment.is_complete:
        refuse_while_blind(session, actor, discussion, person_id)  # until then it has no marks
        raise AssessmentIncomplete
    if assessment.version == assessment.released_version:
        person = {person_id: basis_of(assessment)}
        if collect_given(session, actor, discussion, person, now=now)[person_id].given == assessment.released_given:
            return
        assessment.version += 1  # the marks are the same, but a later date or another maximum changes the points
    work = collect_class_work(session, actor, discussion, person_id=person_id)
    _release(session, actor, discussion, assessments=[assessment], work=work, now=now)


def release_all(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    person_ids: Collection[int] | None = None,
    now: datetime,
) -> int:
    """Release every complete draft of active students, or of these, in this transaction; returns how many.

    Students who are excused have none, nor have those whom graders still mark independently, and grades that are held
    back stay so. The first release of all grades also reveals the names of a blind discussion to staff. Raises
    Forbidden.
    """
    require(actor, DiscussionPermission.GRADE)
    assessments = session.scalars(
        locked_assessments(discussion)
        .join(
            Enrollment,
            (Enrollment.person_id == Assessment.person_id) & (Enrollment.course_id == Assessment.course_id),
        )
        .where(Assessment.is_complete, Enrollment.role == Role.STUDENT, Enrollment.active)
        .where(Assessment.excused_at.is_(None), Assessment.withheld_at.is_(None))
    ).all()
    blind = list_blind(session, actor, discussion)
    drafts = [
        assessment
        for assessment in assessments
        if assessment.version != assessment.released_version
        and (person_ids is None or assessment.person_id in person_ids)
        and not blind.is_open(assessment.person_id)
    ]
    if drafts:
        _release(
            session,
            actor,
            discussion,
            assessments=drafts,
            work=collect_class_work(session, actor, discussion),
            now=now,
        )
        if person_ids is None:
            reveal_names(session, actor, discussion, now=now)
    return len(drafts)


def locked_assessments(discussion: DiscussionView) -> Select[Assessment]:
    """Select assessments with a lock, always in the same order, and read current values even if the session has older
    ones.
    """
    return (
        select(Assessment)
        .where(Assessment.discussion_id == discussion.id)
        .order_by(Assessment.id)
        .with_for_update(of=Assessment)
        .execution_options(populate_existing=True)
    )


def locked_or_new(
    session: Session, actor: Actor, discussion: DiscussionView, person_ids: Collection[int], now: datetime
) -> list[Assessment]:
    """The rows of these students, locked. They are created if needed, so that two first saves use the same row."""
    new = {
        "course_id": discussion.course_id,
        "discussion_id": discussion.id,
        "comment": "",
        "total": 0,
        "is_complete": False,
        "version": 0,
        "assessed_at": now,
        "assessed_by_id": actor.person_id,
    }
    session.execute(
        insert_into(session, Assessment)
        .values([{**new, "person_id": person_id} for person_id in person_ids])
        .on_conflict_do_nothing(index_elements=["discussion_id", "person_id"])
    )
    return list(session.scalars(locked_assessments(discussion).where(Assessment.person_id.in_(person_ids))))


def replace_marks(
    session: Session, assessment: Assessment, rubric: RubricView, marks: Mapping[int, CriterionMark]
) -> None:
    """Store these marks instead of what an assessment had, with the total that they come to by this rubric."""
    session.execute(delete(Mark).where(Mark.assessment_id == assessment.id))
    if marks:
        rows = [
            {
                "assessment_id": assessment.id,
                "criterion_id": key,
                "level_id": mark.level_id,
                "points": mark.points,
                "comment": mark.comment,
            }
            for key, mark in marks.items()
        ]
        session.execute(insert(Mark), rows)
    assessment.rubric_id = rubric.id or None
    assessment.total = rubric.total(marks)
    assessment.is_complete = rubric.is_complete(with_points(marks))
    if assessment.curve and assessment.curve["kind"] == CurveKind.REVIEWS:
        assessment.curve = None  # it was weighed with the marks of before


def with_points(marks: Mapping[int, CriterionMark]) -> list[int]:
    """The criteria that are marked, and not only commented on."""
    return [key for key, mark in marks.items() if mark.points is not None]


def _release(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    assessments: Collection[Assessment],
    work: ClassWork,
    now: datetime,
) -> None:
    versions = {assessment.rubric_id for assessment in assessments}
    rubrics = {key: get_rubric(session, discussion, version_id=key) for key in versions}
    marks = {
        key: collect_marks(session, rubric, [each.id for each in assessments if each.rubric_id == key])
        for key, rubric in rubrics.items()
    }
    verdicts_of, plan = work.judged(discussion, now=now), get_column_plan(session, discussion)
    post_comments = collect_post_comments(session, [each.id for each in assessments])
    scores: list[ReleasedScore] = []
    lines: dict[int, list[dict[str, Any]]] = {}
    for assessment in assessments:
        rubric = rubrics[assessment.rubric_id]
        html = to_rich(assessment.comment)
        comment = to_plain(assessment.comment, html)
        own, verdicts = work.facts.get(assessment.person_id, []), verdicts_of(assessment.person_id)
        grade = given_now(discussion, basis_of(assessment), rubric, verdicts)
        lines[assessment.id] = lines_to_stored(grade)
        session.add(
            Release(
                assessment_id=assessment.id,
                version=assessment.version,
                given=grade.given,
                possible=discussion.points,
                comment=comment,
                comment_html=html or None,
                marks=_as_released(rubric, marks[assessment.rubric_id].get(assessment.id, {})),
                post_comments=post_comments.get(assessment.id, []),
                total=grade.total,
                lines=lines[assessment.id],
                rule_version=verdicts.version,
                released_at=now,
                released_by_id=actor.person_id,
            )
        )
        assessment.released_version = assessment.version
        assessment.released_given, assessment.released_at = grade.given, now
        assessment.withheld_at = None
        shares = shares_of(rubric, marks[assessment.rubric_id].get(assessment.id, {}), plan, grade.late)
        parts = divide(grade.given, discussion.points, shares)
        score = (grade.given, discussion.points, comment, _submitted_at(verdicts, own))
        scores.append(ReleasedScore(assessment.person_id, *score, parts))
    queue_passbacks(session, scores, course_id=discussion.course_id, discussion_id=discussion.id, now=now)
    given = {each.id: each.released_given for each in assessments if each.released_given is not None}
    record(session, actor, GradeEventKind.RELEASED, assessments, totals=given, lines=lines, now=now)
    release_points(session, actor, discussion, assessments, verdicts_of, now=now)


def _as_released(rubric: RubricView, marks: Mapping[int, CriterionMark]) -> list[dict[str, str | bool]]:
    """Marks as the student reads them, with the formatting of the comments beside their plain text."""
    read = as_read(rubric, marks)
    for mark in read:
        typed = str(mark["comment"])
        html = to_rich(typed)
        mark.update({"comment": to_plain(typed, html), "comment_html": html})
    return read


def as_read(rubric: RubricView, marks: Mapping[int, CriterionMark]) -> list[dict[str, str | bool]]:
    """Marks as they are read later, whatever becomes of the rubric."""
    read: list[dict[str, str | bool]] = []
    for criterion in rubric.criteria:
        mark = marks.get(criterion.id)
        if mark is None:
            continue
        level = criterion.level(mark.level_id)
        read.append(
            {
                "title": criterion.title,
                "level": level.label if level else "",
                "description": level.description if level and level.name else "",
                "points": "" if mark.points is None else str(mark.points),
                "maximum": str(criterion.maximum),
                "comment": mark.comment,
                "counts": criterion.counts,
            }
        )
    return read


def _submitted_at(verdicts: Verdicts, facts: list[PostFacts]) -> datetime | None:
    """When the student's work was complete, otherwise when they last wrote, so that the LMS does not mark it late."""
    moments = [version.at for post in facts if not post.deleted for version in post.versions]
    return verdicts.completed_at or max(moments, default=None)

"""Turning second marking on and off, for everybody or for a sample."""

from collections.abc import Collection
from datetime import datetime
from secrets import token_hex

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.queries import list_students
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import locked_assessments, replace_marks
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.queries.grades import collect_marks
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.graders.models import BlindMarking, Marking, SecondMarking
from lti_app.grading.graders.rules.blind import (
    BlindOutcome,
    BlindPurpose,
    SecondMarkingMode,
    SecondMarkingPlan,
    drawn,
    sample_size,
)
from lti_app.grading.graders.rules.given import restored, stored, with_points
from lti_app.grading.marking.actions.rows import begin_marking, settle
from lti_app.grading.marking.errors import SampleSizeWrong
from lti_app.grading.marking.rules.agreeing import GivenMarks
from lti_app.grading.rubrics.actions.store import lock_rubric
from lti_app.grading.rubrics.queries import get_rubric, list_versions
from lti_app.grading.rubrics.rules.criteria import RubricView


def set_second_marking(
    session: Session, actor: Actor, discussion: DiscussionView, plan: SecondMarkingPlan, *, now: datetime
) -> None:
    """Decide whose work two graders mark.

    A grade that is a draft becomes the first marking: it is set aside, so that the second marker does not see it, and
    comes back if second marking ends for the student. Released grades stay. A sample that has grown keeps the students
    that it had, and nobody who is marked already leaves it unsettled. Raises SampleSizeWrong, Forbidden for all but
    instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    lock_rubric(session, discussion, to_change=True)
    rubric = get_rubric(session, discussion)
    if not (1 <= plan.percent <= 100 and 0 <= plan.tolerance <= rubric.maximum):
        raise SampleSizeWrong
    seed = _store(session, discussion, plan)
    assessments = {each.person_id: each for each in session.scalars(locked_assessments(discussion))}
    students = [each.person_id for each in list_students(session, actor)]
    free = [each for each in students if _is_free(assessments.get(each))]
    wanted = _wanted(session, discussion, plan, drawn(free, seed, len(free)), size=sample_size(students, plan.percent))
    _end_for(session, actor, discussion, rubric, set(students) - wanted, now=now)
    begun = begin_all(session, actor, discussion, wanted, BlindPurpose.SECOND, now=now)
    if plan.mode is SecondMarkingMode.EVERYBODY:
        _leave_out(session, discussion, set(students) - begun, actor, now)


def begin_all(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    purpose: BlindPurpose,
    *,
    now: datetime,
) -> set[int]:
    """Have these students marked independently, with drafts of their grades set aside as the marks of whoever saved
    them. Those who are marked independently already stay as they are. Called with the rubric locked.
    """
    of_discussion = BlindMarking.discussion_id == discussion.id
    known = set(session.scalars(select(BlindMarking.person_id).where(of_discussion)))
    new = [each for each in person_ids if each not in known]
    begin_marking(session, discussion, new, purpose)
    rows = session.scalars(select(BlindMarking).where(of_discussion, BlindMarking.person_id.in_(new))).all()
    ids = {row.person_id: row.id for row in rows}
    drafts = [
        each
        for each in session.scalars(locked_assessments(discussion).where(Assessment.person_id.in_(new)))
        if each.version
    ]
    versions = list_versions(session, discussion)
    newest = get_rubric(session, discussion)
    for each in drafts:
        rubric = versions.get(each.rubric_id or newest.id, newest)
        marks = collect_marks(session, rubric, [each.id]).get(each.id, {})
        if marks or each.comment or each.note:
            session.add(
                Marking(
                    blind_marking_id=ids[each.person_id],
                    grader_id=each.assessed_by_id,
                    rubric_version=rubric.version,
                    marks=stored(rubric, marks),
                    comment=each.comment,
                    note=each.note,
                    version=1,
                    saved_at=each.assessed_at,
                    submitted_at=each.assessed_at if rubric.is_complete(with_points(marks)) else None,
                )
            )
        replace_marks(session, each, newest, {})
        each.comment = each.note = ""
        each.version += 1
    record(session, actor, GradeEventKind.SET_ASIDE, drafts, words="", now=now)
    return {*known, *new}


def _store(session: Session, discussion: DiscussionView, plan: SecondMarkingPlan) -> str:
    row = {
        "mode": plan.mode,
        "percent": plan.percent,
        "agreement": plan.agreement,
        "tolerance": plan.tolerance,
    }
    session.execute(
        insert_into(session, SecondMarking)
        .values({**row, "discussion_id": discussion.id, "seed": token_hex(8)})
        .on_conflict_do_update(index_elements=["discussion_id"], set_=row)
    )
    return session.scalars(select(SecondMarking.seed).where(SecondMarking.discussion_id == discussion.id)).one()


def _is_free(assessment: Assessment | None) -> bool:
    """Whether a student's grade can be marked twice: not excused, and not released."""
    return assessment is None or (assessment.excused_at is None and assessment.released_version is None)


def _wanted(
    session: Session, discussion: DiscussionView, plan: SecondMarkingPlan, in_order: list[int], *, size: int
) -> set[int]:
    """The students whom two graders are to mark, or have marked; `in_order` are those who can be drawn."""
    if plan.mode is SecondMarkingMode.OFF:
        return set()
    if plan.mode is SecondMarkingMode.EVERYBODY:
        return set(in_order)
    begun = set(
        session.scalars(
            select(BlindMarking.person_id)
            .join(Marking, Marking.blind_marking_id == BlindMarking.id)
            .where(BlindMarking.discussion_id == discussion.id, BlindMarking.purpose == BlindPurpose.SECOND)
        )
    )
    left = [each for each in in_order if each not in begun]
    return begun | set(left[: max(0, size - len(begun))])


def _end_for(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    rubric: RubricView,
    person_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """End second marking for these students. One marking becomes the draft of the grade again; two of them stay to be
    decided.
    """
    rows = session.scalars(
        select(BlindMarking)
        .where(BlindMarking.discussion_id == discussion.id, BlindMarking.purpose == BlindPurpose.SECOND)
        .where(BlindMarking.outcome.is_(None) | (BlindMarking.outcome == BlindOutcome.NONE))
        .where(BlindMarking.person_id.in_(person_ids))
        .order_by(BlindMarking.id)
        .with_for_update()
    ).all()
    markings: dict[int, list[Marking]] = {}
    for each in session.scalars(select(Marking).where(Marking.blind_marking_id.in_([row.id for row in rows]))):
        markings.setdefault(each.blind_marking_id, []).append(each)
    for row in rows:
        own = markings.get(row.id, [])
        if len(own) == 1 and row.outcome is None:
            given = GivenMarks(restored(rubric, own[0].marks), own[0].comment, own[0].note)
            settle(session, actor, discussion, row, outcome=BlindOutcome.ONE, given=given, now=now)
    empty = [row.id for row in rows if row.id not in markings]
    session.execute(delete(BlindMarking).where(BlindMarking.id.in_(empty)))


def _leave_out(
    session: Session, discussion: DiscussionView, person_ids: Collection[int], actor: Actor, now: datetime
) -> None:
    """Note that these students, who have a grade already, are not marked twice although everybody else is."""
    begin_marking(session, discussion, person_ids, BlindPurpose.SECOND)
    for row in session.scalars(
        select(BlindMarking).where(BlindMarking.discussion_id == discussion.id, BlindMarking.person_id.in_(person_ids))
    ):
        row.outcome, row.settled_at, row.settled_by_id = BlindOutcome.NONE, now, actor.person_id
    session.flush()

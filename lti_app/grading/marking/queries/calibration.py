"""The calibration set of a discussion: who has finished, and how far graders agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.graders.models import BlindMarking, Marking
from lti_app.grading.graders.queries.blind import list_blind
from lti_app.grading.graders.rules.blind import BlindPurpose
from lti_app.grading.graders.rules.given import restored
from lti_app.grading.marking.rules.calibration import AgreementView, GivenPoints, agreement_of, strictness
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionView


@dataclass(frozen=True)
class CriterionAgreement:
    """How far graders agree on one criterion, and the points that they gave."""

    criterion: CriterionView
    agreement: AgreementView
    given: dict[tuple[int, int], Decimal]
    """By grader and student."""


@dataclass(frozen=True)
class CalibrationResults:
    """How far graders agree who have marked the calibration set."""

    criteria: tuple[CriterionAgreement, ...]
    total: AgreementView
    totals: dict[tuple[int, int], Decimal]
    """By grader and student."""
    apart: dict[int, Decimal]
    """By how many points each grader is above or below the mean of all, on average."""


@dataclass(frozen=True)
class CalibrationView:
    """A calibration set as a grader may see it."""

    person_ids: list[int]
    """The students in it."""
    finished: dict[int, int]
    """How many of them each grader has submitted."""
    is_open: bool
    results: CalibrationResults | None
    """None before the reader has submitted all of their own marks, while the calibration is open."""


def get_calibration(session: Session, actor: Actor, discussion: DiscussionView) -> CalibrationView:
    """The calibration set of a discussion (three statements). Raises Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    blind = list_blind(session, actor, discussion)
    people = sorted(key for key, each in blind.states.items() if each.purpose is BlindPurpose.CALIBRATION)
    rows = session.execute(
        select(Marking, BlindMarking.person_id)
        .join(BlindMarking, BlindMarking.id == Marking.blind_marking_id)
        .where(BlindMarking.discussion_id == discussion.id, BlindMarking.purpose == BlindPurpose.CALIBRATION)
        .where(Marking.submitted_at.is_not(None))
        .order_by(Marking.id)
    ).all()
    finished: dict[int, int] = {}
    for row, _ in rows:
        finished[row.grader_id] = finished.get(row.grader_id, 0) + 1
    return CalibrationView(
        person_ids=people,
        finished=finished,
        is_open=any(blind.is_open(each) for each in people),
        results=_results(session, discussion, rows) if rows and blind.shows_calibration else None,
    )


def _results(session: Session, discussion: DiscussionView, rows: Sequence[Row[Marking, int]]) -> CalibrationResults:
    rubric = get_rubric(session, discussion)
    marks = {(row.grader_id, person_id): restored(rubric, row.marks) for row, person_id in rows}
    criteria = []
    for criterion in rubric.criteria:
        given = {
            key: points
            for key, each in marks.items()
            if (mark := each.get(criterion.id)) and (points := mark.points) is not None
        }
        criteria.append(CriterionAgreement(criterion, agreement_of(_points(given)), given))
    totals = {key: rubric.total(each) for key, each in marks.items()}
    return CalibrationResults(
        criteria=tuple(criteria),
        total=agreement_of(_points(totals)),
        totals=totals,
        apart=strictness(_points(totals)),
    )


def _points(given: dict[tuple[int, int], Decimal]) -> list[GivenPoints]:
    return [GivenPoints(grader_id, person_id, points) for (grader_id, person_id), points in given.items()]

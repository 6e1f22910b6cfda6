"""What was done with grades, and second looks that students ask for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.adjustments.rules.curves import CurveLine
from lti_app.grading.adjustments.rules.late import LateLine
from lti_app.grading.adjustments.rules.stored import lines_from_stored
from lti_app.grading.assessments.models import Assessment, GradeEvent, SecondLook
from lti_app.grading.assessments.queries.grades import ReleasedMark, released_mark
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.graders.queries.blind import list_blind


@dataclass(frozen=True)
class PastEvent:
    """What somebody did with a grade."""

    kind: GradeEventKind
    at: datetime
    by: str
    total: Decimal | None
    words: str
    marks: tuple[ReleasedMark, ...]
    late: LateLine | None = None
    curve: CurveLine | None = None
    """What stood between the rubric total and a released grade, and the curve that was applied or removed."""


@dataclass(frozen=True)
class Look:
    """A request for a second look at a grade, and its answer."""

    reason: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    """None while it waits for an answer."""


MOST_EVENTS = 200
"""Of a student's history, the newest so many are shown."""


def list_history(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> list[PastEvent]:
    """What was done with a student's grade, the newest first (two statements).

    While graders mark the student independently, without points, marks and words. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    is_blind = list_blind(session, actor, discussion).is_open(person_id)
    rows = session.execute(
        select(GradeEvent, Person.name)
        .join(Assessment, Assessment.id == GradeEvent.assessment_id)
        .join(Person, Person.id == GradeEvent.by_id)
        .where(Assessment.discussion_id == discussion.id, Assessment.person_id == person_id)
        .order_by(GradeEvent.id.desc())
        .limit(MOST_EVENTS)
    )
    if is_blind:
        return [PastEvent(row.kind, row.at, by, None, "", ()) for row, by in rows]
    return [
        PastEvent(
            row.kind,
            row.at,
            by,
            row.total,
            row.words,
            tuple(released_mark(mark) for mark in row.marks),
            *lines_from_stored(row.lines),
        )
        for row, by in rows
    ]


def list_looks(session: Session, actor: Actor, discussion: DiscussionView, person_id: int | None = None) -> list[Look]:
    """The actor's own requests for a second look, or for graders those of any student, the oldest first (one
    statement).
    """
    whose = person_id if person_id is not None and actor.is_staff else actor.person_id
    rows = session.scalars(
        select(SecondLook)
        .join(Assessment, Assessment.id == SecondLook.assessment_id)
        .where(Assessment.discussion_id == discussion.id, Assessment.person_id == whose)
        .order_by(SecondLook.id)
    )
    return [Look(row.reason, row.asked_at, row.answer, row.answered_at) for row in rows]

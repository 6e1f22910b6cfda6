"""The marks of one student that graders gave independently: one's own, and side by side once all are in."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.graders.models import BlindMarking, Marking
from lti_app.grading.graders.queries.blind import list_blind
from lti_app.grading.graders.rules.blind import BlindPurpose, BlindState
from lti_app.grading.graders.rules.given import difference, restored
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, RubricView

_SETTLER = alias_of(Person)


@dataclass(frozen=True)
class MarkingView:
    """The marks that one grader gave."""

    grader_id: int
    grader: str
    marks: dict[int, CriterionMark]
    """By criterion id, as they are by the rubric in use."""
    total: Decimal
    comment: str
    note: str
    version: int
    submitted_at: datetime | None
    is_of_older_rubric: bool


@dataclass(frozen=True)
class Compared:
    """One criterion in two markings, the first marker's first."""

    criterion: CriterionView
    marks: tuple[CriterionMark, ...]
    difference: Decimal | None
    """How many more points the second marker gives; None where one of them gives none, or there is one marking."""

    @property
    def is_unanimous(self) -> bool:
        """Whether all graders give the same points."""
        return len(self.marks) > 1 and len({mark.points for mark in self.marks} - {None}) == 1


@dataclass(frozen=True)
class BlindMarkingView:
    """An independent marking of one student as a grader may see it."""

    state: BlindState
    rubric: RubricView
    own: MarkingView | None
    """What the reader has saved."""
    shown: tuple[MarkingView, ...] = ()
    """All submitted marks, in the order of their submission; none before the reader may see those of others."""
    settled_at: datetime | None = None
    settled_by: str = ""
    rows: tuple[Compared, ...] = field(default=())

    @property
    def difference(self) -> Decimal | None:
        """How many more points the second marker gives in total."""
        return self.shown[1].total - self.shown[0].total if len(self.shown) > 1 else None

    @property
    def marked_by(self) -> list[int]:
        """Who submitted marks, as far as they are shown."""
        return [each.grader_id for each in self.shown]


def get_marking(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> BlindMarkingView:
    """The independent marking of a student (three statements).

    The marks of others are shown to nobody before both graders have submitted theirs; those of a calibration to whoever
    has submitted all of their own. Raises NotFound for a student
    who was never marked independently, Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    blind = list_blind(session, actor, discussion)
    state = blind.of(person_id)
    if state is None:
        raise NotFound
    rubric = get_rubric(session, discussion)
    rows = session.execute(
        select(BlindMarking, Marking, Person.name, _SETTLER.name)
        .outerjoin(Marking, Marking.blind_marking_id == BlindMarking.id)
        .outerjoin(Person, Person.id == Marking.grader_id)
        .outerjoin(_SETTLER, _SETTLER.id == BlindMarking.settled_by_id)
        .where(BlindMarking.discussion_id == discussion.id, BlindMarking.person_id == person_id)
        .order_by(Marking.submitted_at, Marking.id)
    ).all()
    found = [_view(marking, name, rubric) for _, marking, name, _ in rows if marking is not None]
    own = next((each for each in found if each.grader_id == actor.person_id), None)
    is_calibrated = state.purpose is BlindPurpose.CALIBRATION and blind.shows_calibration
    is_shown = state.is_marked or not state.is_open or is_calibrated
    shown = tuple(each for each in found if each.submitted_at and is_shown)
    return BlindMarkingView(
        state=state,
        rubric=rubric,
        own=own,
        shown=shown,
        settled_at=rows[0][0].settled_at if rows else None,
        settled_by=(rows[0][3] or "") if rows else "",
        rows=tuple(_compared(each, shown) for each in rubric.criteria),
    )


def _view(row: Marking, name: str, rubric: RubricView) -> MarkingView:
    marks = restored(rubric, row.marks)
    return MarkingView(
        grader_id=row.grader_id,
        grader=name,
        marks=marks,
        total=rubric.total(marks),
        comment=row.comment,
        note=row.note,
        version=row.version,
        submitted_at=row.submitted_at,
        is_of_older_rubric=row.rubric_version != rubric.version,
    )


def _compared(criterion: CriterionView, shown: tuple[MarkingView, ...]) -> Compared:
    marks = tuple(each.marks.get(criterion.id, CriterionMark()) for each in shown)
    apart = difference(criterion, shown[0].marks, shown[1].marks) if len(shown) > 1 else None
    return Compared(criterion, marks, apart)

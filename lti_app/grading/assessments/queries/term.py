"""One student's discussions of the whole course: what counted, and the released grades."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id
from lti_app.core.errors import Forbidden, NotFound
from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, may, require
from lti_app.discussion.discussions.queries.course import list_views, with_readings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import State
from lti_app.grading.assessments.models import Assessment, Release
from lti_app.grading.assessments.queries.grades import ReleasedGrade, released_grade
from lti_app.grading.passbacks.models import Passback
from lti_app.participation.progress.queries import collect_term_verdicts
from lti_app.participation.requirements.evaluation import Verdicts

_EXCUSED = select(Assessment.discussion_id, Assessment.person_id).where(
    Assessment.course_id == bindparam("course_id", type_=Id), Assessment.excused_at.is_not(None)
)
_EXCUSED_HERE = _EXCUSED.where(Assessment.discussion_id == bindparam("discussion_id", type_=Id))


@dataclass(frozen=True)
class TermLine:
    """A discussion as one student has done in it."""

    discussion: DiscussionView
    """With the student's own dates."""
    verdicts: Verdicts | None
    """None where names are hidden from the reader, who could tell by them who is who."""
    grade: ReleasedGrade | None
    is_excused: bool = False
    is_hidden: bool = False
    """Whether names are hidden from the reader, so that nothing of the student is told."""

    @property
    def percent(self) -> Decimal | None:
        """The released grade in percent, where it can be put so."""
        if self.grade is None or not self.grade.possible:
            return None
        return (100 * self.grade.given / self.grade.possible).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class StudentTerm:
    """The discussions of a course as one student has done in them, in the order of the course."""

    person_id: int
    name: str
    is_self: bool
    lines: tuple[TermLine, ...]


def get_term(session: Session, actor: Actor, person_id: int, now: datetime) -> StudentTerm:
    """A student's discussions that have begun, for themselves or for graders (five statements).

    Only released grades are in it. Raises Forbidden for everybody else, NotFound for whoever was never a student here.
    """
    is_self = person_id == actor.person_id
    if not is_self and not may(actor, DiscussionPermission.GRADE):
        raise Forbidden
    name = session.scalar(
        select(member_name())
        .select_from(Enrollment)
        .join(Person, Person.id == Enrollment.person_id)
        .where(Enrollment.course_id == actor.course_id, Enrollment.person_id == person_id)
        .where(Enrollment.role == Role.STUDENT)
    )
    if name is None:
        raise NotFound
    student = replace(actor, person_id=person_id, role=Role.STUDENT, teaches=False)
    views = [view for view in list_views(session, student, now) if view.state in (State.OPEN, State.CLOSED)]
    hidden = {view.id for view in views if not is_self and view.hides_names_from(actor)}
    told = with_readings(session, [view for view in views if view.id not in hidden])
    verdicts = collect_term_verdicts(session, actor, told, person_id, now=now)
    grades = _grades(session, actor, person_id)
    nothing: tuple[ReleasedGrade | None, bool] = (None, False)
    lines = [TermLine(view, verdicts.get(view.id), *grades.get(view.id, nothing)) for view in told]
    lines += [TermLine(view, None, None, is_hidden=True) for view in views if view.id in hidden]
    order = {view.id: nth for nth, view in enumerate(views)}
    return StudentTerm(person_id, name, is_self, tuple(sorted(lines, key=lambda line: order[line.discussion.id])))


def _grades(session: Session, actor: Actor, person_id: int) -> dict[int, tuple[ReleasedGrade | None, bool]]:
    """The grade as last released, and whether the student is excused, by discussion id."""
    rows = session.execute(
        select(Assessment.discussion_id, Assessment.excused_at, Release, Passback)
        .outerjoin(Release, (Release.assessment_id == Assessment.id) & (Release.version == Assessment.released_version))
        .outerjoin(
            Passback,
            (Passback.discussion_id == Assessment.discussion_id) & (Passback.person_id == Assessment.person_id),
        )
        .where(Assessment.course_id == actor.course_id, Assessment.person_id == person_id)
    )
    return {
        discussion_id: (released_grade(release, passback) if release else None, excused_at is not None)
        for discussion_id, excused_at, release, passback in rows
    }


def list_excused(session: Session, actor: Actor, discussion_id: int | None = None) -> frozenset[tuple[int, int]]:
    """The ids of the discussions and of the students who are excused there, of the whole course or of one discussion
    (one statement).

    Nobody is named in it. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    wanted = _EXCUSED if discussion_id is None else _EXCUSED_HERE
    values = {"course_id": actor.course_id, "discussion_id": discussion_id}
    return frozenset((where, whose) for where, whose in fetch_tuples(session, wanted, values))


def list_own_excused(session: Session, actor: Actor) -> frozenset[int]:
    """The ids of the discussions from which the actor is excused (one statement)."""
    return frozenset(
        session.scalars(
            select(Assessment.discussion_id).where(
                Assessment.course_id == actor.course_id,
                Assessment.person_id == actor.person_id,
                Assessment.excused_at.is_not(None),
            )
        )
    )

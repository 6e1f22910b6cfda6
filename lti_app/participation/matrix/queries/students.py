"""The students of the tables."""

from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import MOST_STUDENTS, Member, list_students
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.participation.matrix.rules.matrix import MatrixStudent


def list_matrix_students(session: Session, actor: Actor, discussion: DiscussionView) -> list[MatrixStudent]:
    """The active students as a discussion names them, in the order of class lists (one statement).

    While names are hidden they have pseudonyms and are sorted by them; the name is empty for students without one.
    Raises Forbidden for all but graders.
    """
    if not discussion.hides_names_from(actor):
        return list_named_students(session, actor)
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Person.id, func.coalesce(Pseudonym.name, ""), func.coalesce(Pseudonym.id, 0))
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(Pseudonym, (Pseudonym.person_id == Person.id) & (Pseudonym.discussion_id == discussion.id))
        .where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(Pseudonym.name, Pseudonym.id)
    )
    return [MatrixStudent(person_id, name, f"b{key}") for person_id, name, key in rows]


def list_named_students(session: Session, actor: Actor) -> list[MatrixStudent]:
    """The active students of the course by name, in the order of class lists (one statement).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    return [_student_of(each) for each in list_students(session, actor)]


@lru_cache(maxsize=MOST_STUDENTS)
def _student_of(member: Member) -> MatrixStudent:
    return MatrixStudent(member.person_id, member.name, f"{member.person_id}", member.joined_at)

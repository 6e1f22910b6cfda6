"""The graders of a course, and whom they take."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, Member, list_students, member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.models import GroupMember
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.graders.models import GraderAssignment
from lti_app.grading.graders.rules.assignment import Assigned, GradersOf, graders_of_class

STAFF = (Role.ASSISTANT, Role.INSTRUCTOR)


def list_graders(session: Session, actor: Actor, discussion: DiscussionView) -> list[Member]:
    """The active instructors and assistants of the course, assistants first (one statement).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Person.id, member_name(), Enrollment.role)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .where(Enrollment.course_id == discussion.course_id, Enrollment.role.in_(STAFF), Enrollment.active)
        .order_by(Enrollment.role, *IN_CLASS_ORDER)
    )
    return [Member(*row) for row in rows]


def list_assigned(session: Session, actor: Actor, discussion: DiscussionView) -> list[Assigned]:
    """What is said about graders for a discussion and for its course, oldest first (one statement).

    While names are hidden, only what was said in this discussion about single students: sections, groups and earlier
    assignments would tell who is behind a pseudonym. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    wanted = select(GraderAssignment).where(
        GraderAssignment.course_id == discussion.course_id,
        or_(GraderAssignment.discussion_id.is_(None), GraderAssignment.discussion_id == discussion.id),
    )
    if discussion.hides_names_from(actor):
        wanted = wanted.where(GraderAssignment.discussion_id == discussion.id, GraderAssignment.person_id.is_not(None))
    return [
        Assigned(row.id, row.grader_id, row.is_second, row.discussion_id is not None, row.group_id, row.person_id)
        for row in session.scalars(wanted.order_by(GraderAssignment.id))
    ]


def is_divided() -> ColumnElement[bool]:
    """Whether anybody takes students here, as a column of statements that are run with `course_id` and
    `discussion_id`.
    """
    here = GraderAssignment.discussion_id
    return exists().where(
        GraderAssignment.course_id == bindparam("course_id"),
        or_(here.is_(None), here == bindparam("discussion_id")),
    )


@dataclass(frozen=True)
class ClassGraders:
    """Whom the graders of a discussion take."""

    assigned: list[Assigned]
    of: dict[int, GradersOf]
    """By person id."""


def collect_graders(
    session: Session, actor: Actor, discussion: DiscussionView, person_ids: Collection[int]
) -> ClassGraders:
    """The graders of these students (two statements at most). Raises Forbidden for all but graders."""
    assigned = list_assigned(session, actor, discussion)
    groups = {each.group for each in assigned if each.group is not None}
    members: dict[int, set[int]] = {}
    if groups:
        rows = session.execute(
            select(GroupMember.group_id, GroupMember.person_id).where(GroupMember.group_id.in_(groups))
        )
        for group_id, person_id in rows:
            members.setdefault(group_id, set()).add(person_id)
    return ClassGraders(assigned, graders_of_class(person_ids, assigned, members) if assigned else {})


def collect_own_students(session: Session, actor: Actor, discussion: DiscussionView) -> frozenset[int]:
    """The ids of the active students whom the actor grades in a discussion (three statements at most).

    Raises Forbidden for all but graders.
    """
    people = [student.person_id for student in list_students(session, actor)]
    graders = collect_graders(session, actor, discussion, people)
    return frozenset(person_id for person_id, of in graders.of.items() if actor.person_id in of.everybody)

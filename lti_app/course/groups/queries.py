"""The groups of a course and their members."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id
from lti_app.core.errors import Forbidden
from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.access import require_manage
from lti_app.course.groups.models import Group, GroupMember
from lti_app.course.groups.rules import GroupKind, given_name, name_order, short_number
from lti_app.course.people.models import Person


@dataclass(frozen=True)
class GroupLine:
    """A group in a list."""

    id: int
    kind: GroupKind
    name: str
    """Empty where the LMS has sent only an id, and no instructor has entered a name yet."""
    number: str
    """What the LMS knows it by, for groups without a name."""
    size: int
    """How many active students are in it."""
    has_actor: bool
    """Whether the actor is in it."""


@dataclass(frozen=True)
class StudentPlace:
    """A student with the group made here that they are in."""

    person_id: int
    name: str
    group_id: int | None


def list_groups(session: Session, actor: Actor, kind: GroupKind | None = None) -> list[GroupLine]:
    """The groups of the actor's course, or those of one kind; students get only their own. One statement.

    Groups from the LMS that have no members any more are left out.
    """
    values = {"course_id": actor.course_id, "person_id": actor.person_id, "kind": kind}
    rows = fetch_tuples(session, _groups(of_kind=kind is not None, own=not actor.is_staff), values)
    lines = [
        GroupLine(group_id, of, given_name(of, name, told), short_number(told), size, bool(own))
        for group_id, of, name, told, size, own in rows
    ]
    shown = [line for line in lines if line.size or line.has_actor or line.kind is GroupKind.OWN]
    return sorted(shown, key=lambda line: (line.kind.value, name_order(line.name or line.number), line.id))


@cache
def _groups(*, of_kind: bool, own: bool) -> Select[int, GroupKind, str, str, int, int]:
    """The statement of `list_groups`: all groups of a course, those of one kind, those of one person."""
    course_id, person_id = bindparam("course_id", type_=Id), bindparam("person_id", type_=Id)
    students = and_(
        Enrollment.course_id == Group.course_id,
        Enrollment.person_id == GroupMember.person_id,
        Enrollment.role == Role.STUDENT,
        Enrollment.active,
    )
    wanted: list[ColumnElement[bool]] = [Group.course_id == course_id]
    if of_kind:
        wanted.append(Group.kind == bindparam("kind", type_=Group.kind.type))
    if own:
        wanted.append(Group.id.in_(select(GroupMember.group_id).where(GroupMember.person_id == person_id)))
    return (
        select(
            Group.id,
            Group.kind,
            Group.name,
            Group.external_id,
            func.count(Enrollment.id),
            func.count().filter(GroupMember.person_id == person_id),
        )
        .outerjoin(GroupMember, GroupMember.group_id == Group.id)
        .outerjoin(Enrollment, students)
        .where(*wanted)
        .group_by(Group.id, Group.kind, Group.name, Group.external_id)
    )


def list_members(session: Session, actor: Actor) -> dict[int, list[str]]:
    """The names of the active students of each group, in the order of class lists (one statement).

    Raises Forbidden for those who may not place them.
    """
    require_manage(actor)
    rows = session.execute(
        select(GroupMember.group_id, member_name())
        .join(Group, Group.id == GroupMember.group_id)
        .join(Person, Person.id == GroupMember.person_id)
        .join(Enrollment, and_(Enrollment.person_id == Person.id, Enrollment.course_id == Group.course_id))
        .where(Group.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(*IN_CLASS_ORDER)
    )
    members: dict[int, list[str]] = {}
    for group_id, name in rows:
        members.setdefault(group_id, []).append(name)
    return members


def collect_members(session: Session, actor: Actor, group_id: int) -> frozenset[int]:
    """The ids of the people in a group of the actor's course (one statement); none for a group that is not there.

    Raises Forbidden for all but staff.
    """
    if not actor.is_staff:
        raise Forbidden
    rows = session.scalars(
        select(GroupMember.person_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.id == group_id, Group.course_id == actor.course_id)
    )
    return frozenset(rows)


def collect_groups_of(session: Session, actor: Actor, person_id: int) -> frozenset[int]:
    """The ids of the groups of the actor's course that a person is in (one statement). Raises Forbidden for all but
    staff.
    """
    if not actor.is_staff:
        raise Forbidden
    rows = session.scalars(
        select(Group.id)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.person_id == person_id, Group.course_id == actor.course_id)
    )
    return frozenset(rows)


def list_places(session: Session, actor: Actor) -> list[StudentPlace]:
    """Every active student with the group made here that they are in, in the order of class lists (one statement).

    Raises Forbidden for those who may not place them.
    """
    require_manage(actor)
    own = (
        select(GroupMember.person_id, func.min(Group.id).label("group_id"))
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == actor.course_id, Group.kind == GroupKind.OWN)
        .group_by(GroupMember.person_id)
        .subquery()
    )
    rows = session.execute(
        select(Person.id, member_name(), own.c.group_id)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(own, own.c.person_id == Person.id)
        .where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(*IN_CLASS_ORDER)
    )
    return [StudentPlace(*row) for row in rows]

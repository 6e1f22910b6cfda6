"""Deciding who grades whom."""

from collections.abc import Callable, Collection
from random import SystemRandom

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Course
from lti_app.course.courses.queries import list_students
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import Group
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.graders.models import GraderAssignment
from lti_app.grading.graders.queries.assignments import collect_graders, list_graders
from lti_app.grading.graders.rules.assignment import NO_GRADERS, distributed

_SHUFFLE = SystemRandom().shuffle


def assign_grader(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    grader_id: int,
    group_id: int | None = None,
    person_id: int | None = None,
    is_second: bool = False,
    for_course: bool = False,
) -> None:
    """Have a grader take a section, a group or one student, in this discussion or in every one of the course.

    The same assignment again changes nothing. While names are hidden, only students of this discussion are assigned.
    Raises NotFound for a grader, a group or a student that is not of the course, Forbidden for all but instructors.
    """
    _lock(session, actor)
    if grader_id not in {each.person_id for each in list_graders(session, actor, discussion)}:
        raise NotFound
    if group_id is not None:
        is_known = session.scalar(select(Group.id).where(Group.id == group_id, Group.course_id == actor.course_id))
    else:
        is_known = next((each.person_id for each in list_students(session, actor) if each.person_id == person_id), None)
    hides_names = discussion.hides_names_from(actor)
    if not is_known or (hides_names and (for_course or group_id is not None)):
        raise NotFound
    row = {
        "course_id": discussion.course_id,
        "discussion_id": None if for_course else discussion.id,
        "grader_id": grader_id,
        "group_id": group_id,
        "person_id": None if group_id is not None else person_id,
        "is_second": is_second,
    }
    if session.scalar(select(GraderAssignment.id).filter_by(**row).limit(1)) is None:
        session.add(GraderAssignment(**row))
        session.flush()


def remove_assignment(session: Session, actor: Actor, discussion: DiscussionView, assignment_id: int) -> None:
    """Take back an assignment of this discussion or of its course.

    Raises NotFound for one of elsewhere, Forbidden for all but instructors.
    """
    _lock(session, actor)
    row = session.scalar(
        select(GraderAssignment).where(
            GraderAssignment.id == assignment_id, GraderAssignment.course_id == discussion.course_id
        )
    )
    if row is None or row.discussion_id not in (None, discussion.id):
        raise NotFound
    session.execute(delete(GraderAssignment).where(GraderAssignment.id == row.id))


def distribute_students(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    grader_ids: Collection[int],
    is_second: bool = False,
    person_ids: Collection[int] | None = None,
    shuffle: Callable[[list[int]], None] = _SHUFFLE,
) -> int:
    """Give every student without a grader, or without a second marker, one of these graders, so that all of them have
    as equally many as can be; returns how many students got one. `person_ids` narrows it to some of them.

    People who are not on the staff or not students here are passed over. Raises Forbidden for all but instructors.
    """
    _lock(session, actor)
    graders = [each.person_id for each in list_graders(session, actor, discussion) if each.person_id in grader_ids]
    students = [each.person_id for each in list_students(session, actor)]
    of = collect_graders(session, actor, discussion, students).of
    known = [of.get(each, NO_GRADERS) for each in students]
    having = [each.second if is_second else each.first for each in known]
    load = {grader: sum(grader in each for each in having) for grader in graders}
    left = [each for each, has in zip(students, having, strict=True) if not has]
    if person_ids is not None:
        left = [each for each in left if each in person_ids]
    shuffle(left)
    taken = {each: of.get(each, NO_GRADERS).everybody for each in left}
    chosen = distributed(left, graders, load=load, taken=taken)
    session.add_all(
        GraderAssignment(
            course_id=discussion.course_id,
            discussion_id=discussion.id,
            grader_id=grader_id,
            person_id=person_id,
            is_second=is_second,
        )
        for person_id, grader_id in chosen.items()
    )
    session.flush()
    return len(chosen)


def _lock(session: Session, actor: Actor) -> None:
    """Make assignments wait for one another: two distributions at once would give students two graders."""
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    session.execute(select(Course.id).where(Course.id == actor.course_id).with_for_update())

"""Changing groups and their members."""

from collections.abc import Callable, Collection, Mapping
from random import SystemRandom

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.errors import NotFound
from lti_app.core.prose import clean_line
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.access import require_manage
from lti_app.course.groups.errors import GroupInUse, GroupNameless, GroupNameTaken, NobodyToSplit
from lti_app.course.groups.models import Group, GroupMember
from lti_app.course.groups.queries import list_places
from lti_app.course.groups.rules import MAX_NAME, MAX_SPLIT, GroupKind, given_name, spread

_SHUFFLE = SystemRandom().shuffle


def make_group(session: Session, actor: Actor, name: str) -> int:
    """Create an empty group; returns its id. Raises GroupNameless, GroupNameTaken, Forbidden."""
    require_manage(actor)
    name = _name(name)
    try:
        with session.begin_nested():
            group = Group(course_id=actor.course_id, kind=GroupKind.OWN, external_id=name, name=name)
            session.add(group)
    except IntegrityError:
        raise GroupNameTaken from None
    return group.id


def rename_group(session: Session, actor: Actor, group_id: int, name: str) -> None:
    """Rename a group. Groups from the LMS too, which often come without a name.

    Raises GroupNameless, GroupNameTaken, NotFound, Forbidden.
    """
    group, name = _get_group(session, actor, group_id), _name(name)
    try:
        with session.begin_nested():
            group.name = name
            if group.kind is GroupKind.OWN:
                group.external_id = name
    except IntegrityError:
        raise GroupNameTaken from None


def name_groups(session: Session, actor: Actor, names: Mapping[int, str]) -> int:
    """Name groups from the LMS (by id) that came without a name; returns how many. Blank names and other groups are
    passed over. Raises Forbidden.
    """
    require_manage(actor)
    told = {group_id: clean_line(name, MAX_NAME) for group_id, name in names.items()}
    wanted = [group_id for group_id, name in told.items() if name]
    groups = session.scalars(select(Group).where(Group.course_id == actor.course_id, Group.id.in_(wanted))).all()
    nameless = [group for group in groups if not given_name(group.kind, group.name, group.external_id)]
    for group in nameless:
        group.name = told[group.id]
    session.flush()
    return len(nameless)


def remove_group(session: Session, actor: Actor, group_id: int) -> None:
    """Delete a group made here. Raises GroupInUse if posts or extensions belong to it, NotFound, Forbidden."""
    group = _get_group(session, actor, group_id)
    if group.kind is not GroupKind.OWN:
        raise NotFound
    try:
        with session.begin_nested():
            session.execute(delete(GroupMember).where(GroupMember.group_id == group.id))
            session.execute(delete(Group).where(Group.id == group.id))
    except IntegrityError:
        raise GroupInUse from None


def place_students(session: Session, actor: Actor, moved: Mapping[int, int | None]) -> None:
    """Move students (by id) to a group made here, and out of any other such group; None: into no group.

    People who are not students of the course and groups that were not made here are ignored. Raises Forbidden.
    """
    _lock(session, actor)
    students = {place.person_id for place in list_places(session, actor)}
    own = _own_groups(session, actor)
    known = {person: group for person, group in moved.items() if person in students and (group is None or group in own)}
    _move(session, own, known)


def split_students(
    session: Session,
    actor: Actor,
    count: int,
    *,
    name_of: Callable[[int], str],
    everybody: bool,
    shuffle: Callable[[list[int]], None] = _SHUFFLE,
) -> int:
    """Spread students evenly over `count` groups named by `name_of` their number; returns how many were placed.

    Groups that already have these names are used again. Unless `everybody`, only students without a group are placed,
    so that latecomers fill the smallest groups. Raises NobodyToSplit, Forbidden.
    """
    _lock(session, actor)
    places = list_places(session, actor)
    people = [place.person_id for place in places if everybody or place.group_id is None]
    if not people:
        raise NobodyToSplit
    groups = [_find_or_make(session, actor, _name(name_of(n))) for n in range(1, min(count, MAX_SPLIT) + 1)]
    taken = [place.group_id for place in places if not everybody]
    shuffle(people)
    _move(session, _own_groups(session, actor), spread(people, {group: taken.count(group) for group in groups}))
    return len(people)


def record_lms_groups(
    session: Session, course_id: int, person_id: int, kind: GroupKind, groups: Mapping[str, str]
) -> None:
    """Take over from the LMS which groups of this kind one person is in; `groups` maps the LMS's ids to names.

    The name is empty if the LMS sends none: a known group then keeps its name, and a new one is named after its id.
    """
    ids = {told: _find_or_record(session, course_id, kind, told, name) for told, name in groups.items()}
    of_kind = select(Group.id).where(Group.course_id == course_id, Group.kind == kind)
    mine = (GroupMember.person_id == person_id, GroupMember.group_id.in_(of_kind))
    now_in = set(session.scalars(select(GroupMember.group_id).where(*mine)))
    if left := now_in - set(ids.values()):
        session.execute(delete(GroupMember).where(GroupMember.person_id == person_id, GroupMember.group_id.in_(left)))
    _join(session, dict.fromkeys(set(ids.values()) - now_in, person_id).items())


def _lock(session: Session, actor: Actor) -> None:
    """Make placements wait for each other: two at the same time would leave a student in two groups."""
    require_manage(actor)
    session.execute(select(Course.id).where(Course.id == actor.course_id).with_for_update())


def _name(text: str) -> str:
    name = clean_line(text, MAX_NAME)
    if not name:
        raise GroupNameless
    return name


def _get_group(session: Session, actor: Actor, group_id: int) -> Group:
    require_manage(actor)
    group = session.scalar(select(Group).where(Group.id == group_id, Group.course_id == actor.course_id))
    if group is None:
        raise NotFound
    return group


def _own_groups(session: Session, actor: Actor) -> set[int]:
    own = select(Group.id).where(Group.course_id == actor.course_id, Group.kind == GroupKind.OWN)
    return set(session.scalars(own))


def _find_or_make(session: Session, actor: Actor, name: str) -> int:
    return _find_or_record(session, actor.course_id, GroupKind.OWN, name, name)


def _find_or_record(session: Session, course_id: int, kind: GroupKind, external_id: str, name: str) -> int:
    """Find or create a group; returns its id. Two launches of new people may do this at the same time."""
    named = (Group.course_id == course_id, Group.kind == kind, Group.external_id == external_id)
    group = session.scalar(select(Group).where(*named))
    if group is None:
        values = {"course_id": course_id, "kind": kind, "external_id": external_id, "name": name or external_id}
        session.execute(insert_into(session, Group).values(values).on_conflict_do_nothing())
        group = session.scalars(select(Group).where(*named)).one()
    if name and group.name != name and kind is not GroupKind.OWN:
        group.name = name
        session.flush()
    return group.id


def _move(session: Session, own: Collection[int], moved: Mapping[int, int | None]) -> None:
    if not moved:
        return
    session.execute(delete(GroupMember).where(GroupMember.group_id.in_(own), GroupMember.person_id.in_(list(moved))))
    _join(session, [(group, person) for person, group in moved.items() if group is not None])
    session.flush()


def _join(session: Session, pairs: Collection[tuple[int, int]]) -> None:
    rows = [{"group_id": group_id, "person_id": person_id} for group_id, person_id in pairs]
    if rows:
        session.execute(insert_into(session, GroupMember).on_conflict_do_nothing(), rows)

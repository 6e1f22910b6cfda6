"""Extensions: the later dates of some people and groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import Group, GroupMember
from lti_app.course.groups.rules import GroupKind, given_name, short_number
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Extension
from lti_app.discussion.discussions.queries.discussion import DiscussionView, latest_dates
from lti_app.discussion.discussions.rules import Calendar

_GRANTER = alias_of(Person)


@dataclass(frozen=True)
class ExtensionLine:
    """Later dates for one person or one group."""

    id: int
    person_id: int | None
    group_id: int | None
    name: str
    """The name of the person or the group; empty for a group of which only the kind and number are known."""
    kind: GroupKind | None
    number: str
    dates: Calendar
    """The later dates; None where the class date applies."""
    note: str
    granted_by: str
    granted_at: datetime


def collect_calendars(session: Session, discussion: DiscussionView) -> dict[int, Calendar]:
    """The calendars of people with an extension, by person id (one statement; none if there are no extensions). The
    class calendar applies to everybody else.

    Only views for staff know of extensions, so this is empty for a student's view of the discussion.
    """
    later = collect_later_dates(session, discussion)
    return {whose: discussion.class_calendar.extended(dates) for whose, dates in later.items()}


def collect_later_dates(session: Session, discussion: DiscussionView) -> dict[int, Calendar]:
    """The dates that extensions give to people, by person id, None where the class date applies (one statement; none
    if there are no extensions). Empty for a student's view of the discussion.
    """
    return collect_later_dates_in(session, [discussion]).get(discussion.id, {})


def collect_later_dates_in(session: Session, views: Sequence[DiscussionView]) -> dict[int, dict[int, Calendar]]:
    """The same for several discussions, by discussion id (one statement; none if nobody has an extension)."""
    extended = {view.id for view in views if view.has_extensions}
    if not extended:
        return {}
    person_id = func.coalesce(Extension.person_id, GroupMember.person_id)
    rows = session.execute(
        select(Extension.discussion_id, person_id, *latest_dates())
        .outerjoin(GroupMember, GroupMember.group_id == Extension.group_id)
        .where(Extension.discussion_id.in_(extended), person_id.is_not(None))
        .group_by(Extension.discussion_id, person_id)
    )
    later: dict[int, dict[int, Calendar]] = {}
    for discussion_id, whose, *dates in rows:
        later.setdefault(discussion_id, {})[whose] = Calendar(None, *dates)
    return later


def list_extensions(session: Session, actor: Actor, discussion: DiscussionView) -> list[ExtensionLine]:
    """All extensions of a discussion, groups first (one statement); raises Forbidden."""
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    rows = session.execute(
        select(
            Extension,
            Group,
            name_in_course(Person, actor.course_id),
            name_in_course(_GRANTER, actor.course_id),
        )
        .outerjoin(Group, Group.id == Extension.group_id)
        .outerjoin(Person, Person.id == Extension.person_id)
        .join(_GRANTER, _GRANTER.id == Extension.granted_by_id)
        .where(Extension.discussion_id == discussion.id)
        .order_by(Extension.group_id.is_(None), Group.name, Person.sort_name, Extension.id)
    )
    return [
        ExtensionLine(
            id=row.id,
            person_id=row.person_id,
            group_id=row.group_id,
            name=given_name(group.kind, group.name, group.external_id) if group else person or "",
            kind=group.kind if group else None,
            number=short_number(group.external_id) if group else "",
            dates=Calendar(None, row.first_post_due, row.replies_due, row.closes_at),
            note=row.note,
            granted_by=granter,
            granted_at=row.granted_at,
        )
        for row, group, person, granter in rows
    ]

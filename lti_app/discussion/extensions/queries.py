"""Who has dates of their own in a discussion."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import Group
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import Permission, require
from lti_app.discussion.discussions.models import Extension
from lti_app.discussion.discussions.queries import DiscussionView
from lti_app.discussion.discussions.rules import Calendar

_GRANTER = alias_of(Person)


@dataclass(frozen=True)
class ExtensionLine:
    """Later dates for one person or one group."""

    id: int
    person_id: int | None
    group_id: int | None
    name: str
    """The person's or the group's."""
    dates: Calendar
    """Those that were given; None where the class's holds."""
    note: str
    granted_by: str
    granted_at: datetime


def list_extensions(session: Session, actor: Actor, discussion: DiscussionView) -> list[ExtensionLine]:
    """All extensions of a discussion, groups first (one statement); raises Forbidden."""
    require(actor, Permission.SET_UP)
    rows = session.execute(
        select(Extension, Group.name, Person.name, _GRANTER.name)
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
            name=group or person or "",
            dates=Calendar(None, row.first_post_due, row.replies_due, row.closes_at),
            note=row.note,
            granted_by=granter,
            granted_at=row.granted_at,
        )
        for row, group, person, granter in rows
    ]

"""Extensions: later dates for a student or a group."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.errors import NotFound
from lti_app.core.prose import clean_text
from lti_app.course.courses.queries import get_student
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import Group
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.errors import NothingExtended, NotLater
from lti_app.discussion.discussions.models import Extension
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import EXTENDABLE, MAX_NOTE, Calendar


def extend(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    person_id: int | None = None,
    group_id: int | None = None,
    dates: Calendar,
    note: str,
    now: datetime,
) -> None:
    """Give a student or a group later dates, replacing an earlier extension.

    Raises NothingExtended, NotLater (`name`), NotFound for a person or group of another course, and Forbidden.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    _check_dates(discussion.class_calendar, dates)
    if group_id is None:
        get_student(session, actor, person_id or 0)
    elif session.scalar(select(Group.id).where(Group.id == group_id, Group.course_id == actor.course_id)) is None:
        raise NotFound
    given = {
        **{name: getattr(dates, name) for name in EXTENDABLE},
        "note": clean_text(note)[:MAX_NOTE],
        "granted_by_id": actor.person_id,
        "granted_at": now,
    }
    whose = "person_id" if group_id is None else "group_id"
    row = {"discussion_id": discussion.id, "person_id": None if group_id else person_id, "group_id": group_id}
    session.execute(
        insert_into(session, Extension)
        .values(**row, **given)
        .on_conflict_do_update(index_elements=["discussion_id", whose], set_=given)
    )


def extend_all(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    *,
    dates: Calendar,
    note: str,
    now: datetime,
) -> int:
    """The same later dates for several students, always in the same order; returns for how many. Raises what `extend`
    raises.
    """
    for person_id in sorted(person_ids):
        extend(session, actor, discussion, person_id=person_id, dates=dates, note=note, now=now)
    return len(person_ids)


def remove_extension(session: Session, actor: Actor, discussion: DiscussionView, extension_id: int) -> None:
    """Remove an extension of this discussion, so that the class's dates apply again; raises Forbidden.

    Removing one that is gone, or is of another discussion, changes nothing.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    session.execute(delete(Extension).where(Extension.id == extension_id, Extension.discussion_id == discussion.id))


def _check_dates(of_class: Calendar, given: Calendar) -> None:
    dated = {name: moment for name in EXTENDABLE if (moment := getattr(given, name)) is not None}
    if not dated:
        raise NothingExtended
    for name, moment in dated.items():
        usual = getattr(of_class, name)
        if usual is None or moment <= usual:
            raise NotLater(name=name)

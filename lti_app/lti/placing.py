"""Which discussion a resource link opens.

A link names the discussion that was chosen for it in deep linking, by a custom parameter. That parameter is copied
with the link: a second link of the course that names a discussion which another link opens is a duplicate. It gets a
discussion of its own with the settings, readings and rubric of the first, and without its posts. This is what Canvas
and Moodle do when an instructor duplicates one of their own activities: the copy has a column of its own in the
gradebook, and the same posts graded into both columns would count twice. An instructor who has deleted the first
activity, or restored it under another id, can let the copy continue the original discussion instead.

When the content of a known link is chosen again, the link opens what it names now. What it opened before stays in the
course with its posts and grades.

Anyone who may edit a link can write anything into it, so only discussions of the link's own course count.
"""

import re
import secrets
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.linking import follow_title, replace_discussion, restore_discussion
from lti_app.discussion.discussions.actions.remove import remove_discussion
from lti_app.discussion.discussions.actions.reserve import DEFAULT_POINTS, MAX_POINTS, reserve_discussion
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.grading.assessments.actions.duplicating import copy_graded_discussion
from lti_app.grading.passbacks.actions.queueing import send_column_again
from lti_app.lti.claims import DISCUSSION, Message, ResourceLink
from lti_app.lti.models import CourseLink, Deployment, PartColumn, Placement

NUMBER = re.compile(r"[0-9]{1,18}")
"""The id of a discussion: what links carry that an earlier release has made."""
SELECTION = re.compile(r"[A-Za-z0-9_-]{22}\.(?P<cents>[0-9]{1,6})")
"""The key of a choice in deep linking, with the points that were chosen, in hundredths. The discussion is created when
its link is first opened, so that a choice that the LMS rejects, or that the instructor abandons, leaves nothing behind.
"""
KEY_BYTES = 16


def new_selection(points: Decimal) -> str:
    """The key of a new choice."""
    return f"{secrets.token_urlsafe(KEY_BYTES)}.{int(points * 100)}"


class OpenedBefore(NamedTuple):
    """What earlier launches have made of a link and a context. While it is in use, the session need not ask for its
    course and its discussion again.
    """

    placement: Placement | None
    context: CourseLink | None
    course: Course | None
    """The context's."""
    discussion: Discussion | None
    """The placement's."""


_IS_PLACEMENT = and_(Placement.deployment_id == Deployment.id, Placement.resource_link_id == bindparam("link_id"))
_IS_CONTEXT = and_(CourseLink.deployment_id == Deployment.id, CourseLink.context_id == bindparam("context_id"))
_KNOWN = (
    select(Placement, CourseLink, Course, Discussion)
    .select_from(Deployment)
    .outerjoin(Placement, _IS_PLACEMENT)
    .outerjoin(Discussion, Discussion.id == Placement.discussion_id)
    .outerjoin(CourseLink, _IS_CONTEXT)
    .outerjoin(Course, Course.id == CourseLink.course_id)
    .where(Deployment.id == bindparam("deployment"))
)


def find_known(session: Session, deployment: int, *, link_id: str | None, context_id: str | None) -> OpenedBefore:
    """What a deployment has opened by this link and this context, in one statement."""
    named = {"deployment": deployment, "link_id": link_id, "context_id": context_id}
    found = session.execute(_KNOWN, named).one_or_none()
    return OpenedBefore(*found) if found else OpenedBefore(None, None, None, None)


def find_named(session: Session, message: Message, course_id: int, *, locked: bool = False) -> int | None:
    """The discussion of this course that the link names; `locked` until the link is placed, so that of two links that
    are first opened at the same time only one finds that no other opens it.
    """
    named = message.custom.get(DISCUSSION, "")
    if NUMBER.fullmatch(named):
        wanted = Discussion.id == int(named)
    elif SELECTION.fullmatch(named):
        wanted = Discussion.selection == named
    else:
        return None
    found = select(Discussion.id).where(wanted, Discussion.course_id == course_id, Discussion.removed_at.is_(None))
    return session.scalar(found.with_for_update() if locked else found)


def make_placement(
    session: Session, message: Message, link: ResourceLink, *, deployment: int, course_id: int, now: datetime
) -> Placement:
    """Create a placement at its first launch, with the discussion that it opens."""
    placement = Placement(
        deployment_id=deployment,
        resource_link_id=link.id,
        course_id=course_id,
        discussion_id=_first_discussion(session, message, link, course_id, now),
        named=message.custom.get(DISCUSSION, ""),
        title=link.title,
    )
    session.add(placement)
    return placement


def follow_link(session: Session, message: Message, link: ResourceLink, placement: Placement, now: datetime) -> None:
    """Let a known placement open what its link names now, and its discussion take over the link's new title."""
    named = message.custom.get(DISCUSSION, "")
    opened = session.get_one(Discussion, placement.discussion_id)
    if opened.removed_at is not None:
        placement.discussion_id = _first_discussion(session, message, link, placement.course_id, now)
        placement.named, placement.title = named, link.title
        _forget_part_columns(session, placement)
    elif named and named != placement.named:
        _choose_again(session, message, link, placement, now)
    if link.title and placement.title and link.title != placement.title:
        follow_title(session, placement.discussion_id, before=placement.title, title=link.title)
    placement.title = link.title or placement.title


def continue_original(session: Session, actor: Actor, discussion_id: int, *, now: datetime) -> int:
    """Let the links of a copy open the original discussion; returns its id. The copy is removed.

    The scores of the original are sent again, so that the column of the copy's activity has them too. Raises
    NotRemovable for a copy that is set up or has posts, NotFound where there is no original, and Forbidden.
    """
    copy = get_discussion(session, actor, discussion_id, need=DiscussionPermission.EDIT_SETTINGS, now=now, bare=True)
    original = get_discussion(session, actor, copy.copied_from_id or 0, now=now, bare=True)
    remove_discussion(session, actor, copy.id, now=now)
    # The column of an activity that was deleted is gone; if the activity exists, its next launch names the column.
    earlier = update(Placement).where(Placement.discussion_id == original.id, Placement.course_id == actor.course_id)
    session.execute(earlier.values(lineitem_url=None, lineitems_url=None))
    links = update(Placement).where(Placement.discussion_id == copy.id, Placement.course_id == actor.course_id)
    session.execute(links.values(discussion_id=original.id))
    restore_discussion(session, original.id)
    send_column_again(session, original.id, now=now)
    return original.id


_OPENING = select(func.count()).where(
    Placement.discussion_id == bindparam("discussion_id"),
    Placement.course_id == bindparam("course_id"),
)


def count_activities(session: Session, discussion_id: int, *, course_id: int) -> int:
    """How many links open a discussion of this course."""
    found: int = fetch_tuples(session, _OPENING, {"discussion_id": discussion_id, "course_id": course_id})[0][0]
    return found


def _first_discussion(session: Session, message: Message, link: ResourceLink, course_id: int, now: datetime) -> int:
    chosen = find_named(session, message, course_id, locked=True)
    if chosen is None:
        return _reserve(session, message, link, course_id, now)
    if _is_open_elsewhere(session, chosen):
        return copy_graded_discussion(session, chosen, course_id=course_id, title=link.title, now=now)
    restore_discussion(session, chosen)
    return chosen


def _choose_again(session: Session, message: Message, link: ResourceLink, placement: Placement, now: datetime) -> None:
    """Open what the link names now, if that is a discussion of this course or can become one.

    A link that an earlier release has opened keeps a discussion in which people have posted: that release did not
    follow choices, so the class has gone on there.
    """
    named, before = message.custom[DISCUSSION], placement.discussion_id
    chosen = find_named(session, message, placement.course_id, locked=True)
    if placement.named is None and session.get_one(Discussion, before).post_count:
        placement.named = named
        return
    if chosen is None and SELECTION.fullmatch(named):
        chosen = _reserve(session, message, link, placement.course_id, now)
    if chosen is None:
        return
    placement.named = named
    if chosen != before:
        placement.discussion_id, placement.lineitem_url = chosen, None
        _forget_part_columns(session, placement)
        session.flush()
        restore_discussion(session, chosen)
        send_column_again(session, chosen, now=now)
        if not _is_open_elsewhere(session, before):
            replace_discussion(session, before, new_id=chosen)


def _forget_part_columns(session: Session, placement: Placement) -> None:
    """The columns of parts and of points that were made through a link are those of the discussion that it opened."""
    session.execute(delete(PartColumn).where(PartColumn.placement_id == placement.id))


def _reserve(session: Session, message: Message, link: ResourceLink, course_id: int, now: datetime) -> int:
    """A new discussion, with the points that were chosen if the link names a choice."""
    choice = SELECTION.fullmatch(message.custom.get(DISCUSSION, ""))
    points = Decimal(choice["cents"]) / 100 if choice else DEFAULT_POINTS
    return reserve_discussion(
        session,
        course_id=course_id,
        title=link.title,
        points=points if 0 < points <= MAX_POINTS else DEFAULT_POINTS,
        selection=choice[0] if choice else None,
        now=now,
    )


def _is_open_elsewhere(session: Session, discussion_id: int) -> bool:
    return session.scalar(select(Placement.id).where(Placement.discussion_id == discussion_id).limit(1)) is not None

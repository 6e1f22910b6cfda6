"""Reading what happened in discussions: each a fixed number of statements, whatever the number of discussions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.statements import fetch_rows
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.models import GroupMember
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import DiscussionReading, Extension, Pseudonym
from lti_app.discussion.discussions.queries.course import list_views
from lti_app.discussion.discussions.queries.discussion import DiscussionView, latest_dates
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.posts.models import Citation, Post
from lti_app.discussion.read_state.models import ReadState
from lti_app.discussion.visibility.queries import aside, is_held, says_something, visible_in
from lti_app.discussion.visibility.rules import Aside
from lti_app.library.readings.models import Passage, Reading
from lti_app.library.readings.queries import place_of
from lti_app.participation.activity.rules.facts import ActivityPost, Participant, PassageUse, ReadingPages

_ANSWERED = alias_of(Post)
_PRIVATE = Aside.PRIVATE.value


def list_begun(session: Session, actor: Actor, now: datetime) -> list[DiscussionView]:
    """The discussions of the course that have begun, by first date (one statement). Raises Forbidden for all but
    staff.
    """
    require(actor, DiscussionPermission.GRADE)
    return [view for view in list_views(session, actor, now) if view.state.has_begun]


def list_participants(
    session: Session, actor: Actor, discussion: DiscussionView | None = None
) -> tuple[Participant, ...]:
    """The active students of the course in the order of class lists (one statement). Raises Forbidden for
    all but staff.

    In a discussion whose names are hidden from the actor they have pseudonyms, and are sorted by them; the name is
    empty for a student without one.
    """
    require(actor, DiscussionPermission.GRADE)
    blind = discussion is not None and discussion.hides_names_from(actor)
    columns = (Person.id, Enrollment.first_seen_at, *((Pseudonym.name, Pseudonym.id) if blind else (member_name(),)))
    chosen = select(*columns).join(Enrollment, Enrollment.person_id == Person.id)
    if discussion is not None and blind:
        of_person = (Pseudonym.person_id == Person.id) & (Pseudonym.discussion_id == discussion.id)
        chosen = chosen.outerjoin(Pseudonym, of_person).order_by(Pseudonym.name, Pseudonym.id)
    else:
        chosen = chosen.order_by(*IN_CLASS_ORDER)
    rows = session.execute(
        chosen.where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
    )
    return tuple(
        Participant(person_id, name or "", f"p{named[0] or 0}" if named else str(person_id), since)
        for person_id, since, name, *named in rows
    )


def collect_pseudonyms(session: Session, views: Collection[DiscussionView]) -> dict[tuple[int, int], tuple[str, str]]:
    """Names and keys in discussions with pseudonyms, by the ids of discussion and person (one statement)."""
    rows = session.execute(
        select(Pseudonym.discussion_id, Pseudonym.person_id, Pseudonym.name, Pseudonym.id).where(
            Pseudonym.discussion_id.in_([view.id for view in views])
        )
    )
    return {(discussion_id, person_id): (name, f"p{number}") for discussion_id, person_id, name, number in rows}


def list_activity(session: Session, actor: Actor, views: Collection[DiscussionView]) -> tuple[ActivityPost, ...]:
    """The posts of these discussions that say something and have a date, the oldest first (one statement).

    Not those that are deleted, hidden, held for review or imported. Nobody is named. Raises Forbidden for all but
    staff.
    """
    require(actor, DiscussionPermission.GRADE)
    posts = (
        select(
            Post.id,
            Post.discussion_id,
            Post.address,
            Post.author_id,
            Post.by_staff,
            Post.answered_id.is_not(None).label("is_reply"),
            _ANSWERED.author_id.label("answered"),
            _ANSWERED.by_staff.label("answers_staff"),
            _ANSWERED.byline,
            Post.placed_at.label("at"),
            aside(Post).label("aside"),
        )
        .outerjoin(_ANSWERED, _ANSWERED.id == Post.answered_id)
        .where(visible_in(Post, actor, views), says_something(Post), ~is_held(Post))
        .where(Post.byline.is_(None), Post.undated.is_(False))
        .order_by(Post.placed_at, Post.id)
    )
    return tuple(
        ActivityPost(
            id=post_id,
            discussion_id=discussion_id,
            address=address,
            author_id=author_id,
            by_staff=by_staff,
            is_reply=bool(is_reply),
            answered_id=answered if byline is None else None,
            answers_staff=bool(answers_staff) and byline is None,
            at=at,
            is_private=set_aside == _PRIVATE,
        )
        for (
            post_id,
            discussion_id,
            address,
            author_id,
            by_staff,
            is_reply,
            answered,
            answers_staff,
            byline,
            at,
            set_aside,
        ) in fetch_rows(session, posts, {})
    )


def list_cited(session: Session, actor: Actor, views: Collection[DiscussionView]) -> tuple[PassageUse, ...]:
    """The passages that posts of these discussions cite, and how many do (one statement). Raises Forbidden for all but
    staff.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Post.discussion_id, Passage, func.count())
        .join(Citation, Citation.post_id == Post.id)
        .join(Passage, Passage.id == Citation.passage_id)
        .join(Reading, Reading.id == Passage.reading_id)
        .where(Reading.course_id == actor.course_id)  # by which the citations are found in an index
        .where(visible_in(Post, actor, views), says_something(Post), ~is_held(Post))
        .group_by(Post.discussion_id, Passage.id)
    )
    return tuple(
        PassageUse(discussion_id, passage.reading_id, passage.id, place_of(passage), count)
        for discussion_id, passage, count in rows
    )


def list_assigned_pages(session: Session, views: Collection[DiscussionView]) -> tuple[ReadingPages, ...]:
    """The readings that these discussions assign, with their pages (one statement)."""
    rows = session.execute(
        select(DiscussionReading.discussion_id, Reading.id, Reading.label, DiscussionReading.required, Reading.csl)
        .join(Reading, Reading.id == DiscussionReading.reading_id)
        .where(DiscussionReading.discussion_id.in_([view.id for view in views]))
        .order_by(DiscussionReading.discussion_id, DiscussionReading.position)
    )
    return tuple(
        ReadingPages(discussion_id, reading_id, label, required=required, pages=str(csl.get("page", "")))
        for discussion_id, reading_id, label, required, csl in rows
    )


def collect_opened(session: Session, views: Collection[DiscussionView]) -> set[tuple[int, int]]:
    """The ids of discussion and person where somebody has opened a discussion (one statement)."""
    here = ReadState.discussion_id.in_([view.id for view in views])
    return {
        (row[0], row[1]) for row in session.execute(select(ReadState.discussion_id, ReadState.person_id).where(here))
    }


def collect_own_calendars(session: Session, views: Sequence[DiscussionView]) -> dict[tuple[int, int], Calendar]:
    """The calendars of people with extensions, by the ids of discussion and person (one statement)."""
    of_class = {view.id: view.class_calendar for view in views}
    person_id = func.coalesce(Extension.person_id, GroupMember.person_id)
    rows = session.execute(
        select(Extension.discussion_id, person_id, *latest_dates())
        .outerjoin(GroupMember, GroupMember.group_id == Extension.group_id)
        .where(Extension.discussion_id.in_(list(of_class)), person_id.is_not(None))
        .group_by(Extension.discussion_id, person_id)
    )
    return {(here, whose): of_class[here].extended(Calendar(None, *dates)) for here, whose, *dates in rows}

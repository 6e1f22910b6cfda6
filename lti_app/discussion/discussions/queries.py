"""The gate to a discussion, and lists of discussions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id, alias_of
from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import Group, GroupMember
from lti_app.course.groups.rules import GroupKind
from lti_app.course.people.models import Person
from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.access import Permission, require
from lti_app.discussion.discussions.models import Discussion, DiscussionReading, Extension, Pseudonym
from lti_app.discussion.discussions.rules import (
    EXTENDABLE,
    Anonymity,
    AssignedReading,
    Calendar,
    StanceQuestion,
    State,
    StoredRequirements,
    Structure,
    state_at,
)
from lti_app.library.readings.models import Reading
from lti_app.library.readings.queries import told, with_progress

_GRANTER = alias_of(Person)
CLASS_DATES = Calendar()
UTC = ZoneInfo("UTC")
_READER: BindParameter[int] = bindparam("person_id", type_=Id)
_IN_COURSE = Discussion.course_id == bindparam("course_id", type_=Id)
_ASSIGNED = with_progress(
    select(Reading.id, Reading.label, Reading.reference_html, Reading.url, DiscussionReading.required, Reading.file_id)
    .join(DiscussionReading, DiscussionReading.reading_id == Reading.id)
    .where(DiscussionReading.discussion_id == bindparam("discussion_id", type_=Id))
    .order_by(DiscussionReading.position),
    _READER,
)


@dataclass(frozen=True)
class DiscussionView:
    """A discussion that the actor may see, with its readings."""

    id: int
    course_id: int
    title: str
    prompt: str
    prompt_html: str
    points: Decimal
    calendar: Calendar
    """The actor's own: for those with an extension, later than the class's."""
    requirements: StoredRequirements
    """What counts as taking part, as it is stored; `participation` reads it."""
    post_first: bool
    version: int
    root_count: int
    state: State
    readings: tuple[AssignedReading, ...]
    post_count: int = 0
    structure: Structure = Structure.WHOLE_CLASS
    anonymity: Anonymity = Anonymity.NAMED
    names_revealed: bool = False
    """Of a blind discussion: whether staff see the names by now."""
    edit_minutes: int | None = None
    as_of: datetime | None = None
    """The moment for which all of this holds."""
    class_calendar: Calendar = CLASS_DATES
    has_extensions: bool = False
    """Whether anybody has dates of their own; told to staff."""
    group_kind: GroupKind | None = None
    """Where groups discuss apart: which; None for any."""
    shown_group_id: int | None = None
    """Narrows what is read to one group and to what is for all."""
    own_pseudonym: str = ""
    """The name under which others see the actor; empty before their first post here."""
    stance: StanceQuestion | None = None
    zone: ZoneInfo = UTC
    """The course's time zone, in which days are counted."""

    def is_past_editing(self, written_at: datetime) -> bool:
        """Whether what was written then can no longer be edited by its author."""
        if self.edit_minutes is None or self.as_of is None:
            return False
        return self.as_of > written_at + timedelta(minutes=self.edit_minutes)

    def hides_names_from(self, actor: Actor) -> bool:
        """Whether the actor sees pseudonyms instead of the names of students (their own name they know)."""
        if self.anonymity is Anonymity.NAMED:
            return False
        return not actor.is_staff or (self.anonymity is Anonymity.BLIND and not self.names_revealed)

    def needs_pseudonym(self, actor: Actor) -> bool:
        """Whether the actor needs a pseudonym before others see a post by them."""
        return self.anonymity is not Anonymity.NAMED and not actor.is_staff and not self.own_pseudonym

    @property
    def own_dates(self) -> frozenset[str]:
        """The names of the dates that are later for the actor than for the class."""
        return frozenset(n for n in EXTENDABLE if getattr(self.calendar, n) != getattr(self.class_calendar, n))


@dataclass(frozen=True)
class DiscussionLine:
    """A discussion in a list."""

    id: int
    title: str
    calendar: Calendar
    state: State


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


def get_discussion(
    session: Session,
    actor: Actor,
    discussion_id: int,
    *,
    need: Permission = Permission.SEE,
    now: datetime,
    bare: bool = False,
) -> DiscussionView:
    """The gate: one discussion of the actor's course, if the actor may do what is needed; `bare` without its readings,
    which takes one statement less.

    Raises NotFound if it does not exist in this course, Forbidden if the actor may see it but not do this.
    """
    values = {"discussion_id": discussion_id, "course_id": actor.course_id, "person_id": actor.person_id}
    row = session.execute(_one(is_staff=actor.is_staff), values).one_or_none()
    if row is None:
        raise NotFound
    require(actor, need)
    return _view(row, () if bare else _readings(session, actor, discussion_id), now)


def list_discussions(session: Session, actor: Actor, now: datetime) -> list[DiscussionLine]:
    """The discussions of the actor's course by first date; students do not see those that are not set up."""
    views = list_views(session, actor, now)
    lines = [DiscussionLine(view.id, view.title, view.calendar, view.state) for view in views]
    return [line for line in lines if actor.is_staff or line.state is not State.UNPREPARED]


def list_views(session: Session, actor: Actor, now: datetime) -> list[DiscussionView]:
    """All discussions of the actor's course by first date, without their readings (one statement)."""
    in_order = (Discussion.first_post_due.is_(None), Discussion.first_post_due, Discussion.id)
    rows = session.execute(
        _asked(_IN_COURSE, is_staff=actor.is_staff).order_by(*in_order),
        {"course_id": actor.course_id, "person_id": actor.person_id},
    )
    return [_view(row, (), now) for row in rows]


def list_required(session: Session, actor: Actor) -> list[int]:
    """The ids of the readings that some discussion of the actor's course requires, in the order of the course."""
    rows = session.scalars(
        select(DiscussionReading.reading_id)
        .join(Discussion, Discussion.id == DiscussionReading.discussion_id)
        .where(Discussion.course_id == actor.course_id, DiscussionReading.required)
        .order_by(DiscussionReading.discussion_id, DiscussionReading.position)
    )
    return list(dict.fromkeys(rows))


def collect_calendars(session: Session, discussion: DiscussionView) -> dict[int, Calendar]:
    """The calendars of those with an extension, by person id (one statement; none where nobody has one).

    For all others the class's applies. Only the gate for staff says that there are extensions, so a student's view of
    the discussion finds none.
    """
    if not discussion.has_extensions:
        return {}
    person_id = func.coalesce(Extension.person_id, GroupMember.person_id)
    rows = session.execute(
        select(person_id, *_latest())
        .outerjoin(GroupMember, GroupMember.group_id == Extension.group_id)
        .where(Extension.discussion_id == discussion.id, person_id.is_not(None))
        .group_by(person_id)
    )
    return {whose: discussion.class_calendar.extended(Calendar(None, *dates)) for whose, *dates in rows}


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


def _latest() -> list[ColumnElement[Any]]:
    return [func.max(getattr(Extension, name)).label(f"own_{name}") for name in EXTENDABLE]


@cache
def _one(*, is_staff: bool) -> Select[Any]:
    return _asked(Discussion.id == bindparam("discussion_id", type_=Id), _IN_COURSE, is_staff=is_staff)


def _asked(*wanted: ColumnElement[bool], is_staff: bool) -> Select[Any]:
    return _for_staff(*wanted) if is_staff else _for_student(*wanted)


def _own_dates() -> Select[Any]:
    """The latest dates in the actor's extensions, by discussion."""
    groups = select(GroupMember.group_id).where(GroupMember.person_id == _READER)
    mine = or_(Extension.person_id == _READER, Extension.group_id.in_(groups))
    return select(Extension.discussion_id, *_latest()).where(mine).group_by(Extension.discussion_id)


def _for_staff(*wanted: ColumnElement[bool]) -> Select[Any]:
    extended = exists().where(Extension.discussion_id == Discussion.id).label("has_extensions")
    return cast("Select[Any]", select(Discussion, Course.time_zone, extended).join(Course).where(*wanted))


def _for_student(*wanted: ColumnElement[bool]) -> Select[Any]:
    own = _own_dates().subquery()
    pseudonym = (
        select(Pseudonym.name)
        .where(Pseudonym.discussion_id == Discussion.id, Pseudonym.person_id == _READER)
        .scalar_subquery()
        .label("pseudonym")
    )
    return (
        select(Discussion, Course.time_zone, own, pseudonym)
        .join(Course)
        .outerjoin(own, own.c.discussion_id == Discussion.id)
        .where(*wanted)
    )


def _readings(session: Session, actor: Actor, discussion_id: int) -> tuple[AssignedReading, ...]:
    values = {"discussion_id": discussion_id, "person_id": actor.person_id}
    return tuple(_assigned(*told(row)) for row in session.execute(_ASSIGNED, values))


def _assigned(*row: Any) -> AssignedReading:
    reading_id, label, reference_html, url, required, file_id, how_far = row
    return AssignedReading(reading_id, label, reference_html, url, required, how_far, file_id is not None)


def _calendar(row: Discussion) -> Calendar:
    return Calendar(row.opens_at, row.first_post_due, row.replies_due, row.closes_at)


def _own_calendar(row: Row[Any]) -> Calendar:
    return _calendar(row[0]).extended(Calendar(**{name: row._mapping[f"own_{name}"] for name in EXTENDABLE}))


def _stance(row: Discussion) -> StanceQuestion | None:
    asked = StanceQuestion(row.stance_question, row.stance_low, row.stance_high)
    return asked if asked.text else None


def _view(found: Row[Any], readings: tuple[AssignedReading, ...], now: datetime) -> DiscussionView:
    row: Discussion = found[0]
    for_student = "pseudonym" in found._mapping
    calendar = _own_calendar(found) if for_student else _calendar(row)
    return DiscussionView(
        id=row.id,
        course_id=row.course_id,
        title=row.title,
        prompt=row.prompt,
        prompt_html=row.prompt_html,
        points=row.points,
        calendar=calendar,
        requirements=tuple(row.requirements),
        post_first=row.post_first,
        version=row.version,
        root_count=row.root_count,
        state=state_at(calendar, prepared=row.prepared_at is not None, now=now),
        readings=readings,
        post_count=row.post_count,
        structure=row.structure,
        anonymity=row.anonymity,
        names_revealed=row.names_revealed_at is not None and row.names_revealed_at <= now,
        edit_minutes=row.edit_minutes,
        as_of=now,
        class_calendar=_calendar(row),
        has_extensions=not for_student and found.has_extensions,
        group_kind=row.group_kind,
        own_pseudonym=(for_student and found.pseudonym) or "",
        stance=_stance(row),
        zone=zone(found.time_zone),
    )

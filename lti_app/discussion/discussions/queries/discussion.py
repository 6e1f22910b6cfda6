"""A discussion as the actor may see it, and the gate to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id, alias_of, fetch_tuples
from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import GroupMember
from lti_app.course.groups.rules import GroupKind
from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Discussion, DiscussionReading, Extension, Pseudonym
from lti_app.discussion.discussions.rules import (
    EXTENDABLE,
    Anonymity,
    AssignedReading,
    Calendar,
    StanceQuestion,
    State,
    StoredLateRule,
    StoredRequirements,
    Structure,
    state_at,
)
from lti_app.library.readings.models import Reading
from lti_app.library.readings.queries import fold_progress, with_progress

CLASS_DATES = Calendar()
UTC = ZoneInfo("UTC")
_READER: BindParameter[int] = bindparam("person_id", type_=Id)
_BEFORE = alias_of(Discussion)
_COPY = alias_of(Discussion)
IN_COURSE = and_(Discussion.course_id == bindparam("course_id", type_=Id), Discussion.removed_at.is_(None))
"""Of the actor's course, and not removed."""
_ASSIGNED = with_progress(
    select(Reading.id, Reading.label, Reading.reference_html, Reading.url, DiscussionReading.required, Reading.file_id)
    .join(DiscussionReading, DiscussionReading.reading_id == Reading.id)
    .where(DiscussionReading.discussion_id == bindparam("discussion_id", type_=Id))
    .order_by(DiscussionReading.position),
    _READER,
)


@dataclass(frozen=True)
class DiscussionView:
    """A discussion that the actor may see, with its readings.

    Before it opens, views for people who do not teach have its title and dates alone: no prompt, readings or poll.
    """

    id: int
    course_id: int
    title: str
    prompt: str
    prompt_html: str
    points: Decimal
    calendar: Calendar
    """The actor's own dates; with an extension they are later than those of the class."""
    requirements: StoredRequirements
    """The participation requirements, in the stored form of `participation`."""
    post_first: bool
    version: int
    root_count: int
    state: State
    readings: tuple[AssignedReading, ...]
    post_count: int = 0
    structure: Structure = Structure.WHOLE_CLASS
    anonymity: Anonymity = Anonymity.NAMED
    names_revealed: bool = False
    """Of a blind discussion: whether its names are revealed to staff."""
    edit_minutes: int | None = None
    as_of: datetime | None = None
    """The time for which this view is valid."""
    class_calendar: Calendar = CLASS_DATES
    has_extensions: bool = False
    """Whether anybody has an extension; only set for staff."""
    group_kind: GroupKind | None = None
    """The kind of groups, with separate groups; None for all kinds."""
    shown_group_id: int | None = None
    """If set, only posts of this group and posts for all groups are shown."""
    own_pseudonym: str = ""
    """The actor's pseudonym here; empty before their first post."""
    stance: StanceQuestion | None = None
    zone: ZoneInfo = UTC
    """The course's time zone, in which days are counted."""
    copied_from_id: int | None = None
    """The discussion whose settings it was created with, when the LMS duplicated an activity."""
    replaced_by_id: int | None = None
    """The discussion that its activity in the LMS opens now, if no activity opens this one."""
    has_replaced: bool = False
    """Whether its activity opened another discussion before; only set for staff."""
    late_rule: StoredLateRule | None = None
    """What lateness takes off a grade, in the stored form of `grading.adjustments`; None for nothing."""
    has_copies: bool = False
    """Whether the LMS duplicated its activity, though a copy may have been removed; only set for staff."""
    rule_version: int = 0
    """Counts the changes of what decides how participation is counted; 0 before the first was recorded."""
    review_plan: Mapping[str, Any] | None = None
    """How students review one another, in the stored form of `reviewing`."""

    def is_past_editing(self, written_at: datetime) -> bool:
        """Whether the author of a post from this time can no longer edit it."""
        if self.edit_minutes is None or self.as_of is None:
            return False
        return self.as_of > written_at + timedelta(minutes=self.edit_minutes)

    def hides_names_from(self, actor: Actor) -> bool:
        """Whether the actor sees pseudonyms instead of the names of other students."""
        if self.anonymity is Anonymity.NAMED:
            return False
        return not actor.is_staff or (self.anonymity is Anonymity.BLIND and not self.names_revealed)

    def hides_author_from(self, actor: Actor, *, by_staff: bool, is_author: bool) -> bool:
        """Whether the actor sees the author of a post under a pseudonym."""
        return self.hides_names_from(actor) and not by_staff and not is_author

    def needs_pseudonym(self, actor: Actor) -> bool:
        """Whether the actor needs a pseudonym before others see a post by them."""
        return self.hides_name_of(actor) and not self.own_pseudonym

    def hides_name_of(self, actor: Actor) -> bool:
        """Whether others see the actor under a pseudonym."""
        return self.anonymity is not Anonymity.NAMED and not actor.writes_as_staff

    @property
    def has_reviews(self) -> bool:
        """Whether students review one another, or themselves."""
        plan = self.review_plan or {}
        return bool(plan.get("peers") or plan.get("self_review"))

    @property
    def own_dates(self) -> frozenset[str]:
        """The names of the dates that are later for the actor than for the class."""
        return frozenset(n for n in EXTENDABLE if getattr(self.calendar, n) != getattr(self.class_calendar, n))


def get_discussion(
    session: Session,
    actor: Actor,
    discussion_id: int,
    *,
    need: DiscussionPermission = DiscussionPermission.SEE,
    now: datetime,
    bare: bool = False,
) -> DiscussionView:
    """The gate: one discussion of the actor's course, if the actor has the permission that is needed.

    `bare` omits the readings and saves a statement. Raises NotFound if it does not exist in this course, Forbidden if
    the actor may see it but not do this. Before the discussion opens, only staff get its prompt, readings and poll.
    """
    values = {"discussion_id": discussion_id, "course_id": actor.course_id, "person_id": actor.person_id}
    row = session.execute(_one(is_staff=actor.is_staff), values).one_or_none()
    if row is None:
        raise NotFound
    require(actor, need)
    view = view_discussion(row, (), now)
    if bare or not (actor.is_staff or view.state.has_begun):
        return view
    return replace(view, readings=_readings(session, actor, discussion_id))


def lock_discussion(session: Session, view: DiscussionView) -> Discussion:
    """The current row of a discussion that `get_discussion` has returned, locked until the transaction ends."""
    held = select(Discussion).where(Discussion.id == view.id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).one()


def select_discussions(*wanted: ColumnElement[bool], is_staff: bool) -> Select[Any]:
    """The discussions with what `view_discussion` needs; run with the ids of the actor and their course."""
    return _for_staff(*wanted) if is_staff else _for_student(*wanted)


def latest_dates() -> list[ColumnElement[Any]]:
    """The latest of each date that extensions give."""
    return [func.max(getattr(Extension, name)).label(f"own_{name}") for name in EXTENDABLE]


def view_discussion(found: Row[Any], readings: tuple[AssignedReading, ...], now: datetime) -> DiscussionView:
    """A row of `select_discussions` as the actor may see it."""
    row: Discussion = found[0]
    for_student = "pseudonym" in found._mapping
    calendar = _own_calendar(found) if for_student else _calendar(row)
    state = state_at(calendar, prepared=row.prepared_at is not None, now=now)
    is_told = not for_student or state.has_begun
    return DiscussionView(
        id=row.id,
        course_id=row.course_id,
        title=row.title,
        prompt=row.prompt if is_told else "",
        prompt_html=row.prompt_html if is_told else "",
        points=row.points,
        calendar=calendar,
        requirements=tuple(row.requirements),
        late_rule=row.late_rule,
        rule_version=row.rule_version,
        post_first=row.post_first,
        version=row.version,
        root_count=row.root_count,
        state=state,
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
        stance=_stance(row) if is_told else None,
        zone=zone(found.time_zone),
        copied_from_id=row.copied_from_id,
        replaced_by_id=row.replaced_by_id,
        has_replaced=not for_student and found.has_replaced,
        has_copies=not for_student and found.has_copies,
        review_plan=row.review_plan,
    )


@cache
def _one(*, is_staff: bool) -> Select[Any]:
    return select_discussions(Discussion.id == bindparam("discussion_id", type_=Id), IN_COURSE, is_staff=is_staff)


def _own_dates() -> Select[Any]:
    """The latest dates in the actor's extensions, by discussion."""
    groups = select(GroupMember.group_id).where(GroupMember.person_id == _READER)
    mine = or_(Extension.person_id == _READER, Extension.group_id.in_(groups))
    return select(Extension.discussion_id, *latest_dates()).where(mine).group_by(Extension.discussion_id)


def _for_staff(*wanted: ColumnElement[bool]) -> Select[Any]:
    extended = exists().where(Extension.discussion_id == Discussion.id).label("has_extensions")
    replaced = exists().where(_BEFORE.replaced_by_id == Discussion.id).label("has_replaced")
    copied = exists().where(_COPY.copied_from_id == Discussion.id).label("has_copies")
    found = select(Discussion, Course.time_zone, extended, replaced, copied)
    return cast("Select[Any]", found.join(Course).where(*wanted))


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
    return tuple(_assigned(*fold_progress(row)) for row in fetch_tuples(session, _ASSIGNED, values))


def _assigned(*row: Any) -> AssignedReading:
    reading_id, label, reference_html, url, required, file_id, progress = row
    return AssignedReading(reading_id, label, reference_html, url, required, progress, file_id is not None)


def _calendar(row: Discussion) -> Calendar:
    return Calendar(row.opens_at, row.first_post_due, row.replies_due, row.closes_at)


def _own_calendar(row: Row[Any]) -> Calendar:
    return _calendar(row[0]).extended(Calendar(**{name: row._mapping[f"own_{name}"] for name in EXTENDABLE}))


def _stance(row: Discussion) -> StanceQuestion | None:
    asked = StanceQuestion(row.stance_question, row.stance_low, row.stance_high)
    return asked if asked.text else None

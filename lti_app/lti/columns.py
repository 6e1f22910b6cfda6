"""Which gradebook columns the scores of a discussion go to, and which platforms it is placed in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, Text, bindparam, exists, select
from sqlalchemy.orm import Session

from lti_app.core.db import is_listed
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.ports import PassbackRefused
from lti_app.grading.passbacks.rules.parts import POINTS_PART, GradePart
from lti_app.grading.passbacks.rules.states import ScoreKind
from lti_app.lti.ags import OUR_SCOPES, RESULT_SCOPE, SCORE_SCOPE, WRITE_SCOPE, is_canvas
from lti_app.lti.models import Deployment, PartColumn, Placement, Platform
from lti_app.lti.services import Registration


@dataclass(frozen=True)
class Column:
    """Where the scores of one discussion go; read before any request, free of the session."""

    registration: Registration
    placement_id: int
    resource_link_id: str
    title: str
    discussion_id: int
    label: str
    possible: Decimal
    lineitems_url: str | None
    lineitem_url: str | None
    scopes: frozenset[str]
    is_canvas: bool
    can_read_results: bool
    part: str = ""
    """The part of the grade that it has; empty for the whole."""
    known_label: str | None = None
    """What the column was to be called when a score last went there; None if that is not known."""

    @property
    def kind(self) -> ScoreKind:
        """Which scores go there."""
        return ScoreKind.POINTS if self.part == POINTS_PART else ScoreKind.GRADE

    @property
    def key(self) -> str:
        """Tells the columns of a discussion apart."""
        return f"{self.placement_id}/{self.part}" if self.part else str(self.placement_id)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the platform and of the column's addresses."""
        return self.registration.hosts_with(self.lineitems_url, self.lineitem_url)


def platforms_of(session: Session, discussion_ids: Collection[int]) -> dict[int, int]:
    """The platform id of each of these discussions that is placed in an LMS: work for one platform goes in one lane."""
    rows = session.execute(
        select(Placement.discussion_id, Deployment.platform_id)
        .join(Deployment, Deployment.id == Placement.deployment_id)
        .where(Placement.discussion_id.in_(discussion_ids))
    )
    return {row[0]: row[1] for row in rows}


def discussions_on(platform_ids: Collection[int]) -> Select[int]:
    """The discussions that are placed in one of these platforms, to be part of a statement."""
    return (
        select(Placement.discussion_id)
        .join(Deployment, Deployment.id == Placement.deployment_id)
        .where(Deployment.platform_id.in_(platform_ids), Placement.discussion_id.is_not(None))
    )


def subs_of(session: Session, person_ids: Collection[int], registration: Registration) -> dict[str, int]:
    """The ids of those of these people whom the platform names, by the name that it has for them."""
    of_platform = (Person.issuer == registration.issuer, Person.client_id == registration.client_id)
    return {
        row[0]: row[1]
        for row in session.execute(select(Person.sub, Person.id).where(_is_one_of(person_ids), *of_platform))
    }


def _is_one_of(person_ids: Collection[int]) -> ColumnElement[bool]:
    return is_listed(Person.id, ",".join(map(str, person_ids)))


_OFFERED = (
    select(Placement, Platform, Discussion.title, Discussion.points)
    .join(Deployment, Deployment.id == Placement.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .join(Discussion, Discussion.id == Placement.discussion_id)
    .where(
        Placement.discussion_id == bindparam("discussion_id"),
        exists().where(
            Person.issuer == Platform.issuer,
            Person.client_id == Platform.client_id,
            is_listed(Person.id, bindparam("people", type_=Text)),
        ),
    )
    .order_by(Placement.lineitem_url.is_(None), Placement.lineitems_url.is_(None), Placement.id)
)


def columns_of(session: Session, discussion_id: int, person_ids: Collection[int]) -> list[Column]:
    """The columns of all links that open a discussion on the platform of these people; the first gets scores first."""
    people = ",".join(map(str, person_ids))
    rows = session.execute(_OFFERED, {"discussion_id": discussion_id, "people": people}).all()
    offered = [row for row in rows if row.Placement.lineitem_url or row.Placement.lineitems_url]
    if not offered:
        raise PassbackRefused("no_gradebook")
    allowed = [row for row in offered if SCORE_SCOPE in (row.Placement.ags_scopes or ())]
    if not allowed:
        raise PassbackRefused("no_scope")
    if offered[0].Platform.disabled_at is not None:
        raise PassbackRefused("unauthorized", "the registration is disabled")
    return [_column(discussion_id, *row) for row in allowed]


def columns_of_parts(session: Session, columns: Sequence[Column], parts: Sequence[GradePart]) -> list[Column]:
    """The columns of parts of a grade, in their order, made through one of the links that `columns` belong to: the one
    through which some were made, else the first that may make any.
    """
    if not parts:
        return []
    rows = session.execute(
        select(PartColumn.placement_id, PartColumn.part, PartColumn.lineitem_url, PartColumn.lineitem_label)
        .where(PartColumn.placement_id.in_([each.placement_id for each in columns]))
        .order_by(PartColumn.placement_id)
    ).all()
    made = {row[0] for row in rows}
    link = min(columns, key=lambda each: (each.placement_id not in made, not each.lineitems_url))
    own = {row[1]: (row[2], row[3]) for row in rows if row[0] == link.placement_id}
    found = [(part, *own.get(part.key, (None, None))) for part in parts]
    return [
        replace(link, part=part.key, title=part.label, lineitem_url=url, known_label=label)
        for part, url, label in found
    ]


def _column(discussion_id: int, placement: Placement, platform: Platform, label: str, possible: Decimal) -> Column:
    offered = frozenset(placement.ags_scopes or ())
    return Column(
        registration=Registration.of(platform),
        placement_id=placement.id,
        resource_link_id=placement.resource_link_id,
        title=placement.title or "",
        discussion_id=discussion_id,
        label=label,
        possible=possible,
        lineitems_url=placement.lineitems_url,
        lineitem_url=placement.lineitem_url,
        scopes=offered & OUR_SCOPES,
        is_canvas=is_canvas(platform.issuer),
        can_read_results=RESULT_SCOPE in offered,
        known_label=placement.lineitem_label,
    )


def why_no_column(session: Session, discussion_id: int, *, course_id: int) -> str:
    """Why the LMS lets us add no gradebook column for a discussion of this course, in a code of `passbacks.ports`;
    empty where any of the links that open it may add one, or where none has been opened yet (one statement).
    """
    rows = session.execute(
        select(Placement.lineitems_url, Placement.ags_scopes).where(
            Placement.discussion_id == discussion_id, Placement.course_id == course_id
        )
    ).all()
    offered = [frozenset(scopes or ()) for url, scopes in rows if url]
    if not rows or any({SCORE_SCOPE, WRITE_SCOPE} <= scopes for scopes in offered):
        return ""
    if not offered:
        return "no_gradebook"
    return "no_columns" if any(SCORE_SCOPE in scopes for scopes in offered) else "no_scope"

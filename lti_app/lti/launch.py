"""What a verified launch changes here: person, course, placement, visit; in one transaction."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.urls import iri_to_uri

from lti_app.core.db import Database
from lti_app.course.courses.actions import (
    adopt_time_zone,
    create_course,
    end_visits_of_others,
    open_visit,
    record_earlier,
    record_launch,
    rename_course,
)
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Role
from lti_app.course.groups.actions import record_lms_groups
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.actions.queueing import send_column_again
from lti_app.grading.passbacks.rules.states import ScoreKind
from lti_app.lti.ags import named_submission
from lti_app.lti.claims import HISTORY, Context, GradeService, Message, MessageType
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.message import Launch
from lti_app.lti.models import CourseLink, Placement
from lti_app.lti.placing import OpenedBefore, find_known, find_named, follow_link, make_placement

WITHOUT_CONTEXT = "without-context/"
"""A launch that names no course gets one of its own, kept under this and the id of its resource link."""
ATTEMPTS = 5
MAX_EARLIER = 20
"""Contexts that a course was copied from, the nearest first; those before them are long ago."""
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?(?=[/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Arrival:
    """Where a launch has led, and the visit that it opened."""

    course_id: int
    person_id: int
    role: Role
    discussion_id: int | None
    """None after a deep linking request, which comes from no placement, and from the course navigation."""
    reviewed_person_id: int | None
    """In a submission review by staff, and where an address of a student's work was opened: the student whose work is
    to be shown, when we know the person. Students review nobody but themselves.
    """
    token: str
    """The visit's token, for the cookie."""
    frame_origins: tuple[str, ...]
    is_new_person: bool
    """Whether the browser had visits of another person, which have ended."""


def arrive(
    database: Database, launch: Launch, *, time_zone: str, now: datetime, tokens: Collection[str] = ()
) -> Arrival:
    """Record the launch and open a visit, in one transaction. `time_zone` is used if the course is new.

    Those of the browser's earlier visits, known by their `tokens`, that are another person's end with it.

    The first launches of a course often come together; one that loses the race for a row starts again and finds it.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _arrive(database, launch, time_zone, now, tokens)
        except (IntegrityError, OperationalError):
            continue
    return _arrive(database, launch, time_zone, now, tokens)


def frame_origins(launch: Launch) -> tuple[str, ...]:
    """The origins of the LMS that may frame this visit's pages. A school's own domain shows only in return URLs."""
    message = launch.message
    told = (
        message.issuer,
        launch.registration.auth_login_url,
        message.return_url,
        message.deep_linking.get("deep_link_return_url"),
    )
    return tuple(dict.fromkeys(origin for url in told if (origin := origin_of(url))))


def _arrive(database: Database, launch: Launch, time_zone: str, now: datetime, tokens: Collection[str]) -> Arrival:
    message, origins = launch.message, frame_origins(launch)
    with database.writing() as session:
        course_id, discussion_id, _known = _find_place(session, launch, time_zone, now)
        _follow_history(session, launch, course_id)
        member = record_launch(
            session,
            course_id=course_id,
            identity=Identity(message.issuer, launch.registration.client_id, message.sub),
            names=message.names,
            role=message.role,
            now=now,
        )
        person_id, role, is_new = member
        adopt_time_zone(session, course_id=course_id, person_id=person_id, role=role)
        if message.role is Role.STUDENT:
            for kind, groups in message.groups.items():
                record_lms_groups(session, course_id, person_id, kind, groups)
        who = {"course_id": course_id, "person_id": person_id}
        token = open_visit(session, **who, role=role, frame_origins=origins, now=now, is_new=is_new)
        work = _find_work(session, launch, course_id, person_id)
        return Arrival(
            course_id=course_id,
            person_id=person_id,
            role=role,
            discussion_id=work[0] if work else discussion_id,
            reviewed_person_id=work[1] if work else _find_reviewed(session, launch, course_id),
            token=token,
            frame_origins=origins,
            is_new_person=end_visits_of_others(session, person_id, tokens),
        )


def _find_place(
    session: Session, launch: Launch, time_zone: str, now: datetime
) -> tuple[int, int | None, OpenedBefore]:
    """The ids of the course and of the placement's discussion, both made at their first launch; and what was known.

    A placement that we know stays in the course where its discussion is, whatever context the LMS names with it.
    """
    message, link = launch.message, launch.message.resource_link
    known = find_known(
        session, launch.deployment.id, link_id=link.id if link else None, context_id=_context_id(message)
    )
    placement = known.placement
    if placement is None and named_submission(message.target_link_uri):
        link = None  # SpeedGrader opens a student's work under the id of no link that we know: it is none
    course_id = placement.course_id if placement else None
    context = message.context or _context_of_its_own(message, placement)
    if context is not None:
        course_id = _follow_context(
            session, launch, context, known.context, course_id=course_id, time_zone=time_zone, now=now
        )
    if course_id is None:
        raise LaunchRefused(RefusalReason.CONTEXT_MISSING)
    if link is None:
        return course_id, find_named(session, message, course_id), known
    if placement is None:
        placement = make_placement(
            session, message, link, deployment=launch.deployment.id, course_id=course_id, now=now
        )
    else:
        follow_link(session, message, link, placement, now)
    if message.grades is not None:
        _follow_grades(session, placement, message.grades, now)
    session.flush()
    return course_id, placement.discussion_id, known


def _context_id(message: Message) -> str | None:
    """By which context the course is found, if the link is not known."""
    if message.context is not None:
        return message.context.id
    return WITHOUT_CONTEXT + message.resource_link.id if message.resource_link else None


def _context_of_its_own(message: Message, placement: Placement | None) -> Context | None:
    """What stands for the context of a new placement whose launch names none."""
    link = message.resource_link
    return Context(WITHOUT_CONTEXT + link.id, link.title, "") if link and placement is None else None


def _follow_context(
    session: Session,
    launch: Launch,
    context: Context,
    link: CourseLink | None,
    *,
    course_id: int | None,
    time_zone: str,
    now: datetime,
) -> int:
    """The course of this context: `course_id` where that is settled, else that of its `link`, else a new one.

    The course's name and the address of its roster follow the LMS's.
    """
    if link is None:
        if course_id is None:
            course_id = create_course(
                session,
                title=context.title,
                label=context.label,
                time_zone=time_zone,
                now=now,
                tenant_id=launch.deployment.id,
            )
        link = CourseLink(deployment_id=launch.deployment.id, context_id=context.id, course_id=course_id)
        session.add(link)
    if course_id not in (None, link.course_id):
        return course_id
    rename_course(session, link.course_id, title=context.title, label=context.label, tenant_id=launch.deployment.id)
    link.memberships_url = launch.message.memberships_url or link.memberships_url
    session.flush()
    return link.course_id


def _follow_history(session: Session, launch: Launch, course_id: int) -> None:
    """Record which of our courses this one was copied from. Only courses of the same deployment count.

    Anyone who may edit the link can write any ids into it, so what is found there never shows text of another course.
    Two statements if the LMS names an earlier course.
    """
    told = [part.strip() for (name,) in [HISTORY] for part in launch.message.custom.get(name, "").split(",")]
    if ids := [part for part in told if part][:MAX_EARLIER]:
        ours = (CourseLink.deployment_id == launch.deployment.id, CourseLink.context_id.in_(ids))
        record_earlier(session, course_id, session.scalars(select(CourseLink.course_id).where(*ours)).all())


def _follow_grades(session: Session, placement: Placement, told: GradeService, now: datetime) -> None:
    """Where the scores go, by the newest launch. One that names no line item does not undo one that we made.

    A column that was not known before gets everybody's score; the sweep of the worker finds them. So it is with another
    column than before, and with the first one of a link that opens a discussion which has scores already.
    """
    if told.lineitem_url not in (None, placement.lineitem_url):
        send_column_again(session, placement.discussion_id, kinds=[ScoreKind.GRADE], now=now)
    placement.lineitems_url = told.lineitems_url or placement.lineitems_url
    placement.lineitem_url = told.lineitem_url or placement.lineitem_url
    placement.ags_scopes = list(told.scopes)


def _find_reviewed(session: Session, launch: Launch, course_id: int) -> int | None:
    """The student whom a submission review is about; None in other launches, and for anybody but staff."""
    message = launch.message
    if message.type is not MessageType.SUBMISSION_REVIEW or not message.role.is_staff or message.for_user is None:
        return None
    return session.scalar(
        select(Enrollment.person_id)
        .join(Person, Person.id == Enrollment.person_id)
        .where(
            Person.issuer == message.issuer,
            Person.client_id == launch.registration.client_id,
            Person.sub == message.for_user,
            Enrollment.course_id == course_id,
            Enrollment.role == Role.STUDENT,
        )
    )


def _find_work(session: Session, launch: Launch, course_id: int, person_id: int) -> tuple[int, int] | None:
    """The discussion and the student whose work an LMS opens by the address that we gave it; None in other launches.

    Whoever may edit a link can write any address, so it counts only for a student and a discussion of this course, for
    staff, and for the student in person.
    """
    named = named_submission(launch.message.target_link_uri)
    if named is None or launch.message.type is not MessageType.RESOURCE_LINK:
        return None
    discussion_id, student_id = named
    if not launch.message.role.is_staff and student_id != person_id:
        return None
    found = session.scalar(
        select(Discussion.id)
        .join(Enrollment, Enrollment.course_id == Discussion.course_id)
        .where(
            Discussion.id == discussion_id,
            Discussion.course_id == course_id,
            Discussion.removed_at.is_(None),
            Enrollment.person_id == student_id,
            Enrollment.role == Role.STUDENT,
        )
    )
    return (found, student_id) if found else None


def origin_of(url: Any) -> str:
    """Scheme, host and port of an http(s) address, fit for a Content-Security-Policy; else empty.

    A header holds no host in another script, so such a host is written as DNS knows it (xn--…).
    """
    try:
        found = ORIGIN.match(iri_to_uri(url)) if isinstance(url, str) else None
    except ValueError:
        return ""
    return found[0].lower() if found else ""

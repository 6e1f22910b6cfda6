"""The class list by Names and Role Provisioning Services 2.0 (NRPS)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.course.courses.actions import deactivate_others, record_listed_roles, record_member
from lti_app.course.courses.models import Visit
from lti_app.course.courses.rules import Role
from lti_app.course.groups.actions import record_lms_groups
from lti_app.course.groups.rules import GroupKind
from lti_app.course.people.rules import Identity, Names
from lti_app.lti.ags import is_canvas, with_query
from lti_app.lti.claims import CLAIM, MAX_GROUPS, custom_of, groups_told, opaque
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.models import CourseLink, Deployment, Placement, Platform
from lti_app.lti.roles import role_of
from lti_app.lti.services import LtiServices, Registration, ServiceDelayed, ServiceDenied

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
CANVAS_PAGE = "50"
"""Canvas gives ten members a page unless asked for more, and at most fifty. Moodle gives all unless asked for less."""
FRESH_FOR = timedelta(minutes=10)
RETRY_AFTER = timedelta(minutes=1)
COURSE_IS_ACTIVE = timedelta(days=1)
MEMBERS_AT_ONCE = 50
MOODLE = "/mod/lti/services.php/"
"""Part of the addresses of Moodle's services."""
INCOMPLETE = "incomplete:"
"""Begins the code of an error after which the list broke off."""


class RosterBell(Protocol):
    """Wakes the worker to fetch a course's roster. Losing a ring loses nothing: rosters are swept hourly."""

    def ring_roster(self, course_id: int) -> None:
        """Say that a member of the staff has just opened this course. Never raises."""


@dataclass(frozen=True)
class RosterMember:
    """An active member of a course as its LMS names them."""

    sub: str
    names: Names
    role: Role
    groups: Mapping[GroupKind, Mapping[str, str]] = field(default_factory=dict)
    """The sections and groups that the person is in, names by the LMS's ids; only the kinds of which it tells."""
    is_of_moodle: bool = False
    """Whether Moodle lists them, which calls non-editing teachers learners."""


@dataclass(frozen=True)
class _Source:
    """The membership service of one LMS context of a course."""

    link_id: int
    registration: Registration
    url: str
    """Empty where the LMS has sent none."""
    resource_link_id: str | None
    """Of one of the course's placements, by which Canvas tells each member's custom parameters."""


class LtiRoster:
    """Brings the class lists of LMSs into our courses."""

    def __init__(self, *, database: Database, services: LtiServices) -> None:
        self._database = database
        self._services = services

    def refresh(self, course_id: int) -> bool:
        """Fetch a course's roster unless that was done, or tried, a short while ago; whether it is now complete.

        An address that has not been tried yet is tried at once. People and enrolments change only after the whole list
        of a source has come; an error is written to the course link, where it stays until a fetch succeeds. Raises
        nothing that the LMS could cause.
        """
        with self._database.read() as session:
            sources = _sources(session, course_id)
        addressed = [source for source in sources if source.url]
        if not addressed or not self._may_fetch(course_id, addressed):
            return False
        found: dict[tuple[str, str], dict[str, RosterMember]] = {}
        failed = False
        for source in addressed:
            members, error = self._fetch(source)
            named_by = (source.registration.issuer, source.registration.client_id)
            found.setdefault(named_by, {}).update(members)
            failed = failed or error is not None
            self._note(source, error)
        if failed:
            self._services.store.put(guard_of(course_id), _digest(addressed), RETRY_AFTER)
        complete = len(addressed) == len(sources) and not failed
        self._apply(course_id, found, complete=complete)
        return complete

    def _may_fetch(self, course_id: int, sources: Sequence[_Source]) -> bool:
        """Whether none of the last minutes' fetches asked these very addresses."""
        store, guard, digest = self._services.store, guard_of(course_id), _digest(sources)
        if store.add(guard, digest, FRESH_FOR):
            return True
        if store.get(guard) == digest:
            return False
        store.put(guard, digest, FRESH_FOR)
        return True

    def _fetch(self, source: _Source) -> tuple[dict[str, RosterMember], str | None]:
        """Every active member by `sub`, or what went wrong."""
        paging = {"limit": CANVAS_PAGE} if is_canvas(source.registration.issuer) else {}
        members: list[RosterMember] = []
        try:
            for page in self._pages(source, source.url, paging):
                members.extend(page)
        except (ServiceDelayed, ServiceDenied) as problem:
            code = "no_scope" if problem.code == "forbidden" else problem.code
            return {}, f"{INCOMPLETE}{code}" if members else code
        if MOODLE in source.url:
            members = [replace(member, is_of_moodle=True) for member in members]
        known = {member.sub: member for member in sorted(members, key=lambda member: member.role.power)}
        if paging and source.resource_link_id:
            known = self._with_groups(source, source.url, known, {**paging, "rlid": source.resource_link_id})
        return known, None

    def _pages(self, source: _Source, url: str, parameters: dict[str, str]) -> Iterator[list[RosterMember]]:
        pages = self._services.pages(
            source.registration,
            with_query(url, parameters) if parameters else url,
            scopes=[SCOPE],
            hosts=source.registration.hosts_with(url),
            accept=MEMBERS,
        )
        return map(members_of, pages)

    def _with_groups(
        self, source: _Source, url: str, members: dict[str, RosterMember], parameters: dict[str, str]
    ) -> dict[str, RosterMember]:
        """The members with their sections and groups, which Canvas sends only for a placement.

        That list leaves out people who may not open the placement, so it is used for nothing else. If it fails,
        sections and groups stay as launches have recorded them.
        """
        try:
            pages = self._pages(source, url, parameters)
            told = {member.sub: member.groups for page in pages for member in page}
        except (ServiceDelayed, ServiceDenied):
            return members
        return {sub: replace(member, groups=told.get(sub, member.groups)) for sub, member in members.items()}

    def _note(self, source: _Source, error: str | None) -> None:
        values: dict[str, Any] = {"roster_error": error}
        if error is None:
            values["roster_fetched_at"] = self._services.clock()
        with self._database.writing() as session:
            session.execute(update(CourseLink).where(CourseLink.id == source.link_id).values(values))

    def _apply(
        self, course_id: int, found: Mapping[tuple[str, str], Mapping[str, RosterMember]], *, complete: bool
    ) -> None:
        """Record all members, by the registrations that named them, in short transactions, so that other writers do
        not wait long; then record who has left.
        """
        now = self._services.clock()
        everyone = [
            (Identity(*named_by, sub), member) for named_by, members in found.items() for sub, member in members.items()
        ]
        present: dict[int, Role] = {}
        of_moodle: set[int] = set()
        for some in _batches(everyone):
            with self._database.writing() as session:
                ids = [_record(session, course_id, identity, member, now) for identity, member in some]
            present |= {person_id: member.role for person_id, (_, member) in zip(ids, some, strict=True)}
            of_moodle |= {person_id for person_id, (_, member) in zip(ids, some, strict=True) if member.is_of_moodle}
        if present and complete:
            with self._database.writing() as session:
                record_listed_roles(session, course_id, present, of_moodle=of_moodle)
                deactivate_others(session, course_id, present, now)


def guard_of(course_id: int) -> str:
    """The key under which the store knows of which addresses a course's roster was fetched last."""
    return f"roster:{course_id}"


def members_of(page: Any) -> list[RosterMember]:
    """The active members on one page (NRPS 2.0); raises ServiceDelayed when it is no membership container."""
    members = page.get("members") if isinstance(page, dict) else None
    if not isinstance(members, list):
        raise ServiceDelayed("bad_answer", "no membership container")
    return [_member(entry) for entry in members if _is_active(entry)]


def courses_to_refresh(session: Session, now: datetime) -> list[int]:
    """Courses with a membership service that were visited in the last day and whose class list is not fresh."""
    visited = select(Visit.course_id).where(Visit.created_at > now - COURSE_IS_ACTIVE)
    stale = or_(CourseLink.roster_fetched_at.is_(None), CourseLink.roster_fetched_at < now - FRESH_FOR)
    rows = select(CourseLink.course_id).where(
        CourseLink.memberships_url.is_not(None), stale, CourseLink.course_id.in_(visited)
    )
    return sorted(set(session.scalars(rows)))


def platforms_listing(session: Session, course_id: int) -> frozenset[int]:
    """The platforms that are asked for a course's class lists."""
    rows = select(Deployment.platform_id).join(CourseLink, CourseLink.deployment_id == Deployment.id)
    return frozenset(session.scalars(rows.where(CourseLink.course_id == course_id)))


def _sources(session: Session, course_id: int) -> list[_Source]:
    link_id = (
        select(func.min(Placement.resource_link_id))
        .where(Placement.deployment_id == CourseLink.deployment_id, Placement.course_id == CourseLink.course_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(CourseLink, Platform, link_id)
        .join(Deployment, Deployment.id == CourseLink.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(CourseLink.course_id == course_id, Platform.disabled_at.is_(None))
        .order_by(CourseLink.id)
    )
    return [
        _Source(link.id, Registration.of(platform), link.memberships_url or "", named) for link, platform, named in rows
    ]


def _digest(sources: Sequence[_Source]) -> str:
    addresses = "\n".join(f"{source.link_id} {source.url}" for source in sources)
    return hashlib.sha256(addresses.encode()).hexdigest()


def _is_active(entry: Any) -> bool:
    """Whether this entry is a current member of the course; a missing status means Active (NRPS 2.0, 2.2)."""
    user_id = entry.get("user_id") if isinstance(entry, dict) else None
    if not isinstance(user_id, str | int) or isinstance(user_id, bool):
        return False
    try:
        opaque(str(user_id), RefusalReason.SUBJECT)
    except LaunchRefused:
        return False
    return str(entry.get("status") or "Active").rpartition("#")[2].casefold() == "active"


def _member(entry: Mapping[str, Any]) -> RosterMember:
    told = entry.get("roles")
    roles = [told] if isinstance(told, str) else told
    return RosterMember(
        sub=str(entry["user_id"]),
        names=Names(
            name=_text(entry, "name"),
            given=_text(entry, "given_name"),
            family=_text(entry, "family_name"),
            email=email if (email := _text(entry, "email")).isprintable() and email else None,
        ),
        role=role_of([role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []),
        groups=_groups(entry),
    )


def _groups(entry: Mapping[str, Any]) -> dict[GroupKind, dict[str, str]]:
    """What the custom parameters of the member's own message say, or the enrolments in groups (Course Groups 1.0)."""
    messages = entry.get("message")
    for message in messages if isinstance(messages, list) else []:
        custom = message.get(CLAIM + "custom") if isinstance(message, dict) else None
        if isinstance(custom, dict):
            return groups_told(custom_of(custom))
    enrolments = entry.get("group_enrollments")
    if not isinstance(enrolments, list):
        return {}
    ids = [each.get("group_id") for each in enrolments if isinstance(each, dict)]
    return {GroupKind.LMS_GROUP: dict.fromkeys([one for one in ids if isinstance(one, str) and one][:MAX_GROUPS], "")}


def _record(session: Session, course_id: int, identity: Identity, member: RosterMember, now: datetime) -> int:
    person_id = record_member(
        session, course_id=course_id, identity=identity, names=member.names, role=member.role, now=now
    )
    if member.role is Role.STUDENT:
        for kind, groups in member.groups.items():
            record_lms_groups(session, course_id, person_id, kind, groups)
    return person_id


def _batches(members: Sequence[tuple[Identity, RosterMember]]) -> Iterator[Sequence[tuple[Identity, RosterMember]]]:
    for start in range(0, len(members), MEMBERS_AT_ONCE):
        yield members[start : start + MEMBERS_AT_ONCE]


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""

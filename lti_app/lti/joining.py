"""Joining two deployments of a registration, of which one is the tool installed anew.

An LMS gives every installation of a tool another deployment id, and a deployment is a tenant: ids of courses are
unique in their deployment alone (LTI 1.3 core, 5.4.1), and all schools of a cloud may share one registration. So what
a new deployment opens is never taken for a course of another one, whatever its id. That a deployment replaces another
is for the operator to say, once, and is refused where both are in use.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Course, Enrollment, Visit
from lti_app.discussion.discussions.models import Discussion
from lti_app.exchange.streaming.actions.switching import take_over_stream
from lti_app.library.files.models import File
from lti_app.library.readings.models import Reading
from lti_app.lti.errors import RegistrationRefused
from lti_app.lti.models import CourseLink, Deployment, Placement, Platform
from lti_app.lti.registrations import MAX_ID


@dataclass(frozen=True)
class JoinedCourse:
    """A course that the new deployment opens from now on."""

    id: int
    title: str
    people: int
    discussions: int


@dataclass(frozen=True)
class Join:
    """What joining changes: nothing if `is_done`."""

    is_done: bool
    courses: tuple[JoinedCourse, ...] = ()
    dropped: int = 0
    """Empty courses that the new deployment has opened for contexts of the old one. Nothing leads to them any more."""


def join_deployments(session: Session, platform_id: int, *, old: str, new: str) -> Join:
    """Let the deployment `new` open everything that `old` has opened.

    Courses keep their people, posts, grades and columns; links, visits and class lists go on. Repeating it changes
    nothing. Raises NotFound, and RegistrationRefused where it is not clear that one replaced the other.
    """
    if session.get(Platform, platform_id, with_for_update=True) is None:
        raise NotFound("unknown_platform")
    if not new or len(new) > MAX_ID or not new.isprintable() or new == old:
        raise RegistrationRefused("the new deployment id must be another one, of 1 to 255 characters")
    earlier, later = _deployment(session, platform_id, old), _deployment(session, platform_id, new)
    if earlier is None:
        if later is None:
            raise NotFound("unknown_deployment")
        return Join(is_done=True)
    dropped = 0
    if later is not None:
        _require_replaced(session, earlier, later)
        dropped = _take_over(session, earlier, later)
        session.delete(later)
        session.flush()
    earlier.deployment_id = new
    session.flush()
    return Join(is_done=False, courses=_courses(session, earlier.id), dropped=dropped)


def preview_join(session: Session, platform_id: int, *, old: str, new: str) -> Join:
    """What `join_deployments` would do; nothing of it stays."""
    with session.begin_nested() as point:
        join = join_deployments(session, platform_id, old=old, new=new)
        point.rollback()
    return join


def _deployment(session: Session, platform_id: int, deployment_id: str) -> Deployment | None:
    named = (Deployment.platform_id == platform_id, Deployment.deployment_id == deployment_id)
    return session.scalar(select(Deployment).where(*named))


def _require_replaced(session: Session, earlier: Deployment, later: Deployment) -> None:
    """Refuse two deployments that are in use beside each other, or that have no course in common."""
    opened = select(CourseLink.course_id).where(CourseLink.deployment_id == earlier.id)
    newest = session.scalar(select(func.max(Visit.created_at)).where(Visit.course_id.in_(opened)))
    if newest is not None and newest > later.created_at:
        raise RegistrationRefused(
            "the old deployment was still used after the new one was added: these are two installations"
        )
    contexts = [set(session.scalars(_contexts(each))) for each in (earlier.id, later.id)]
    if contexts[1] and not contexts[0] & contexts[1]:
        raise RegistrationRefused("the two deployments have no course in common: these are two installations")


def _contexts(deployment: int) -> Select[str]:
    return select(CourseLink.context_id).where(CourseLink.deployment_id == deployment)


def _take_over(session: Session, earlier: Deployment, later: Deployment) -> int:
    """Move what the later deployment has opened to the earlier one; how many empty courses were dropped for it."""
    theirs = {link.context_id: link for link in session.scalars(_links(earlier.id))}
    dropped = 0
    for link in session.scalars(_links(later.id)).all():
        kept = theirs.get(link.context_id)
        if kept is None:
            link.deployment_id = earlier.id
            continue
        if kept.course_id != link.course_id:
            _drop(session, link)
            dropped += 1
        kept.memberships_url = link.memberships_url or kept.memberships_url
        session.delete(link)
    session.flush()
    known = select(Placement.resource_link_id).where(Placement.deployment_id == earlier.id)
    rest = Placement.deployment_id == later.id
    if session.scalar(select(func.count()).where(rest, Placement.resource_link_id.in_(known))):
        raise RegistrationRefused("both deployments have opened the same link in different courses")
    session.execute(update(Placement).where(rest).values(deployment_id=earlier.id))
    session.execute(update(Course).where(Course.tenant_id == later.id).values(tenant_id=earlier.id))
    take_over_stream(session, earlier.id, later_id=later.id)
    return dropped


def _links(deployment: int) -> Select[CourseLink]:
    return select(CourseLink).where(CourseLink.deployment_id == deployment).order_by(CourseLink.id)


def _drop(session: Session, link: CourseLink) -> None:
    """Give up the course that the later deployment has opened for a context, if nothing was done in it."""
    title = session.scalars(select(Course.title).where(Course.id == link.course_id)).one()
    if session.scalar(select(_is_used(link.course_id))):
        raise RegistrationRefused(f"“{title}” (course {link.course_id}) was used in the new deployment too")
    session.execute(delete(Visit).where(Visit.course_id == link.course_id))
    # Their next launches find the placements of the old deployment, or make new ones in its course.
    opened = (Placement.deployment_id == link.deployment_id, Placement.course_id == link.course_id)
    session.execute(delete(Placement).where(*opened))


def _is_used(course_id: int) -> ColumnElement[bool]:
    """Whether anybody has done anything in a course besides opening it."""
    set_up = or_(Discussion.prepared_at.is_not(None), Discussion.post_count > 0)
    return or_(
        exists().where(Discussion.course_id == course_id, set_up),
        exists().where(Reading.course_id == course_id),
        exists().where(File.course_id == course_id),
    )


def _courses(session: Session, deployment: int) -> tuple[JoinedCourse, ...]:
    people = select(func.count()).where(Enrollment.course_id == Course.id, Enrollment.active).scalar_subquery()
    discussions = select(func.count()).where(Discussion.course_id == Course.id).scalar_subquery()
    opened = select(CourseLink.course_id).where(CourseLink.deployment_id == deployment)
    rows = session.execute(
        select(Course.id, Course.title, people, discussions).where(Course.id.in_(opened)).order_by(Course.id)
    )
    return tuple(JoinedCourse(*row) for row in rows)

"""A course and its placements as launches would have made them: for the demonstration and the benchmark."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.actions import create_course
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.lti.models import CourseLink, Deployment, Placement, Platform


def find_deployment(session: Session, *, issuer: str, client_id: str, deployment_id: str) -> int:
    """Our id of a registered deployment; raises NotFound."""
    found = session.scalar(
        select(Deployment.id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Platform.issuer == issuer, Platform.client_id == client_id, Deployment.deployment_id == deployment_id)
    )
    if found is None:
        raise NotFound("unknown_deployment")
    return found


def is_linked(session: Session, *, deployment: int, context_id: str) -> bool:
    """Whether the context has a course here already."""
    named = (CourseLink.deployment_id == deployment, CourseLink.context_id == context_id)
    return session.scalar(select(CourseLink.id).where(*named)) is not None


def link_course(
    session: Session, *, deployment: int, context_id: str, title: str, label: str, time_zone: str, now: datetime
) -> int:
    """A new course for an LTI context; returns its id."""
    about = {"title": title, "label": label, "time_zone": time_zone}
    course_id = create_course(session, **about, now=now, tenant_id=deployment)
    session.add(CourseLink(deployment_id=deployment, context_id=context_id, course_id=course_id))
    session.flush()
    return course_id


def link_placements(
    session: Session, *, deployment: int, course_id: int, titles: Mapping[str, str], now: datetime
) -> dict[str, int]:
    """Placements with a reserved discussion each; `titles` by resource link id. Returns discussion ids by the same."""
    discussions = {
        link_id: reserve_discussion(session, course_id=course_id, title=title, now=now)
        for link_id, title in titles.items()
    }
    session.add_all(
        Placement(
            deployment_id=deployment,
            resource_link_id=link_id,
            course_id=course_id,
            discussion_id=discussion_id,
            named="",
            title=titles[link_id],
        )
        for link_id, discussion_id in discussions.items()
    )
    session.flush()
    return discussions

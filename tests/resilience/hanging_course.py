"""A course of a platform that hangs, in which a grade is due and a class list is to be read."""

from sqlalchemy import select

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.lti.ags import OUR_SCOPES
from lti_app.lti.models import CourseLink, Deployment, Placement, Platform
from lti_app.lti.registrations import add_platform
from tests.grading.passbacks.passbacks import Class
from tests.resilience.hanging import Hanging


def add_course(database: Database, platform: Hanging, context: str = "c") -> int:
    """A course, which is the first of this platform, or another one; returns its id."""
    now, url = system_clock(), platform.url
    school = Class(database, students=1, issuer=url)
    with database.writing() as session:
        addresses = {f"auth_{name}_url": f"{url}/{name}" for name in ("login", "token")}
        about = {"jwks_url": f"{url}/jwks", "deployment_ids": ["1"], "now": now, **addresses}
        add_platform(session, issuer=url, client_id="client-1", **about)
        of_platform = select(Deployment.id).join(Platform, Platform.id == Deployment.platform_id)
        deployment_id = session.scalars(of_platform.where(Platform.issuer == url)).one()
        session.add_all(
            (
                CourseLink(
                    deployment_id=deployment_id,
                    context_id=context,
                    course_id=school.course_id,
                    memberships_url=f"{url}/memberships",
                ),
                Placement(
                    deployment_id=deployment_id,
                    resource_link_id=context,
                    course_id=school.course_id,
                    discussion_id=school.discussion_id,
                    lineitem_url=f"{url}/lineitems/1",
                    ags_scopes=sorted(OUR_SCOPES),
                ),
            )
        )
    school.release(school.students[0], 12, now)
    return school.course_id

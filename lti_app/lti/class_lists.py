"""What became of a course's class lists, for its staff."""

from urllib.parse import urlsplit

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id
from lti_app.core.key_value import KeyValueStore
from lti_app.core.statements import fetch_tuples
from lti_app.lti.models import CourseLink, Deployment, Platform
from lti_app.lti.roster import INCOMPLETE, RosterBell, guard_of
from lti_app.web.course.class_lists import ClassListFault

_FAULTS = (
    select(Platform.issuer, CourseLink.memberships_url, CourseLink.roster_error, CourseLink.roster_fetched_at)
    .join(Deployment, Deployment.id == CourseLink.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .where(
        CourseLink.course_id == bindparam("course_id", type_=Id),
        Platform.disabled_at.is_(None),
        or_(CourseLink.roster_error.is_not(None), CourseLink.memberships_url.is_(None)),
    )
    .order_by(CourseLink.id)
)


class LtiClassLists:
    """Implements `ClassLists` of the web for the rosters of LMSs."""

    def __init__(self, store: KeyValueStore, bell: RosterBell) -> None:
        self._store = store
        self._bell = bell

    def list_faults(self, session: Session, course_id: int) -> list[ClassListFault]:
        """The course's class lists that could not be read, or of which the LMS has sent no address."""
        rows = fetch_tuples(session, _FAULTS, {"course_id": course_id})
        return [
            ClassListFault(
                host=urlsplit(url or issuer).hostname or issuer,
                code=(error or "").removeprefix(INCOMPLETE) if url else "no_address",
                is_incomplete=bool(url) and (error or "").startswith(INCOMPLETE),
                read_at=read_at,
            )
            for issuer, url, error, read_at in rows
        ]

    def read_again(self, course_id: int) -> None:
        """Have the worker fetch the class lists now, although that was tried a short while ago."""
        self._store.take(guard_of(course_id))
        self._bell.ring_roster(course_id)

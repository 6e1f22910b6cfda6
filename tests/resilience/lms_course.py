"""The demonstration course of one platform, its grades and its class list, as the database has them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.course.courses.actions import open_visit
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.lti.models import CourseLink, Deployment, Platform
from tests.resilience.words import PassbackState, assess, passback_states, release_all


@dataclass(frozen=True)
class Course:
    """The demonstration course of one platform, and its most written discussion."""

    database: Database
    deployment_id: int
    course_id: int
    discussion_id: int

    def release(self, students: int) -> None:
        """Give so many students the best grade and release it."""
        now = system_clock()
        with self.database.writing() as session:
            people = select(Enrollment.person_id).where(Enrollment.course_id == self.course_id)
            (teacher,) = session.scalars(people.where(Enrollment.role == Role.INSTRUCTOR))
            about: dict[str, Any] = {"role": Role.INSTRUCTOR, "frame_origins": (), "now": now}
            token = open_visit(session, course_id=self.course_id, person_id=teacher, **about)
            actor = get_actor(session, course_id=self.course_id, token=token, now=now)
            assert actor is not None
            discussion = get_discussion(session, actor, self.discussion_id, now=now)
            marks = {each.id: CriterionMark(each.levels[0].id) for each in get_rubric(session, discussion).criteria}
            graded: dict[str, Any] = {"marks": marks, "comment": "", "version": 0, "now": now}
            for person_id in session.scalars(people.where(Enrollment.role == Role.STUDENT).limit(students)).all():
                assess(session, actor, discussion, person_id, **graded)
            release_all(session, actor, discussion, now=now)

    def states(self) -> set[PassbackState]:
        """Of the scores."""
        with self.database.read() as session:
            return {report.state for report in passback_states(session, self.discussion_id).values()}

    def class_list(self) -> CourseLink:
        """When it was read, and what went wrong."""
        with self.database.read() as session:
            return session.scalars(select(CourseLink).where(CourseLink.course_id == self.course_id)).one()


def course_of(database: Database, issuer: str) -> Course:
    """The demonstration course of this platform."""
    with database.read() as session:
        found = session.execute(
            select(CourseLink.deployment_id, CourseLink.course_id, Discussion.id)
            .join(Deployment, Deployment.id == CourseLink.deployment_id)
            .join(Platform, Platform.id == Deployment.platform_id)
            .join(Discussion, Discussion.course_id == CourseLink.course_id)
            .where(Platform.issuer == issuer)
            .order_by(Discussion.root_count.desc())
        ).first()
    assert found is not None
    return Course(database, *found)

"""Which courses' class lists are fetched when, and whom the list of which registration may rename."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_app.course.courses.actions import create_course, open_visit
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Role
from lti_app.course.people.models import Person
from lti_app.lti.models import CourseLink, Deployment, Platform
from lti_app.lti.roster import FRESH_FOR, courses_to_refresh
from tests.lti.services.fake_services import FakeResponse, member


def test_visited_courses_are_refreshed_by_time(database, placed, clock):
    def due() -> list[int]:
        with database.read() as session:
            return courses_to_refresh(session, clock())

    assert due() == []
    with database.writing() as session:
        open_visit(
            session,
            course_id=placed.course_id,
            person_id=placed.people[0],
            role=Role.STUDENT,
            frame_origins=[],
            now=clock(),
        )
    assert due() == [placed.course_id]
    clock.advance(timedelta(days=1))
    assert due() == []


def test_the_class_list_of_another_registration_renames_nobody(roster, placed, lms, database):
    """Two registrations of one issuer: whose list it is decides who is meant."""
    lms.members = [member(0, name="Ana Abel", email="ana@school.example")]
    roster.refresh(placed.course_id)
    with database.writing() as session:
        first = session.scalars(select(Platform)).one()
        told = {name: getattr(first, name) for name in ("issuer", "auth_login_url", "auth_token_url", "jwks_url")}
        second = Deployment(
            platform=Platform(client_id="client-2", created_at=placed.now, **told),
            deployment_id="1",
            created_at=placed.now,
        )
        session.add(second)
        session.flush()
        course_id = create_course(session, title="Other", label="O", time_zone="UTC", now=placed.now)
        url = lms.members_url
        session.add(CourseLink(deployment_id=second.id, context_id="2", course_id=course_id, memberships_url=url))
    lms.members = [member(0, name="Someone Else", email="else@other.example")]
    assert roster.refresh(course_id)
    with database.read() as session:
        named = select(Person.client_id, Person.name, Person.email, Enrollment.course_id)
        rows = session.execute(named.join(Enrollment, Enrollment.person_id == Person.id).order_by(Person.id)).all()
    assert [tuple(row) for row in rows] == [
        ("client-1", "Ana Abel", "ana@school.example", placed.course_id),
        ("client-2", "Someone Else", "else@other.example", course_id),
    ]


@pytest.mark.parametrize(
    "fault",
    [FakeResponse(503), FakeResponse(404), FakeResponse(429, "", {"Retry-After": "60"}), FakeResponse(200, "<html>")],
    ids=["503", "404", "429", "a page"],
)
def test_large_class_whose_list_breaks_off_in_the_middle_loses_nobody(roster, placed, lms, database, *, clock, fault):
    """Five pages, and the third fails: the 300 people who are not read keep their access."""
    lms.page_size, lms.members = 100, [member(number) for number in range(500)]
    assert roster.refresh(placed.course_id)
    clock.advance(FRESH_FOR)
    lms.before_page = {2: fault}
    assert not roster.refresh(placed.course_id)
    with database.read() as session:
        active = select(func.count()).where(Enrollment.course_id == placed.course_id, Enrollment.active)
        assert session.scalar(active) == 500
    lms.before_page = {}
    lms.members = lms.members[:499]
    clock.advance(FRESH_FOR)
    assert roster.refresh(placed.course_id)
    with database.read() as session:
        assert session.scalar(active) == 499

"""People whose names the LMS withholds: told apart by a number that stays theirs, wherever names are shown."""

import pytest
from sqlalchemy import select

from lti_app.course.courses.actions import enroll
from lti_app.course.courses.queries import list_students
from lti_app.course.courses.rules import Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.posts.queries.referred import offer_people
from tests.cast import CLIENT_ID, ISSUER, arrive
from tests.web.site import address


@pytest.fixture
def nameless(site, cast):
    """Two students and an assistant without names."""
    with site.database.writing() as session:
        roles = (Role.STUDENT, Role.STUDENT, Role.ASSISTANT)
        return [
            arrive(session, cast.course_id, " " * number, role, now=site.clock())
            for number, role in enumerate(roles, start=1)
        ]


def names(site, actor):
    with site.read() as session:
        return [student.name for student in list_students(session, actor)]


def test_wherever_names_are_shown(site, cast, discussion, nameless):
    one, two, assistant = nameless
    post = site.write(one, discussion, "Leaders cope with change, and the rest is management.")
    site.write(two, discussion)
    replies = [site.write(who, discussion, "Where do you see that? Tell me more.", to=post) for who in (two, assistant)]
    browser, home = site.browser(cast.ines), f"/courses/{cast.course_id}"
    for path in (
        address(discussion, "grading"),
        address(discussion, "grading", one.person_id),
        f"{home}/people/{one.person_id}/posts",
        address(discussion, "extensions"),
        address(discussion, "export"),
        address(discussion),
    ):
        shown = browser.get(path).text
        assert "Student 1" in shown, path
        assert "Name not available" not in shown, path
    assert [reply.author for reply in replies] == ["Student 2", "Assistant 1"]


def test_they_can_be_mentioned(site, cast, discussion, nameless):
    with site.read() as session:
        assert [name for _, name in offer_people(session, cast.ana, discussion, "stud")] == ["Student 1", "Student 2"]
    written = site.write(cast.ana, discussion, "I agree with @Student 2 on this.")
    assert f'data-id="{nameless[1].person_id}">@Student 2</span>' in written.html


def test_numbers_stay_when_others_come_go_or_get_a_name(site, cast, nameless):
    with site.database.writing() as session:
        arrive(session, cast.course_id, "   " * 3, Role.STUDENT, now=site.clock())
        first = session.scalars(select(Person.sub).where(Person.id == nameless[0].person_id)).one()
        record_person(session, Identity(ISSUER, CLIENT_ID, first), Names(name="Zoe Zimmer"), site.clock())
        for actor in nameless:
            enroll(session, course_id=cast.course_id, person_id=actor.person_id, role=actor.role, now=site.clock())
    assert names(site, cast.ines) == ["Student 2", "Student 3", "Ana Brandt", "Ben Carter", "Chi Nguyen", "Zoe Zimmer"]


def test_each_course_counts_its_own(site, cast, nameless):
    with site.database.writing() as session:
        there = cast.elsewhere.course_id
        enroll(session, course_id=there, person_id=nameless[1].person_id, role=Role.STUDENT, now=site.clock())
    assert names(site, cast.elsewhere) == ["Student 1", "Sam Stone"]


def test_a_new_role_brings_a_new_number(site, cast, nameless):
    with site.database.writing() as session:
        whom = {"course_id": cast.course_id, "person_id": nameless[0].person_id}
        enroll(session, **whom, role=Role.ASSISTANT, now=site.clock())
    with site.read() as session:
        offered = [name for _, name in offer_people(session, cast.ana, site.discussion(), "assist")]
    assert offered == ["Assistant 1", "Assistant 2"]

"""Two registrations of one issuer, as all schools of a cloud are: their people are not each other's."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from lti_app.course.courses.models import Enrollment
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.lti.models import CourseLink
from tests.lti.fake_lms import ABSENT, Browser, FakeLms


@pytest.fixture
def people(database):
    """Everybody, as (client id, sub, name, e-mail, language, number of courses), the first recorded first."""

    def people():
        with database.read() as session:
            rows = session.scalars(select(Person).order_by(Person.id)).all()
            courses = session.scalars(select(Enrollment.person_id)).all()
            return [(p.client_id, p.sub, p.name, p.email, p.locale, courses.count(p.id)) for p in rows]

    return people


@pytest.fixture
def second(app, visitor: Browser, register) -> Browser:
    """A browser at another registration of the same issuer."""
    return Browser(app, register(replace(visitor.lms, client_id="client-2", deployment_id="2")))


def reinstalled(lms: FakeLms) -> FakeLms:
    """The same registration with a new deployment."""
    return replace(lms, deployment_id="another")


def test_one_renames_nobody_of_the_other(visitor, second, people):
    visitor.launch(sub="7", name="Ana Abel", email="ana@school.example", locale="de")
    second.launch(sub="7", name="Someone Else", email="other@else.example", locale="en")
    ours = (visitor.lms.client_id, "7", "Ana Abel", "ana@school.example", "de", 1)
    theirs = ("client-2", "7", "Someone Else", "other@else.example", "en", 1)
    assert people() == [ours, theirs]
    second.launch(sub="7", name="Mallory", email=ABSENT, locale="fr")
    assert people() == [ours, ("client-2", "7", "Mallory", "other@else.example", "fr", 1)]
    visitor.launch(sub="7", name="Ana Baker", email=ABSENT)
    assert [name for _, _, name, *_ in people()] == ["Ana Baker", "Mallory"]


def test_one_that_withholds_names_is_told_none_by_the_other(visitor, second, people):
    visitor.launch(sub="7", name="Ana Abel", email="ana@school.example", locale="de")
    second.launch(sub="7", name=ABSENT, given_name=ABSENT, family_name=ABSENT, email=ABSENT, locale=ABSENT)
    assert people()[1][2] == ""
    assert people()[1][3] is None


def test_a_tool_that_was_installed_anew_finds_its_people(app, visitor, register, people):
    visitor.launch(sub="7", name="Ana Abel")
    anew = Browser(app, register(reinstalled(visitor.lms)))
    anew.launch(sub="7", name="Ana Abel", context={"id": "course-2", "title": "Other"})
    ((_, sub, name, *_, courses),) = people()
    assert (sub, name, courses) == ("7", "Ana Abel", 2)


def test_a_person_whom_the_release_before_has_recorded_is_claimed_by_their_course_alone(
    visitor, second, people, database
):
    visitor.launch(sub="7", name="Ana Abel")
    with database.writing() as session:
        session.scalars(select(Person)).one().client_id = ""
    second.launch(sub="7", name="Mallory")
    visitor.launch(sub="7", name="Ana Abel")
    assert [(client_id, name, courses) for client_id, _, name, _, _, courses in people()] == [
        (visitor.lms.client_id, "Ana Abel", 1),
        ("client-2", "Mallory", 1),
    ]


def test_a_review_opens_the_student_of_its_own_registration(visitor, second):
    role = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
    claim = "https://purl.imsglobal.org/spec/lti/claim/"
    second.launch(sub="7")
    for_user = {claim + "message_type": "LtiSubmissionReviewRequest", claim + "for_user": {"user_id": "7"}}
    answer = visitor.launch(sub="1", roles=[role], **for_user)
    assert "/review/" not in answer.headers["Location"]
    visitor.launch(sub="7")
    visitor.launch(sub="1", roles=[role], **for_user)
    assert "/review/" in visitor.launch(sub="1", roles=[role], **for_user).headers["Location"]


def test_the_same_context_and_link_are_another_course_and_discussion(visitor, second, database):
    first, other = (browser.launch(sub="7").headers["Location"] for browser in (visitor, second))
    assert first != other
    with database.read() as session:
        links = session.scalars(select(CourseLink).order_by(CourseLink.id)).all()
        discussions = session.scalars(select(Discussion).order_by(Discussion.id)).all()
    assert len({link.context_id for link in links}) == 1
    assert len({link.course_id for link in links}) == 2
    assert [each.course_id for each in discussions] == [link.course_id for link in links]
    assert visitor.client.get(other).status_code != 200

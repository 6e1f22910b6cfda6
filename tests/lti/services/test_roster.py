"""The class list: everybody on it is in the course; only a complete list puts anybody out."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_app.course.courses.actions import enroll, open_visit, record_launch
from lti_app.course.courses.models import Enrollment, Visit
from lti_app.course.courses.queries import member_name
from lti_app.course.courses.rules import Role
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names
from lti_app.lti.class_lists import LtiClassLists
from lti_app.lti.models import CourseLink, Deployment
from lti_app.lti.roster import FRESH_FOR
from tests.lti.services.fake_services import FakeResponse, member

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


@pytest.fixture
def enrolled(database, placed):
    def enrolled() -> dict[str, tuple[Role, bool]]:
        with database.read() as session:
            rows = session.execute(
                select(Person.sub, Enrollment.role, Enrollment.active)
                .join(Enrollment, Enrollment.person_id == Person.id)
                .where(Enrollment.course_id == placed.course_id)
            )
            return {sub: (role, active) for sub, role, active in rows}

    return enrolled


@pytest.fixture
def visiting(database, placed):
    """Enrols one of the people and opens a visit of theirs; answers the id of the course."""

    def visiting(number: int, role: Role, launched: Role | None = None) -> int:
        about = {"course_id": placed.course_id, "person_id": placed.people[number]}
        with database.writing() as session:
            enroll(session, **about, role=role, now=placed.now)
            open_visit(session, **about, role=launched or role, frame_origins=[], now=placed.now)
        return placed.course_id

    return visiting


@pytest.fixture
def link(database, placed):
    def link() -> CourseLink:
        with database.read() as session:
            return session.scalars(select(CourseLink)).one()

    return link


@pytest.fixture
def change_link(database):
    def change_link(**values):
        with database.writing() as session:
            session.execute(update(CourseLink).values(**values))

    return change_link


def test_everybody_on_all_pages_is_enrolled(roster, placed, lms, enrolled, link):
    lms.page_size = 2
    lms.members = [
        member(0),
        member(1, roles=[LEARNER]),
        member(2, roles=["Instructor"]),
        member(3, roles=["http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"]),
        {"user_id": "s4", "roles": ["Learner"]},
    ]
    assert roster.refresh(placed.course_id)
    assert enrolled() == {
        "s0": (Role.STUDENT, True),
        "s1": (Role.STUDENT, True),
        "s2": (Role.INSTRUCTOR, True),
        "s3": (Role.ASSISTANT, True),
        "s4": (Role.STUDENT, True),
    }
    assert (link().roster_fetched_at, link().roster_error) == (placed.now, None)


def test_names_come_from_the_roster(roster, placed, lms, database):
    lms.members = [member(0, name="Ana Abel", family_name="Abel", email="ana@school.example")]
    roster.refresh(placed.course_id)
    with database.read() as session:
        person = session.get_one(Person, placed.people[0])
    assert (person.name, person.sort_name, person.email) == ("Ana Abel", "abel, ana abel", "ana@school.example")


def test_student_who_has_left_is_no_longer_active(roster, placed, lms, enrolled, clock):
    lms.members = [member(0), member(1)]
    roster.refresh(placed.course_id)
    lms.members = [member(0), member(1, status="Deleted")]
    clock.advance(FRESH_FOR)
    roster.refresh(placed.course_id)
    assert enrolled() == {"s0": (Role.STUDENT, True), "s1": (Role.STUDENT, False)}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (FakeResponse(500), "server_error"),
        (FakeResponse(200, "<html>"), "bad_answer"),
        (FakeResponse(200, {"members": None}), "bad_answer"),
        (FakeResponse(404), "bad_answer"),
        pytest.param(FakeResponse(200, hangs=True), "timeout", marks=pytest.mark.hangs),
    ],
)
def test_roster_that_breaks_off_changes_nobody(roster, lms, link, fault, code):
    lms.page_size = 1
    lms.members = [member(0), member(1)]
    first_page = FakeResponse(200, {"members": [member(0)]}, {"Link": f'<{lms.members_url}?Bookmark=aB1>; rel="next"'})
    lms.instead["members"] += [first_page, fault]
    assert not roster.refresh(link().course_id)
    assert len(lms.asked["members"]) == 2
    assert (link().roster_fetched_at, link().roster_error) == (None, f"incomplete:{code}")


def test_people_of_a_broken_roster_are_not_enrolled(roster, placed, lms, enrolled):
    lms.instead["members"].append(FakeResponse(200, {"members": [member(0)]}, {"Link": f"<{lms.url}/x>; rel=next"}))
    roster.refresh(placed.course_id)
    assert enrolled() == {}


def test_launched_teacher_stays_a_teacher(roster, placed, lms, enrolled, database):
    """Moodle's roster calls a non-editing teacher a learner; its launches do not."""
    with database.writing() as session:
        enroll(session, course_id=placed.course_id, person_id=placed.people[0], role=Role.ASSISTANT, now=placed.now)
    lms.members = [member(0)]
    roster.refresh(placed.course_id)
    assert enrolled() == {"s0": (Role.ASSISTANT, True)}


def test_launched_teacher_stays_a_teacher_however_often_the_roster_comes(roster, lms, enrolled, visiting, clock):
    course_id = visiting(0, Role.INSTRUCTOR)
    lms.members = [member(0)]
    for _ in range(3):
        assert roster.refresh(course_id)
        clock.advance(FRESH_FOR)
    assert enrolled() == {"s0": (Role.INSTRUCTOR, True)}


@pytest.fixture
def moodle(lms, placed, change_link):
    """The class list has an address of Moodle's."""
    assert placed.course_id
    lms.always["mod/lti/services.php/CourseSection/2/bindings/1/memberships"] = FakeResponse(
        200, {"members": [member(0), member(1, roles=["Instructor"])]}
    )
    change_link(memberships_url=f"{lms.url}/mod/lti/services.php/CourseSection/2/bindings/1/memberships")
    return lms


@pytest.mark.usefixtures("moodle")
def test_moodles_non_editing_teacher_is_an_assistant(roster, placed, enrolled, visiting, *, database, clock):
    course_id = visiting(0, Role.INSTRUCTOR)
    visiting(1, Role.INSTRUCTOR)
    for _ in range(2):
        assert roster.refresh(course_id)
        assert enrolled() == {"s0": (Role.ASSISTANT, True), "s1": (Role.INSTRUCTOR, True)}
        clock.advance(FRESH_FOR)
    with database.writing() as session:
        who = {"course_id": course_id, "person_id": placed.people[0]}
        assert set(session.scalars(select(Visit.role).where(Visit.person_id == placed.people[0]))) == {Role.ASSISTANT}
        person = session.get_one(Person, placed.people[0])
        identity = Identity(person.issuer, person.client_id, person.sub)
        again = {"course_id": course_id, "identity": identity, "names": Names(), "now": placed.now}
        assert record_launch(session, **again, role=Role.INSTRUCTOR).role is Role.ASSISTANT
        enroll(session, **who, role=Role.INSTRUCTOR, now=placed.now)
    assert enrolled()["s0"] == (Role.ASSISTANT, True)


def test_who_becomes_an_editing_teacher_is_an_instructor(roster, moodle, enrolled, visiting, clock):
    course_id = visiting(0, Role.INSTRUCTOR)
    roster.refresh(course_id)
    (path,) = moodle.always
    moodle.always[path] = FakeResponse(200, {"members": [member(0, roles=["Instructor"])]})
    clock.advance(FRESH_FOR)
    roster.refresh(course_id)
    assert enrolled()["s0"] == (Role.INSTRUCTOR, True)


def test_who_was_a_teacher_once_is_a_student_by_roster_and_launch(roster, lms, enrolled, visiting):
    course_id = visiting(0, Role.INSTRUCTOR, launched=Role.STUDENT)
    lms.members = [member(0)]
    roster.refresh(course_id)
    assert enrolled() == {"s0": (Role.STUDENT, True)}


def test_who_left_the_roster_is_put_out_with_a_visit_open(roster, lms, enrolled, visiting, clock):
    course_id = visiting(0, Role.STUDENT)
    for number, role in ((1, Role.STUDENT), (2, Role.INSTRUCTOR)):
        visiting(number, role)
    lms.members = [member(0), member(1), member(2, roles=["Instructor"])]
    roster.refresh(course_id)
    lms.members = [member(0), member(1, status="Inactive")]
    clock.advance(FRESH_FOR)
    roster.refresh(course_id)
    assert {sub: active for sub, (_, active) in enrolled().items()} == {"s0": True, "s1": False, "s2": False}


def test_nobody_is_put_out_during_a_visit_nor_any_teacher(roster, placed, lms, enrolled, database):
    with database.writing() as session:
        visiting, teaching, gone, _ = placed.people
        for person_id, role in ((visiting, Role.STUDENT), (teaching, Role.INSTRUCTOR), (gone, Role.STUDENT)):
            enroll(session, course_id=placed.course_id, person_id=person_id, role=role, now=placed.now)
        open_visit(
            session,
            course_id=placed.course_id,
            person_id=visiting,
            role=Role.STUDENT,
            frame_origins=[],
            now=placed.now,
        )
    lms.members = [member(3)]
    roster.refresh(placed.course_id)
    assert {sub: active for sub, (_, active) in enrolled().items()} == {"s0": True, "s1": True, "s2": False, "s3": True}


def test_empty_roster_puts_nobody_out(roster, placed, lms, enrolled, clock):
    lms.members = [member(0)]
    roster.refresh(placed.course_id)
    lms.members = []
    clock.advance(FRESH_FOR)
    roster.refresh(placed.course_id)
    assert enrolled() == {"s0": (Role.STUDENT, True)}


def test_roster_is_fetched_at_most_every_ten_minutes(roster, placed, lms, clock):
    lms.members = [member(0)]
    assert roster.refresh(placed.course_id)
    clock.advance(FRESH_FOR - timedelta(seconds=1))
    assert not roster.refresh(placed.course_id)
    clock.advance(timedelta(seconds=1))
    assert roster.refresh(placed.course_id)
    assert len(lms.asked["members"]) == 2


def test_course_without_an_address_is_fetched_at_once_when_one_comes(roster, placed, lms, change_link, enrolled):
    """Content selection comes first: a Moodle that has no activity of ours yet tells no address."""
    url = lms.members_url
    change_link(memberships_url=None)
    lms.members = [member(0)]
    assert not roster.refresh(placed.course_id)
    change_link(memberships_url=url)
    assert roster.refresh(placed.course_id)
    assert enrolled() == {"s0": (Role.STUDENT, True)}


def test_new_address_is_tried_at_once_the_old_one_is_not(roster, placed, lms, change_link):
    assert roster.refresh(placed.course_id)
    assert not roster.refresh(placed.course_id)
    change_link(memberships_url=f"{lms.members_url}?type_id=2")
    assert roster.refresh(placed.course_id)
    assert not roster.refresh(placed.course_id)


@pytest.fixture
def second_source(database, placed, lms):
    """The same course in another installation, whose class list the LMS does not find."""
    with database.writing() as session:
        deployment = Deployment(platform_id=placed.platform_id, deployment_id="2", created_at=placed.now)
        session.add(deployment)
        session.flush()
        session.add(
            CourseLink(
                deployment_id=deployment.id,
                context_id="2",
                course_id=placed.course_id,
                memberships_url=f"{lms.url}/away",
            )
        )


@pytest.mark.usefixtures("second_source")
def test_one_list_that_fails_keeps_nobody_of_the_others_away(roster, lms, enrolled, visiting):
    lms.instead["away"].append(FakeResponse(404))
    course_id = visiting(3, Role.STUDENT)
    lms.members = [member(0), member(1)]
    assert not roster.refresh(course_id)
    everybody = ("s0", "s1", "s3")
    assert enrolled() == dict.fromkeys(everybody, (Role.STUDENT, True))


@pytest.fixture
def faults(database, placed, services):
    def faults():
        with database.read() as session:
            found = LtiClassLists(services.store, RosterBellOfTest()).list_faults(session, placed.course_id)
        return [(fault.host, fault.code, fault.is_incomplete) for fault in found]

    return faults


@pytest.mark.usefixtures("second_source")
def test_staff_are_told_of_each_list_that_failed(roster, placed, lms, faults, change_link):
    lms.members = [member(0)]
    lms.instead["away"].append(FakeResponse(404))
    roster.refresh(placed.course_id)
    assert faults() == [("127.0.0.1", "not_found", False)]
    change_link(roster_error="incomplete:timeout")
    assert faults() == [("127.0.0.1", "timeout", True)] * 2
    change_link(memberships_url=None)
    assert faults() == [("lms.example", "no_address", False)] * 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (FakeResponse(401), "unauthorized"),
        (FakeResponse(403), "no_scope"),
        (FakeResponse(404), "not_found"),
        (FakeResponse(418), "rejected"),
        (FakeResponse(429), "throttled"),
        pytest.param(FakeResponse(200, hangs=True), "timeout", marks=pytest.mark.hangs),
        (FakeResponse(200, '{"members": ['), "bad_answer"),
    ],
)
def test_every_reason_is_recorded(roster, lms, link, fault, code):
    lms.instead["members"] += [fault] * 2
    assert not roster.refresh(link().course_id)
    assert link().roster_error == code


class RosterBellOfTest:
    def __init__(self) -> None:
        self.rung: list[int] = []

    def ring_roster(self, course_id: int) -> None:
        self.rung.append(course_id)


def test_trying_again_waits_for_nothing(roster, placed, lms, services):
    lms.instead["members"].append(FakeResponse(404))
    bell = RosterBellOfTest()
    assert not roster.refresh(placed.course_id)
    LtiClassLists(services.store, bell).read_again(placed.course_id)
    assert bell.rung == [placed.course_id]
    assert roster.refresh(placed.course_id)


def test_people_without_names_are_told_apart(roster, placed, lms, database, clock):
    def shown() -> dict[str, str]:
        with database.read() as session:
            members = select(Person.sub, member_name()).join(Enrollment, Enrollment.person_id == Person.id)
            return {row[0]: row[1] for row in session.execute(members)}

    nameless = {"name": ""}
    lms.members = [member(0, **nameless), member(1, **nameless), member(2, roles=["Instructor"], **nameless)]
    roster.refresh(placed.course_id)
    assert shown() == {"s0": "Student 1", "s1": "Student 2", "s2": "Instructor 1"}
    lms.members = [member(3, **nameless), member(1, **nameless), member(2, roles=["Instructor"], name="Ines Navarro")]
    clock.advance(FRESH_FOR)
    roster.refresh(placed.course_id)
    assert shown() == {"s0": "Student 1", "s1": "Student 2", "s2": "Ines Navarro", "s3": "Student 3"}


def test_failed_fetch_may_be_tried_again_after_a_minute(roster, placed, lms, clock, link):
    lms.instead["members"].append(FakeResponse(500))
    lms.members = [member(0)]
    assert not roster.refresh(placed.course_id)
    clock.advance(timedelta(minutes=1))
    assert roster.refresh(placed.course_id)
    assert link().roster_error is None


def test_canvas_is_asked_for_large_pages(roster, placed, lms):
    placed.change_platform(issuer="https://canvas.instructure.com")
    roster.refresh(placed.course_id)
    assert lms.asked["members"][0].query == {"limit": "50"}

"""The class list: everybody on it is in the course; only a complete list puts anybody out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_app.course.courses.actions import enroll, open_visit
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Role
from lti_app.course.people.models import Person
from lti_app.lti.models import CourseLink
from lti_app.lti.roster import FRESH_FOR, LtiRoster, courses_to_refresh, members_of
from lti_app.lti.services import ServiceDelayed
from tests.lti.services.fake_services import FakeResponse

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


def member(number: int, **more: object) -> dict[str, object]:
    return {"user_id": f"s{number}", "status": "Active", "roles": ["Learner"], "name": f"Person {number}", **more}


@pytest.fixture
def roster(database, services) -> LtiRoster:
    return LtiRoster(database=database, services=services)


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
        (FakeResponse(404), "not_found"),
        (FakeResponse(200, hangs=True), "timeout"),
    ],
)
def test_roster_that_breaks_off_changes_nobody(roster, lms, link, fault, code):
    lms.page_size = 1
    lms.members = [member(0), member(1)]
    first_page = FakeResponse(200, {"members": [member(0)]}, {"Link": f'<{lms.members_url}?Bookmark=aB1>; rel="next"'})
    lms.instead["members"] += [first_page, fault]
    assert not roster.refresh(link().course_id)
    assert len(lms.asked["members"]) == 2
    assert (link().roster_fetched_at, link().roster_error) == (None, code)


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


def test_entries_that_name_nobody_are_passed_over():
    page = {
        "members": [
            None,
            {"roles": ["Learner"]},
            {"user_id": "", "roles": []},
            {"user_id": "a\x00b", "roles": []},
            {"user_id": "x" * 256, "roles": []},
            {"user_id": 7, "roles": None},
            {"user_id": "8", "roles": ["Learner", 5], "name": 5, "email": "e\x00@x"},
        ]
    }
    assert [(each.sub, each.role, each.names.email) for each in members_of(page)] == [
        ("7", Role.OBSERVER, None),
        ("8", Role.STUDENT, None),
    ]


@pytest.mark.parametrize("page", [None, [], {}, {"members": "x"}])
def test_what_is_no_container_is_refused(page):
    with pytest.raises(ServiceDelayed):
        members_of(page)

"""Courses: who is in them, as what, and for how long a visit lasts."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import func, select

from lti_app.core.errors import NotFound
from lti_app.course.courses.actions import (
    close_expired_visits,
    deactivate_others,
    enroll,
    open_visit,
    record_listed_roles,
    rename_course,
    renew_visit,
)
from lti_app.course.courses.models import Course, Enrollment, Visit
from lti_app.course.courses.queries import get_actor, get_student, list_students
from lti_app.course.courses.rules import IDLE_LIMIT, RENEW_AFTER, VISIT_LENGTH, Role
from lti_app.course.people.actions import record_time_zone
from tests.cast import FRAME, arrive


def role_of(session, cast, actor):
    return session.scalar(
        select(Enrollment.role).where(Enrollment.course_id == cast.course_id, Enrollment.person_id == actor.person_id)
    )


def visit(session, cast, actor, now, role=None):
    return open_visit(
        session,
        course_id=cast.course_id,
        person_id=actor.person_id,
        role=role or actor.role,
        frame_origins=FRAME,
        now=now,
    )


def test_enrolling_again_never_lessens_a_role(session, cast, clock):
    for earlier, later in product(Role, Role):
        somebody = arrive(session, cast.course_id, f"Kim {earlier} {later}", earlier, now=clock())
        enroll(session, course_id=cast.course_id, person_id=somebody.person_id, role=later, now=clock())
        assert role_of(session, cast, somebody) == max(earlier, later, key=lambda role: role.power)


def test_students_are_listed_by_family_name(session, cast, clock):
    arrive(session, cast.course_id, "Zoe Adams", Role.STUDENT, now=clock())
    assert [member.name for member in list_students(session, cast.ines)] == [
        "Zoe Adams",
        "Ana Brandt",
        "Ben Carter",
        "Chi Nguyen",
    ]
    assert len(list_students(session, cast.ines)) == 4
    assert get_student(session, cast.ines, cast.ana.person_id).name == "Ana Brandt"


def test_nobody_but_active_students_of_the_course_is_a_student(session, cast, clock):
    deactivate_others(session, cast.course_id, [cast.ana.person_id], clock.move(days=2))
    others = (cast.ines, cast.tariq, cast.olga, cast.stranger, cast.elsewhere, cast.ben)
    for person_id in (*(actor.person_id for actor in others), 0, -1, 10**30):
        with pytest.raises(NotFound):
            get_student(session, cast.ines, person_id)


def test_a_complete_roster_puts_out_students_whom_it_does_not_name(session, cast, clock):
    now = clock.move(days=2)  # the visits that brought the cast are over
    deactivate_others(session, cast.course_id, [cast.ana.person_id], now)
    assert [member.name for member in list_students(session, cast.ines)] == ["Ana Brandt"]
    assert list_students(session, cast.elsewhere) != []
    for staff in (cast.ines, cast.tariq, cast.olga):
        token = visit(session, cast, staff, now)
        assert get_actor(session, course_id=cast.course_id, token=token, now=now)


def test_nobody_is_put_out_during_a_visit(session, cast, clock):
    clock.move(days=2)
    visit(session, cast, cast.ben, clock())
    deactivate_others(session, cast.course_id, [], clock())
    assert [member.name for member in list_students(session, cast.ines)] == ["Ben Carter"]


def test_who_was_put_out_comes_back_by_launching(session, cast, clock):
    clock.move(days=2)
    deactivate_others(session, cast.course_id, [], clock())
    token = visit(session, cast, cast.ana, clock())
    assert get_actor(session, course_id=cast.course_id, token=token, now=clock()) is None
    enroll(session, course_id=cast.course_id, person_id=cast.ana.person_id, role=Role.STUDENT, now=clock())
    assert get_actor(session, course_id=cast.course_id, token=token, now=clock())


def test_whom_a_roster_named_before_is_put_out_during_a_visit(session, cast, clock):
    """Whatever their role; an administrator, and a test student, are in no roster and stay."""
    clock.move(days=2)
    people = (cast.ines, cast.tariq, cast.ana, cast.ben)
    tokens = {person: visit(session, cast, person, clock()) for person in people}
    record_listed_roles(
        session, cast.course_id, {cast.tariq.person_id: Role.ASSISTANT, cast.ana.person_id: Role.STUDENT}
    )
    deactivate_others(session, cast.course_id, [cast.chi.person_id], clock())

    def acting():
        found = (get_actor(session, course_id=cast.course_id, token=token, now=clock()) for token in tokens.values())
        return {actor.person_id for actor in found if actor}

    assert acting() == {cast.ines.person_id, cast.ben.person_id}
    enroll(session, course_id=cast.course_id, person_id=cast.ana.person_id, role=Role.STUDENT, now=clock())
    assert cast.ana.person_id not in acting()  # the old visit does not come back; a new launch opens another
    tokens[cast.ana] = visit(session, cast, cast.ana, clock())
    deactivate_others(session, cast.course_id, [cast.chi.person_id], clock())
    assert cast.ana.person_id in acting()  # the platform lets in whom its list does not name


def test_staff_who_left_and_come_back_as_students_are_students(session, cast, clock):
    record_listed_roles(session, cast.course_id, {cast.tariq.person_id: Role.ASSISTANT})
    deactivate_others(session, cast.course_id, [cast.ana.person_id], clock())
    enroll(session, course_id=cast.course_id, person_id=cast.tariq.person_id, role=Role.STUDENT, now=clock())
    assert role_of(session, cast, cast.tariq) is Role.STUDENT


def test_a_weaker_launch_leaves_no_older_visit_its_power(session, cast, clock):
    older = visit(session, cast, cast.ines, clock())
    elsewhere = visit(session, cast, cast.tariq, clock())
    visit(session, cast, cast.ines, clock.move(minutes=1), role=Role.STUDENT)
    newest = visit(session, cast, cast.ines, clock.move(minutes=1))
    roles = [
        get_actor(session, course_id=cast.course_id, token=token, now=clock()).role
        for token in (older, elsewhere, newest)
    ]
    assert roles == [Role.STUDENT, Role.ASSISTANT, Role.INSTRUCTOR]


def test_a_student_by_launch_and_roster_is_one_again_in_either_order(session, cast, clock):
    listed = {cast.tariq.person_id: Role.STUDENT, cast.ines.person_id: Role.STUDENT}
    visit(session, cast, cast.tariq, clock.move(minutes=1), role=Role.STUDENT)
    assert role_of(session, cast, cast.tariq) is Role.ASSISTANT  # a preview, for all one knows
    record_listed_roles(session, cast.course_id, listed)
    assert (role_of(session, cast, cast.tariq), role_of(session, cast, cast.ines)) == (Role.STUDENT, Role.INSTRUCTOR)
    visit(session, cast, cast.ines, clock.move(minutes=1), role=Role.STUDENT)
    assert role_of(session, cast, cast.ines) is Role.STUDENT
    assert "Ines Navarro" in {member.name for member in list_students(session, cast.ana)}
    enroll(session, course_id=cast.course_id, person_id=cast.ines.person_id, role=Role.INSTRUCTOR, now=clock())
    assert role_of(session, cast, cast.ines) is Role.INSTRUCTOR


def test_an_instructor_in_the_roster_stays_one_when_previewing(session, cast, clock):
    visit(session, cast, cast.ines, clock.move(minutes=1), role=Role.STUDENT)
    record_listed_roles(session, cast.course_id, {cast.ines.person_id: Role.INSTRUCTOR})
    visit(session, cast, cast.ines, clock.move(minutes=1), role=Role.STUDENT)
    assert role_of(session, cast, cast.ines) is Role.INSTRUCTOR


def test_a_visit_says_who_acts(session, cast, clock):
    token = visit(session, cast, cast.ana, clock())
    actor = get_actor(session, course_id=cast.course_id, token=token, now=clock())
    assert actor == cast.ana
    assert (actor.name, actor.course_title, actor.time_zone) == ("Ana Brandt", "Leading Change", "Europe/Berlin")
    assert (actor.frame_origins, actor.expires_at) == (FRAME, clock() + IDLE_LIMIT)
    record_time_zone(session, cast.ana.person_id, "America/Bogota")
    assert get_actor(session, course_id=cast.course_id, token=token, now=clock()).time_zone == "America/Bogota"


def test_a_visit_has_the_power_of_its_own_launch(session, cast, clock):
    token = visit(session, cast, cast.ines, clock(), role=Role.STUDENT)
    assert get_actor(session, course_id=cast.course_id, token=token, now=clock()).role is Role.STUDENT
    assert role_of(session, cast, cast.ines) is Role.INSTRUCTOR


def test_a_visit_is_of_one_course_and_ends(session, cast, clock):
    token = visit(session, cast, cast.ana, clock())
    assert get_actor(session, course_id=cast.elsewhere.course_id, token=token, now=clock()) is None
    assert get_actor(session, course_id=cast.course_id, token=token + "x", now=clock()) is None
    assert get_actor(session, course_id=cast.course_id, token="", now=clock()) is None
    end = clock() + IDLE_LIMIT
    assert get_actor(session, course_id=cast.course_id, token=token, now=end - timedelta(seconds=1))
    assert get_actor(session, course_id=cast.course_id, token=token, now=end) is None


def test_a_visit_lasts_longer_by_signs_of_life_until_the_day_is_over(session, cast, clock):
    begun, token = clock(), visit(session, cast, cast.ana, clock())

    def actor():
        return get_actor(session, course_id=cast.course_id, token=token, now=clock())

    clock.move(seconds=RENEW_AFTER.total_seconds() - 1)
    assert not actor().is_renewable
    for _ in range(4):
        clock.move(hours=2)
        assert actor().is_renewable
        renew_visit(session, token, clock())
        assert not actor().is_renewable
    assert actor().expires_at == begun + VISIT_LENGTH
    clock.move(hours=2)
    renew_visit(session, token, clock())
    assert actor() is None


def test_a_visit_that_is_over_is_not_renewed(session, cast, clock):
    token = visit(session, cast, cast.ana, clock())
    renew_visit(session, token, clock.move(hours=3))
    renew_visit(session, "unknown", clock())
    assert get_actor(session, course_id=cast.course_id, token=token, now=clock()) is None


def test_visits_that_are_over_are_forgotten(session, cast, clock):
    count = select(func.count()).select_from(Visit)
    before = session.scalar(count)
    close_expired_visits(session, clock.move(hours=2))
    assert session.scalar(count) == before
    token = visit(session, cast, cast.ana, clock())
    close_expired_visits(session, clock.move(hours=2))
    assert session.scalar(count) == 1
    assert get_actor(session, course_id=cast.course_id, token=token, now=clock())


def test_no_token_is_stored(session, cast, clock):
    token = visit(session, cast, cast.ana, clock())
    assert token not in session.scalars(select(Visit.token_hash)).all()
    assert visit(session, cast, cast.ana, clock()) != token


def test_a_course_follows_the_name_that_the_lms_gives(session, cast):
    rename_course(session, cast.course_id, title="Leading", label="")
    course = session.get_one(Course, cast.course_id)
    assert (course.title, course.label) == ("Leading", "LEAD 401")

"""Who does what in the load, and who they are."""

import pytest

from lti_app.course.courses.rules import hash_token
from tests.load import crowd
from tests.load.crowd import Crowd
from tests.load.mix import MIX, kind_of, shares, strays, works
from tests.load.site import pace_of
from tests.load.test_capacity import trial
from tests.web import plans

WANTED = {"launch": 50, "read": 600, "news": 200, "post": 80, "grade": 50, "moderate": 20}
CROWD = Crowd("http://here", "s", "c", 1, 3, [10, 11], 9, [4, 5], 6)


def test_the_mix_is_out_of_a_hundred():
    assert sum(MIX.values()) == 100


@pytest.mark.parametrize(("name", "kind"), [("read", "read"), ("launch: login", "launch"), ("post: its page", "post")])
def test_parts_belong_to_their_work(name, kind):
    assert kind_of(name) == kind


def test_a_work_is_counted_by_its_main_request():
    assert works({"post": 2, "post: its page": 9, "read": 1})["post"] == 2


def test_what_was_done_as_wanted_does_not_stray():
    assert strays(WANTED) == {}
    assert shares(WANTED)["read"] == 0.6


def test_a_work_that_took_over_is_named_with_those_that_it_displaced():
    assert strays({**WANTED, "read": 6_000}) == {"read": 0.9375, "news": 0.03125, "post": 0.0125}


def test_where_nothing_was_done_everything_is_missing():
    assert strays({}).keys() == {"read", "news", "post"}  # of the others little is wanted


def test_people_of_copies_are_where_the_copies_are():
    assert crowd.STEP == plans.STEP
    student, instructor = CROWD.student(1, 2), CROWD.instructor(3)
    assert (student.course_id, student.person_id, student.sub) == (2_000_001, 2_000_011, "student-1-2")
    assert (instructor.course_id, instructor.person_id, instructor.is_staff) == (3_000_001, 3_000_009, True)
    assert CROWD.discussion(1, 2) == 2_000_005


def test_the_first_course_has_the_names_that_it_was_written_with():
    assert CROWD.student(0).sub == "student-0"
    assert CROWD.student(0).token == "load-1-10"


def test_a_crowd_is_read_as_it_was_written(tmp_path):
    CROWD.write(tmp_path / "crowd.json")
    assert Crowd.read(tmp_path / "crowd.json") == CROWD


def test_those_who_take_their_time_do_half_of_what_was_possible():
    fast = trial(requests=2_000, per_second=100.0, done={"read": 600, "post": 200, "post: its page": 200})
    assert pace_of(fast, people=40) == pytest.approx(0.5 * 800 / 20 / 40)


def test_where_nothing_was_answered_nobody_does_anything():
    assert pace_of(trial(requests=0, per_second=0.0), people=40) == 0


def test_tokens_are_stored_as_the_application_stores_them(session):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("only PostgreSQL is put under load")
    seat = CROWD.student(1, 2)
    from sqlalchemy import text

    from tests.load.building import HASHED

    of_seat = f"SELECT {HASHED} FROM (SELECT {seat.course_id} AS course_id, {seat.person_id} AS person_id) AS seat"
    assert session.scalar(text(of_seat)) == hash_token(seat.token)

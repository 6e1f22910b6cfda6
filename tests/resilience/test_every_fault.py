"""An LMS that fails in every way, and kill -9: each grade is confirmed or explained, and the LMS has ours."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_app.core.db import Database
from lti_app.grading.passbacks.rules.wording import PROBLEMS, problem_with
from tests.resilience.failing_lms import FAULTS, FailingClass, mixed
from tests.resilience.words import GradebookStanding, PassbackState

STUDENTS = 500
FEW = 6


def check_told(school: FailingClass, released: dict[int, int]) -> None:
    """Each score is confirmed, and then the LMS shows ours, or its reason is told in words."""
    shown = school.shown()
    for person_id, report in school.reports().items():
        if report.standing is GradebookStanding.CONFIRMED:
            assert shown[person_id] == report.given == released[person_id]
        else:
            assert report.state is PassbackState.REFUSED or report.standing in (
                GradebookStanding.MISSING,
                GradebookStanding.UNREADABLE,
            )
            assert report.error_code in PROBLEMS or report.read_back.value in ("missing", "unreadable")
            assert problem_with(report) is not None or report.standing is GradebookStanding.UNREADABLE


def check_all_arrive(school: FailingClass, released: dict[int, int], chance: random.Random) -> None:
    """Once the LMS works again, what failed is sent again and read back: everything is there."""
    school.lms.faults = iter(())
    school.work_until_quiet(chance)
    school.resend_failures()
    school.send_over_lost()
    school.work_until_quiet(chance)
    assert school.shown() == released
    assert {report.standing for report in school.reports().values()} == {GradebookStanding.CONFIRMED}


def test_five_hundred_grades_and_every_fault(database: Database):
    chance = random.Random(500)
    school = FailingClass(database, STUDENTS, mixed(chance, 520, share=0.2))
    released = {person: chance.randrange(21) for person in school.school.students}
    school.school.release_all(released, school.clock(), "Well argued.")
    school.work_until_quiet(chance)
    assert school.lms.met >= {*FAULTS}
    assert school.kills
    check_told(school, released)
    check_all_arrive(school, released, chance)


@given(faults=st.lists(st.sampled_from(FAULTS), max_size=25), again=st.integers(0, FEW), seed=st.integers(0, 99))
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_run_of_faults(database: Database, faults: list[str], again: int, seed: int):
    """Some grades are released a second time, while the first may be anywhere."""
    chance = random.Random(seed)
    school = FailingClass(database, FEW, iter(faults))
    released = dict.fromkeys(school.school.students, 15)
    school.school.release_all(released, school.clock(), "Well argued.")
    school.work()
    second = dict.fromkeys(school.school.students[:again], 18)
    school.school.release_all(second, school.clock(), "On second thoughts.")
    released |= second
    school.work_until_quiet(chance)
    assert next(school.lms.faults, None) is None
    check_told(school, released)
    check_all_arrive(school, released, chance)

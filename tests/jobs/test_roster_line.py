"""Whose class list is fetched next: platforms that hang keep no other's class list waiting."""

import pytest

from lti_app.core.places import Places, Stay
from lti_app.jobs.roster_line import ROSTERS_AT_ONCE, RosterLine

SLOW = 2.0
GOOD_COURSE, GOOD_PLATFORM = 99, 99


class Clockwork:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Clockwork:
    return Clockwork()


@pytest.fixture
def line(watch: Clockwork) -> RosterLine:
    return RosterLine(Places(ROSTERS_AT_ONCE, SLOW, monotonic=watch))


def join(line: RosterLine, *courses: int, is_awaited: bool = True) -> None:
    """Each course has a platform of its own, of the same number."""
    for course_id in courses:
        line.join(course_id, {course_id}, is_awaited=is_awaited)


def begin(line: RosterLine) -> dict[int, Stay[int]]:
    """Everything that can begin now, by course."""
    begun = {}
    while turn := line.next():
        begun[turn[0]] = turn[1]
    return begun


def end(line: RosterLine, begun: dict[int, Stay[int]], *, hung: bool) -> None:
    for stay in begun.values():
        stay.has_hung = hung
        line.places.leave(stay)


def test_places_are_limited_however_many_courses_there_are(line: RosterLine):
    join(line, *range(50))
    assert list(begin(line)) == list(range(ROSTERS_AT_ONCE))
    assert line.next() is None


def test_course_waits_in_the_line_once(line: RosterLine):
    join(line, 1, 1, 2, 1)
    assert list(begin(line)) == [1, 2]


def test_a_healthy_platform_is_next_whatever_number_of_others_hang(line: RosterLine, watch: Clockwork):
    join(line, *range(50))
    while begun := begin(line):
        watch.seconds += SLOW + 0.1
        end(line, begun, hung=True)
    join(line, *range(50))
    begun = begin(line)
    assert len(begun) == ROSTERS_AT_ONCE // 2
    join(line, GOOD_COURSE)
    assert list(begin(line)) == [GOOD_COURSE]


def test_one_platform_that_hangs_leaves_room(line: RosterLine, watch: Clockwork):
    for course_id in range(50):
        line.join(course_id, {1}, is_awaited=True)
    begun = begin(line)
    watch.seconds += SLOW + 0.1
    stay_on = {course_id: stay for course_id, stay in begun.items() if stay.may_go_on()}
    assert len(stay_on) == ROSTERS_AT_ONCE // 2
    end(line, {course_id: stay for course_id, stay in begun.items() if course_id not in stay_on}, hung=True)
    assert not begin(line)
    join(line, GOOD_COURSE)
    assert list(begin(line)) == [GOOD_COURSE]


def test_those_who_wait_for_a_class_list_come_before_the_hourly_ones(line: RosterLine):
    join(line, *range(10), is_awaited=False)
    join(line, GOOD_COURSE)
    join(line, 5)
    assert list(begin(line))[:2] == [5, GOOD_COURSE]


def test_platform_that_hung_more_often_comes_later(line: RosterLine):
    for times in (2, 1):
        for _ in range(times):
            join(line, times)
            end(line, begin(line), hung=True)
    join(line, 2, 1, 0)
    assert list(begin(line)) == [0, 1, 2][: 1 + ROSTERS_AT_ONCE // 2]


def test_course_of_two_platforms_counts_for_each(line: RosterLine):
    line.join(1, {1, 2}, is_awaited=True)
    end(line, begin(line), hung=True)
    assert line.places.times_hung(1) == line.places.times_hung(2) == 1

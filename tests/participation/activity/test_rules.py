"""Pictures as numbers: days, hours, the network, citations, how replies are spread, and contact."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from lti_app.discussion.discussions.rules import Calendar
from lti_app.library.readings.rules import PassagePlace
from lti_app.participation.activity.rules.cited import cited_counts
from lti_app.participation.activity.rules.contact import Contact, answers_in, contact_lines
from lti_app.participation.activity.rules.facts import ActivityPost, Participant, PassageUse, ReadingPages
from lti_app.participation.activity.rules.network import network_of
from lti_app.participation.activity.rules.spread import spread_of
from lti_app.participation.activity.rules.timeline import DueKind, due_dates, heat_map_of, timeline_of
from tests.cast import MONDAY

BERLIN = ZoneInfo("Europe/Berlin")
STUDENTS = tuple(Participant(n, f"Student {n}", str(n), MONDAY - timedelta(days=50)) for n in range(1, 9))
STAFF = 90


def post(author, to=None, *, at=MONDAY, by_staff=False):
    """A post; a reply if it is to somebody."""
    return ActivityPost(
        id=1,
        discussion_id=7,
        address="1",
        author_id=author,
        by_staff=by_staff,
        is_reply=to is not None,
        answered_id=to,
        answers_staff=to == STAFF,
        at=at,
        is_private=False,
    )


def on(day, hour=12):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_days_are_those_of_the_course():
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # 00:30 on Tuesday in Berlin
    line = timeline_of([post(1, at=late), post(2, 1, at=late), post(STAFF, 1, at=late, by_staff=True)], [], BERLIN)
    (day,) = line.periods
    assert (day.begins, day.first_posts, day.replies, day.by_staff) == (date(2026, 3, 3), 1, 1, 1)
    assert not line.in_weeks


def test_due_dates_are_on_their_day_even_without_posts():
    end = datetime(2026, 3, 4, 22, 59, 59, tzinfo=UTC)  # 23:59 in Berlin
    line = timeline_of([post(1, at=on(2))], due_dates(7, "Week 1", Calendar(first_post_due=end)), BERLIN)
    assert [(each.begins.day, each.total, len(each.due)) for each in line.periods] == [(2, 1, 0), (4, 0, 1)]
    assert line.periods[1].due[0].kind is DueKind.FIRST_POST
    assert line.busiest is line.periods[0]


def test_a_long_course_is_shown_in_weeks():
    line = timeline_of([post(1, at=on(4)), post(1, at=on(4) + timedelta(days=200))], [], BERLIN)
    assert line.in_weeks
    assert all(each.begins.weekday() == 0 for each in line.periods)


def test_nothing_is_a_timeline_of_nothing():
    line = timeline_of([], [], BERLIN)
    assert (line.periods, line.busiest) == ((), None)
    assert heat_map_of([], BERLIN).busiest is None


def test_hours_over_the_change_of_clocks():
    """29 March 2026 has no hour from 2 to 3 in Berlin; 25 October 2026 has two of them."""
    spring = [datetime(2026, 3, 29, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    autumn = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert [heat_map_of([post(1, at=at) for at in spring], BERLIN).counts[6][hour] for hour in (1, 2, 3)] == [1, 0, 1]
    heat = heat_map_of([*(post(1, at=at) for at in autumn), post(STAFF, at=autumn[0], by_staff=True)], BERLIN)
    assert heat.counts[6][2] == 2
    assert heat.busiest == (6, 2)


def test_kinds_of_students_in_the_network():
    posts = [post(1, 2), post(2, 1), post(3, 4), *(post(5, n) for n in (1, 2, 3, 6)), post(7, 7), post(7, STAFF)]
    posts += [post(STAFF, 8, by_staff=True), post(99, 8)]
    network = network_of(STUDENTS, posts, BERLIN)
    assert "".join(each.kind.value for each in network.students) == "mmoohoii"
    assert (network.isolated, network.hubs, network.replies) == (2, 1, 7)
    assert network.density == Fraction(7, 56)
    assert network.reciprocity == pytest.approx(2 / 7)
    first = network.students[0]
    assert (first.sent, first.sent_to, first.received, first.received_from, first.mutual) == (1, 1, 2, 2, 1)


def test_the_network_at_an_earlier_day():
    posts = [post(1, 2, at=on(2)), post(2, 1, at=on(4)), post(1, 2, at=on(5))]
    network = network_of(STUDENTS[:3], posts, BERLIN, until=date(2026, 3, 3))
    assert ("".join(each.kind.value for each in network.students), network.replies) == ("ooi", 1)
    assert [(each.day.day, each.replies, each.kinds) for each in network.stops] == [
        (2, 1, "ooi"),
        (3, 1, "ooi"),
        (4, 2, "mmi"),
        (5, 3, "mmi"),
    ]
    assert [(link.source, link.target, link.days) for link in network.links] == [(0, 1, (0, 3)), (1, 0, (2,))]
    assert network_of(STUDENTS, posts, BERLIN, until=date(2020, 1, 1)).replies == 0
    assert network_of(STUDENTS, posts, BERLIN, until=date(2030, 1, 1)).until == date(2026, 3, 5)


def test_a_long_network_has_few_stops_and_the_last_day():
    posts = [post(1, 2, at=MONDAY + timedelta(days=day)) for day in range(100)]
    stops = network_of(STUDENTS, posts, BERLIN).stops
    assert len(stops) <= 25
    assert stops[-1].replies == 100


@pytest.mark.parametrize("students", [(), STUDENTS[:1], STUDENTS])
def test_a_network_of_nothing(students):
    network = network_of(students, [post(1)], BERLIN)
    assert (network.begins, network.until, network.stops, network.links) == (None, None, (), ())
    assert (network.density, network.reciprocity, network.isolated) == (0, 0, len(students))


def test_citations_most_first_and_uncited_readings_too():
    readings = [ReadingPages(7, n, label, required=True, pages="") for n, label in ((5, "Kotter"), (6, "Zaleznik"))]
    readings.append(ReadingPages(8, 5, "Kotter", required=True, pages=""))
    uses = [PassageUse(7, 5, 1, PassagePlace(page="104"), 2), PassageUse(8, 5, 1, PassagePlace(page="104"), 3)]
    uses += [PassageUse(7, 5, 2, PassagePlace(page="9"), 5), PassageUse(7, 99, 3, PassagePlace(page="1"), 9)]
    counts = cited_counts(readings, uses)
    assert [(each.label, each.citations, each.passages) for each in counts.readings] == [
        ("Kotter", 10, 2),
        ("Zaleznik", 0, 0),
    ]
    assert [(each.place.page, each.citations, each.discussion_id) for each in counts.passages] == [
        ("9", 5, 7),
        ("104", 5, 8),
    ]


def test_how_replies_are_spread():
    posts = [post(1, 2), post(1, 2), post(3, 2), post(2, 3), post(4, 4), post(STAFF, 5, by_staff=True)]
    spread = spread_of(STUDENTS, posts)
    assert (spread.replies, spread.top_students, spread.answered_by_staff_alone) == (4, 1, 1)
    assert [(each.received, each.written) for each in spread.steps] == [(6, 5), (1, 3), (1, 0), (0, 0), (0, 0)]
    assert (spread.top_received, spread.top_written) == (Fraction(3, 4), Fraction(2, 4))
    assert spread_of((), posts).top_received == 0


def test_contact_by_the_viewer_and_by_others():
    posts = [post(STAFF, 1, at=on(1), by_staff=True), post(91, 2, at=on(2), by_staff=True), post(1, 2, at=on(3))]
    posts += [post(STAFF, STAFF, at=on(9), by_staff=True), post(STAFF, 1, at=on(4), by_staff=True)]
    grades = [Contact(2, STAFF, on(5)), Contact(1, 91, on(6))]
    lines = contact_lines(STUDENTS[:3], STAFF, answers=answers_in(posts), grades=grades)
    assert [line.student.person_id for line in lines] == [3, 1, 2]
    by = {line.student.person_id: line for line in lines}
    assert (by[1].answered_at, by[1].graded_at, by[1].others_at) == (on(4), None, on(6))
    assert (by[2].answered_at, by[2].graded_at, by[2].others_at) == (None, on(5), on(2))
    assert by[1].is_due(3, on(4) + timedelta(weeks=3))
    assert not by[1].is_due(3, on(4) + timedelta(weeks=3, seconds=-1))
    assert by[3].is_due(3, MONDAY)  # joined 50 days ago, and never answered

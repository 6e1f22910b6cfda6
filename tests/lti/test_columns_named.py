"""Which gradebook columns launches name, and whose scores these get."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from lti_app.course.people.models import Person
from lti_app.grading.passbacks.actions.queueing import queue_passback
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.rules.states import PassbackState
from lti_app.lti.models import Placement
from lti_app.lti.placing import continue_original
from tests.lti.fake_lms import AGS
from tests.lti.open_course import INSTRUCTOR, OpenCourse, follow, press
from tests.statements import count_statements

ITEMS = "https://lms.example/items"
TOLD = "2 activities on the course page open this discussion."


def column(name: str | None) -> dict[str, Any]:
    """What a launch says of the gradebook."""
    return {AGS: {"lineitems": ITEMS, "scope": [], **({"lineitem": f"{ITEMS}/{name}"} if name else {})}}


def accept_score(course: OpenCourse, discussion_id: int) -> None:
    """The LMS has accepted a score of the student."""
    student = course.actor()
    with course.database.writing() as session:
        about: dict[str, Any] = {"given": Decimal(12), "possible": Decimal(20), "comment": "", "submitted_at": None}
        where = {"course_id": student.course_id, "discussion_id": discussion_id, "person_id": student.person_id}
        queue_passback(session, **where, **about, now=course.clock())
        sent = {"state": PassbackState.SENT, "sent_version": 1, "sent_at": course.clock()}
        session.execute(update(Passback).values(sent_given=12, sent_possible=20, **sent))


def is_due(course: OpenCourse) -> bool:
    """Whether the score waits to be sent again."""
    with course.database.read() as session:
        return session.scalars(select(Passback.state)).one() is PassbackState.PENDING


@pytest.mark.parametrize("named", ["b", None])
def test_link_that_opens_another_discussion_now_brings_it_a_column(course: OpenCourse, named: str | None):
    """Everybody's score goes there, also where the launch leaves it to us to find the column."""
    first = course.opened("a", **column("a"))
    course.opened("b", **column("b"))
    accept_score(course, first)
    assert course.opened("b", first, **column(named)) == first
    assert is_due(course)


def test_column_that_is_named_for_the_first_time_gets_everybody(course: OpenCourse):
    """Grading was turned on after grades had been released, or a second link opens a discussion that has scores."""
    first = course.opened("a", **column(None))
    accept_score(course, first)
    course.open("a", **column(None))
    assert not is_due(course)
    course.open("a", **column("new"))
    assert is_due(course)


def test_column_that_is_named_again_gets_nothing_new(course: OpenCourse):
    first = course.opened("a", **column("a"))
    accept_score(course, first)
    for told in (column("a"), column(None), {}):
        course.open("a", **told)
        assert not is_due(course)


def test_original_activity_that_is_still_there_gets_what_it_has_missed(course: OpenCourse, chosen: str):
    """The copy's activity was made to open the original discussion, as if the original activity had been deleted."""
    original = course.opened("a", chosen, **column("a"))
    instructor = course.set_up(original)
    copy = course.opened("b", chosen, **column("b"))
    with course.database.writing() as session:
        continue_original(session, instructor, copy, now=course.clock())
    accept_score(course, original)
    course.open("b", chosen, **column("b"))
    assert not is_due(course)
    course.open("a", chosen, **column("a"))
    assert is_due(course)
    urls = {placement.resource_link_id: placement.lineitem_url for placement in course.rows(Placement)}
    assert (urls["a"], urls["b"]) == (f"{ITEMS}/a", f"{ITEMS}/b")


def test_two_activities_of_one_discussion_are_told_on_its_pages(course: OpenCourse):
    first = course.opened("a")
    course.set_up(first)
    course.opened("b")
    student = course.actor().person_id
    opened = course.open("a", **INSTRUCTOR)
    pages = [opened.headers["Location"] + more for more in ("", "/settings", "/grading", f"/grading/{student}")]
    assert not any(TOLD in course.visitor.client.get(page).text for page in pages)
    course.open("b", first, **INSTRUCTOR)
    assert [TOLD in course.visitor.client.get(page).text for page in pages] == [True] * 4
    course.open("b", first)
    assert TOLD not in course.visitor.client.get(pages[0]).text


def test_instructors_launch_writes_no_course_that_has_all_it_says(course: OpenCourse):
    """The row of the course would be locked until the launch is over."""
    course.open("a", **INSTRUCTOR)
    with course.database.writing() as session:
        session.execute(update(Person).values(time_zone="Europe/Berlin"))
    course.open("a", **INSTRUCTOR)
    with count_statements(course.database.engine) as statements:
        course.open("a", **INSTRUCTOR)
    assert not [each for each in statements if each.startswith("UPDATE course")]


def test_duplicated_activity_is_told_on_the_pages_of_both(course: OpenCourse, chosen: str):
    original = course.opened("a", chosen, title="On Kotter")
    course.set_up(original, title="On Kotter")
    copy = course.opened("b", chosen, title="On Kotter (copy)")
    page = follow(course, course.open("a", chosen, **INSTRUCTOR))
    assert "was duplicated on the course page. The copy opens" in page
    assert f'/discussions/{copy}"' in page
    base = f"/courses/{course.row(copy).course_id}/discussions"
    assert "The copy opens" in course.visitor.client.get(f"{base}/{original}/grading").text
    assert f'{base}/{original}/grading"' in course.visitor.client.get(f"{base}/{copy}/grading").text
    course.set_up(copy)
    opened = course.open("a", chosen, **INSTRUCTOR)
    assert "The copy opens" not in follow(course, opened), "the instructor knows by now"
    assert "The copy opens" in course.visitor.client.get(f"{base}/{original}/grading").text


def test_copy_that_is_given_up_is_told_no_more(course: OpenCourse, chosen: str):
    original = course.opened("a", chosen)
    course.set_up(original)
    press(course, course.open("b", chosen, **INSTRUCTOR), "continue-original")
    page = follow(course, course.open("a", chosen, **INSTRUCTOR))
    assert "The copy opens" not in page
    assert TOLD in page

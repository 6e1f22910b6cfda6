"""What becomes of a discussion when its link is renamed, and when the instructor removes it."""

import pytest
from sqlalchemy import update

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.actions.remove import remove_discussion
from lti_app.discussion.discussions.models import DiscussionReading
from lti_app.discussion.discussions.queries.course import list_required
from tests.lti.open_course import INSTRUCTOR, OpenCourse, follow, press


class TestTitle:
    def test_follows_the_activity(self, course: OpenCourse):
        found = course.opened("a", title="Week 3")
        course.open("a", title="Week 4")
        assert course.row(found).title == "Week 4"
        course.open("a", title="")
        assert course.row(found).title == "Week 4"

    def test_that_the_instructor_has_chosen_stays(self, course: OpenCourse):
        found = course.opened("a", title="Week 3")
        course.set_up(found, title="On Kotter")
        course.open("a", title="Week 4")
        assert course.row(found).title == "On Kotter"


class TestRemoved:
    def test_by_the_instructor(self, course: OpenCourse, chosen: str):
        found = course.opened("a", chosen)
        answer = press(course, course.open("a", chosen, **INSTRUCTOR), "remove")
        home = follow(course, answer)
        assert "removed" in home
        assert f"/discussions/{found}" not in home
        assert course.visitor.client.get(f"/courses/1/discussions/{found}").status_code == 404

    def test_and_opened_again_begins_anew(self, course: OpenCourse, chosen: str, clock):
        found, instructor = course.opened("a", chosen), course.actor(**INSTRUCTOR)
        with course.database.writing() as session:
            remove_discussion(session, instructor, found, now=clock())
        again = course.opened("a", chosen)
        assert again != found
        assert (str(course.row(again).points), course.opened("a", chosen)) == ("12.50", again)

    def test_not_when_it_is_set_up(self, course: OpenCourse):
        found = course.opened("a")
        course.set_up(found)
        answer = press(course, course.open("a", **INSTRUCTOR), "remove", page=found)
        assert "can’t be removed" in follow(course, answer)
        assert course.row(found).removed_at is None

    def test_not_by_others_or_twice(self, course: OpenCourse, clock):
        found, student, instructor = course.opened("a"), course.actor(), course.actor(**INSTRUCTOR)
        with course.database.writing() as session, pytest.raises(Forbidden):
            remove_discussion(session, student, found, now=clock())
        with course.database.writing() as session:
            remove_discussion(session, instructor, found, now=clock())
        with course.database.writing() as session, pytest.raises(NotFound):
            remove_discussion(session, instructor, found, now=clock())

    def test_copy_leaves_no_reading_behind(self, course: OpenCourse, chosen: str, clock):
        original = course.opened("a", chosen)
        instructor = course.set_up(original)
        copy = course.opened("b", chosen)
        with course.database.writing() as session:
            session.execute(update(DiscussionReading).values(required=DiscussionReading.discussion_id == copy))
            assert list_required(session, instructor)
            remove_discussion(session, instructor, copy, now=clock())
            assert list_required(session, instructor) == []

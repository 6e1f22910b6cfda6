"""Which discussion a link opens: duplicated activities, content chosen again, links made anew, renamed and removed."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import update

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.models import Course
from lti_app.discussion.discussions.errors import NotRemovable
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.course import list_discussions
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.lti.models import PartColumn, Placement
from lti_app.lti.placing import continue_original, new_selection
from tests.lti.fake_lms import AGS, CLAIM, Browser
from tests.lti.open_course import INSTRUCTOR, OpenCourse, follow, press


class TestChoice:
    def test_becomes_a_discussion_when_its_link_is_opened(self, course: OpenCourse, chosen: str):
        found = course.row(course.opened("a", chosen, title="Week 3, renamed"))
        assert (found.title, str(found.points), found.prepared_at) == ("Week 3, renamed", "12.50", None)
        assert course.opened("a", chosen) == found.id

    @pytest.mark.parametrize(
        "told",
        [
            "x" * 22,
            "x" * 22 + ".",
            "x" * 21 + ".100",
            "x" * 22 + ".1000000",
            "x" * 22 + ".-5",
            "x" * 22 + ".٣",
            "é" * 22 + ".100",
            "$ResourceLink.id",
            "9" * 30,
            ["7"],
            {"id": 7},
            True,
            None,
            1.5,
        ],
        ids=repr,
    )
    def test_that_makes_no_sense_is_none(self, told: object, course: OpenCourse):
        found = course.row(course.opened("a", told))
        assert (found.selection, str(found.points)) == (None, "20.00")

    @pytest.mark.parametrize("cents", ["0", "000000", "100001"])
    def test_with_impossible_points_has_the_usual_ones(self, cents: str, course: OpenCourse):
        assert str(course.row(course.opened("a", "x" * 22 + "." + cents)).points) == "20.00"

    @pytest.mark.parametrize("custom", [None, [], "x", 5], ids=repr)
    def test_without_custom_parameters(self, custom: object, course: OpenCourse, visitor: Browser):
        assert visitor.launch(**{CLAIM + "custom": custom}).status_code == 303

    def test_of_a_number_is_the_discussion_of_an_earlier_release(self, course: OpenCourse):
        first = course.opened("a")
        assert course.opened("b", first) != first, "another link opens it"
        assert course.row(course.opened("b", first)).copied_from_id == first

    def test_is_found_by_twenty_first_launches_at_once(
        self, course: OpenCourse, chosen: str, app: Flask, visitor: Browser
    ):
        others = [OpenCourse(app, Browser(app, visitor.lms), course.database, course.clock) for _ in range(8)]
        with ThreadPoolExecutor(8) as threads:
            opened = set(threads.map(lambda one: one.opened("a", chosen), others))
        assert len(opened) == len(course.rows(Discussion)) == 1


class TestDuplicatedActivity:
    def test_has_a_discussion_of_its_own(self, course: OpenCourse, chosen: str):
        original = course.opened("a", chosen)
        instructor = course.set_up(original, post_first=False)
        course.post(original)
        copy = course.opened("b", chosen, title="Week 3 (copy)")
        assert course.opened("b", chosen, title="Week 3 (copy)") == copy != original
        assert course.opened("a", chosen) == original
        with course.database.read() as session:
            views = [get_discussion(session, instructor, each, now=course.clock()) for each in (original, copy)]
            rubrics = [get_rubric(session, view) for view in views]
        first, second = views
        assert (second.title, second.post_count, second.root_count) == ("Week 3 (copy)", 0, 0)
        for name in ("prompt", "prompt_html", "points", "calendar", "requirements", "post_first", "readings", "stance"):
            assert getattr(second, name) == getattr(first, name), name
        assert second.readings
        assert [c.title for c in rubrics[0].criteria] == [c.title for c in rubrics[1].criteria] != []
        levels = [
            [[(level.points, level.name, level.description) for level in c.levels] for c in each.criteria]
            for each in rubrics
        ]
        assert levels[0] == levels[1]
        assert not {c.id for c in rubrics[0].criteria} & {c.id for c in rubrics[1].criteria}

    def test_is_not_shown_to_students_before_it_is_saved(self, course: OpenCourse, chosen: str):
        original = course.opened("a", chosen)
        instructor = course.set_up(original)
        copy = course.opened("b", chosen)
        student = course.actor()
        with course.database.read() as session:
            assert [line.id for line in list_discussions(session, student, course.clock())] == [original]
            lines = list_discussions(session, instructor, course.clock())
        assert {line.id for line in lines} == {original, copy}
        page = course.visitor.client.get(f"/courses/{student.course_id}/discussions/{copy}")
        assert "Not open yet" in page.text

    def test_tells_the_instructor(self, course: OpenCourse, chosen: str):
        original = course.opened("a", chosen, title="On Kotter")
        course.set_up(original, title="On <Kotter>")
        page = follow(course, course.open("b", chosen, **INSTRUCTOR))
        assert "This is a copy of" in page
        assert "On &lt;Kotter&gt;" in page
        assert f'/discussions/{original}"' in page

    def test_keeps_the_columns_apart(self, course: OpenCourse, chosen: str):
        urls = {link: f"https://lms.example/items/{link}" for link in ("a", "b")}
        for link, url in urls.items():
            course.open(link, chosen, **{AGS: {"lineitem": url, "lineitems": "https://lms.example/items", "scope": []}})
        placements = course.rows(Placement)
        assert len({placement.discussion_id for placement in placements}) == 2
        assert {placement.resource_link_id: placement.lineitem_url for placement in placements} == urls

    def test_of_one_that_is_not_set_up_is_new_too(self, course: OpenCourse, chosen: str):
        original, copy = course.opened("a", chosen), course.opened("b", chosen)
        assert original != copy
        assert len(course.rows(Discussion)) == 2

    def test_twice_at_once(self, course: OpenCourse, chosen: str, app: Flask, visitor: Browser):
        """Two copies that are opened before the original: one of them takes the choice, and each has its own."""
        others = [OpenCourse(app, Browser(app, visitor.lms), course.database, course.clock) for _ in range(6)]
        links = ["a", "b", "c"] * 2
        with ThreadPoolExecutor(6) as threads:
            opened = list(threads.map(lambda one, link: one.opened(link, chosen), others, links))
        assert len(set(opened)) == len(course.rows(Discussion)) == 3
        assert opened[:3] == opened[3:]

    def test_in_a_copied_course_never_opens_the_other_course(self, course: OpenCourse, chosen: str):
        original = course.opened("a", chosen)
        course.set_up(original)
        elsewhere = {"context": {"id": "course-2", "title": "Spring"}}
        for told in (chosen, original):
            found = course.row(course.opened(f"link-{told}", told, **elsewhere))
            assert (found.copied_from_id, found.prompt, found.prepared_at) == (None, "", None)
            assert found.course_id != course.row(original).course_id
        assert course.opened(f"link-{chosen}", chosen, **elsewhere) != original
        points = [str(row.points) for row in course.rows(Discussion) if row.course_id == found.course_id]
        assert points == ["12.50", "20.00"]


class TestContinuedOriginal:
    """The first activity was deleted and restored, which gives it another id."""

    def test_is_opened_by_the_new_link(self, course: OpenCourse, chosen: str, clock):
        original = course.opened("a", chosen)
        instructor = course.set_up(original)
        course.post(original)
        copy = course.opened("b", chosen)
        with course.database.writing() as session:
            assert continue_original(session, instructor, copy, now=clock()) == original
        assert course.opened("b", chosen) == original == course.opened("a", chosen)
        with course.database.read() as session, pytest.raises(NotFound):
            get_discussion(session, instructor, copy, now=clock())

    def test_by_the_button_on_the_page(self, course: OpenCourse, chosen: str):
        original = course.opened("a", chosen)
        course.set_up(original)
        opened = course.open("b", chosen, **INSTRUCTOR)
        answer = press(course, opened, "continue-original")
        assert answer.headers["Location"].endswith(f"/discussions/{original}")
        assert "The copy was removed" in follow(course, answer)

    def test_is_not_for_a_copy_that_the_class_uses(self, course: OpenCourse, chosen: str, clock):
        original = course.opened("a", chosen)
        course.set_up(original)
        copy = course.opened("b", chosen)
        instructor = course.set_up(copy)
        course.post(copy)
        with course.database.writing() as session, pytest.raises(NotRemovable):
            continue_original(session, instructor, copy, now=clock())
        answer = press(course, course.open("b", chosen, **INSTRUCTOR), "continue-original", page=copy)
        assert "can’t be removed" in follow(course, answer)
        assert course.opened("b", chosen) == copy

    def test_is_not_for_others(self, course: OpenCourse, chosen: str, clock):
        course.set_up(course.opened("a", chosen))
        copy, student = course.opened("b", chosen), course.actor()
        with course.database.writing() as session, pytest.raises(Forbidden):
            continue_original(session, student, copy, now=clock())
        with course.database.writing() as session, pytest.raises(NotFound):
            continue_original(session, course.actor(**INSTRUCTOR), course.opened("c"), now=clock())


class TestContentChosenAgain:
    def test_the_newest_choice_wins(self, course: OpenCourse, chosen: str):
        first = course.opened("a", chosen)
        second = course.opened("a", new_selection(Decimal(5)))
        assert second != first
        assert (str(course.row(second).points), course.row(first).replaced_by_id) == ("5.00", second)

    def test_the_earlier_discussion_stays_and_the_instructor_is_told(self, course: OpenCourse, chosen: str):
        first = course.opened("a", chosen)
        course.set_up(first, title="On Kotter")
        course.post(first)
        again = new_selection(Decimal(5))
        page = follow(course, course.open("a", again, **INSTRUCTOR))
        assert "Other content was chosen for this activity" in page
        assert "It has 1 post." in page
        home = f"/courses/{course.rows(Course)[0].id}"
        assert "not opened by any activity" in course.visitor.client.get(home).text
        assert "now opens" in course.visitor.client.get(f"{home}/discussions/{first}").text
        course.open("a", again)
        told_to_students = course.visitor.client.get(f"{home}/discussions/{first}").text
        assert "now opens" not in told_to_students
        assert "not opened by any activity" not in course.visitor.client.get(home).text

    def test_and_back_again(self, course: OpenCourse, chosen: str):
        first, again = course.opened("a", chosen), new_selection(Decimal(5))
        second = course.opened("a", again)
        assert course.opened("a", chosen) == first
        assert (course.row(first).replaced_by_id, course.row(second).replaced_by_id) == (None, first)

    def test_an_existing_discussion_of_the_course(self, course: OpenCourse):
        first, second = course.opened("a"), course.opened("b")
        assert course.opened("a", second) == second == course.opened("b")
        assert course.row(first).replaced_by_id == second

    @pytest.mark.parametrize(
        "told", ["elsewhere", "0", "999999", "-1", "1.0", "$Discussion", "", None, ["1"]], ids=repr
    )
    def test_what_is_none_of_the_course_changes_nothing(self, told: object, course: OpenCourse, chosen: str):
        first = course.opened("a", chosen)
        other = course.opened("x", context={"id": "course-2", "title": "Other"})
        assert course.opened("a", other if told == "elsewhere" else told) == first

    def test_the_column_of_the_earlier_choice_is_not_used(self, course: OpenCourse, chosen: str):
        grades = {"lineitems": "https://lms.example/items", "scope": []}
        course.open("a", chosen, **{AGS: {**grades, "lineitem": "https://lms.example/items/1"}})
        course.open("a", new_selection(Decimal(5)), **{AGS: grades})
        assert course.rows(Placement)[0].lineitem_url is None

    def test_the_columns_of_parts_and_points_of_the_earlier_choice_are_not_used(self, course: OpenCourse, chosen: str):
        course.open("a", chosen)
        (placement,) = course.rows(Placement)
        url = "https://lms.example/items/9"
        with course.database.writing() as session:
            session.add(PartColumn(placement_id=placement.id, part="points", lineitem_url=url))
        course.open("a", chosen)
        assert [each.part for each in course.rows(PartColumn)] == ["points"]
        course.open("a", new_selection(Decimal(5)))
        assert course.rows(PartColumn) == []

    @pytest.mark.parametrize("has_posts", [True, False])
    def test_of_a_link_that_an_earlier_release_opened(self, has_posts: bool, course: OpenCourse, chosen: str):
        """It did not follow choices: where the class has posted, it goes on."""
        first = course.opened("a")
        if has_posts:
            course.set_up(first)
            course.post(first)
        with course.database.writing() as session:
            session.execute(update(Placement).values(named=None, title=None))
        assert (course.opened("a", chosen) == first) is has_posts
        assert (course.opened("a", chosen) == first) is has_posts
        assert course.opened("a", new_selection(Decimal(5))) != first

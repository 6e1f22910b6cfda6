"""GET and POST …/grading/columns: which columns of the gradebook the grade goes to."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.grading.passbacks.actions.reading_back import claim_column, finish_read
from lti_app.grading.passbacks.ports import ColumnReading
from lti_app.grading.passbacks.queries import get_column_plan
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns
from lti_app.grading.passbacks.rules.states import Shown
from lti_app.grading.rubrics.queries import get_rubric
from tests.web.questions import refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "grading", "columns")


@pytest.fixture
def keys(site, discussion):
    with site.database.read() as session:
        return [each.key for each in get_rubric(session, discussion).criteria]


def plan(site, discussion):
    with site.database.read() as session:
        return get_column_plan(session, discussion)


@pytest.fixture
def chosen(site, cast, discussion, path):
    """Post a choice that changes nothing."""
    yield lambda **fields: site.browser(cast.ines).post(path, **fields)
    assert plan(site, discussion) == ColumnPlan()


@pytest.fixture
def in_two_columns(site, cast, discussion, path, keys):
    """Ana's full grade is in two columns, and the LMS shows this of the replies; what is told of it."""

    def read(replies):
        site.browser(cast.ines).post(path, columns="stages", replies=keys[2])
        site.mark(discussion, cast.ana)
        site.release(discussion, cast.ana)
        site.lms_answers()
        ana = cast.ana.person_id
        shown = {"first_post": Shown(Decimal(15), Decimal(15)), "replies": Shown(Decimal(replies), Decimal(5))}
        with site.database.writing() as session:
            claimed = claim_column(session, site.clock() + timedelta(days=1), lease=timedelta(minutes=5))
            columns = [
                ColumnReading(part.key, part.label, [ana], {ana: shown[part.key]}, "", part.key)
                for part in claimed.parts
            ]
            finish_read(session, claimed, columns, now=site.clock())
        return site.passbacks(discussion)[cast.ana.person_id]

    return read


def test_one_column_at_first(site, cast, path):
    page = site.browser(cast.ines).get(path)
    assert "The whole grade goes to one column" in page.text


def test_two_columns_are_chosen_and_shown_with_their_points(site, cast, discussion, path, keys):
    browser = site.browser(cast.ines)
    answer = browser.post(path, columns="stages", replies=keys[2], first_name=" My  view ", replies_name="")
    assert (answer.status, answer.location) == (303, path)
    chosen = ColumnPlan(GradeColumns.STAGES, frozenset({keys[2]}), ("My view", "Replies"))
    assert plan(site, discussion) == chosen
    shown = browser.get(path).text
    assert "My view 15 points" in shown
    assert "Replies 5 points" in shown


@pytest.mark.parametrize(
    ("which", "name", "problem"),
    [
        (slice(0, 0), "First post", "Each column needs a criterion."),
        (slice(0, None), "First post", "Each column needs a criterion."),
        (slice(0, 1), "replies", "Both columns have the same name."),
        (slice(0, 1), "x" * 61, "Field cannot be longer than 60 characters."),
    ],
)
def test_what_makes_no_columns_is_told(chosen, keys, which, name, problem):
    answer = chosen(columns="stages", replies=keys[which], first_name=name, replies_name="Replies")
    assert answer.status == 422
    assert problem in answer.text


@pytest.mark.parametrize("value", ["", "two", "stages\0"])
def test_no_such_choice(chosen, value):
    assert chosen(columns=value).status == 422


def test_nothing_can_be_chosen_after_a_release(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    site.mark(discussion, cast.ana)
    site.release(discussion, cast.ana)
    page = browser.get(path)
    assert "cannot be changed any more" in page.text
    assert not page.page.all("form")
    answer = browser.post(path, columns="criteria")
    assert answer.status == 303
    assert "The columns were not changed" in browser.get(path).text
    assert plan(site, discussion) == ColumnPlan()


def test_each_criterion_has_a_column(site, cast, discussion, path, keys):
    site.browser(cast.ines).post(path, columns="criteria")
    site.mark(discussion, cast.ana)
    site.release(discussion, cast.ana)
    parts = site.passbacks(discussion)[cast.ana.person_id].parts
    assert [part.key for part in parts] == [f"criterion-{key}" for key in keys]
    status = site.browser(cast.ines).get(address(discussion, "grading", "passback")).text
    assert all(f"{part.label}: " in status for part in parts)


@pytest.mark.parametrize(
    ("replies", "words"),
    [(5, "✓ confirmed in 2 columns"), (1, "! the LMS shows 1 of 5 instead in the column “Replies”")],
)
def test_what_each_column_shows_is_told(site, discussion, in_two_columns, replies, words):
    report = in_two_columns(replies)
    shown = site.browser(site.cast.ines).get(address(discussion, "grading", "passback")).text
    assert words in shown
    assert report.by_part[0].standing.value == "confirmed"


def test_refusals(site, cast, path):
    refuses_methods(site, cast.ines, path, "PUT", "DELETE")
    refuses_no_visit(site, path)
    refuses_unsafe_posts(site, cast.ines, path)


@pytest.mark.parametrize(
    ("columns", "words"),
    [("stages", "Separate columns for the first post and the replies"), ("criteria", "One column for each criterion")],
)
def test_columns_are_chosen_on_the_settings_page(site, cast, discussion, columns, words):
    browser, settings = site.browser(cast.ines), address(discussion, "settings")
    assert browser.post_form(settings, settings, columns=columns).status == 303
    field = next(each for each in browser.get(settings).page.all("select") if each.attrs.get("name") == "columns")
    (chosen,) = [each for each in field.all("option") if "selected" in each.attrs]
    assert (chosen.attrs["value"], chosen.text) == (columns, words)
    page = browser.get(address(discussion, "grading", "columns")).page.one("main").text
    assert "separate columns in the LMS gradebook" in page
    assert browser.post_form(settings, settings).status == 303
    assert browser.get(address(discussion, "grading", "columns")).page.one("main").one("ul").text in page
    assert browser.post_form(settings, settings, columns="one").status == 303
    assert "one column in the LMS gradebook" in browser.get(address(discussion, "grading", "columns")).text


@pytest.mark.parametrize("columns", ["", "none"])
def test_columns_that_do_not_exist_are_refused(site, cast, discussion, columns):
    settings = address(discussion, "settings")
    assert site.browser(cast.ines).post_form(settings, settings, columns=columns).status == 422


def test_settings_offer_no_columns_once_a_grade_is_released(site, cast, discussion):
    site.write(cast.ana, discussion)
    site.mark(discussion, cast.ana)
    browser, settings = site.browser(cast.ines), address(discussion, "settings")
    stale = {"columns": "criteria"}
    browser.post(address(discussion, "grading", "release"))
    assert 'name="columns"' not in browser.get(settings).html
    answer = browser.post_form(settings, settings, **stale)
    assert "The gradebook columns were not changed." in browser.get(answer.location).text

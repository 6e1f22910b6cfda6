"""What the points of requirements are for, on the settings page: no grade, a criterion, or a gradebook column."""

import pytest

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.participation.requirements.points import PointsUse
from lti_app.participation.requirements.registry import use_from_stored
from lti_app.web.forms.gradebook_columns import OFFERS
from lti_app.web.requests import SCRIPTED
from tests.web.browser import BASE
from tests.web.page import values_of
from tests.web.site import address

POINTS = {"first_post_points": "2", "replies_points": "3"}
COLUMN = {"points_fill": "column", **POINTS}
TITLE = "Managers and leaders"


@pytest.fixture
def path(discussion):
    return address(discussion, "settings")


@pytest.fixture
def browser(site, cast):
    return site.browser(cast.ines)


@pytest.fixture
def no_columns(site, monkeypatch):
    """The LMS lets the tool add no column."""
    monkeypatch.setitem(site.app.extensions, OFFERS, lambda *_args, **_more: "no_columns")


def use(site, discussion):
    with site.read() as session:
        found = get_discussion(session, site.cast.ines, discussion.id, now=site.clock())
    return use_from_stored(found.requirements)


def options(page):
    field = next(each for each in page.all("select") if each.attrs.get("name") == "points_fill")
    return {each.attrs["value"]: each for each in field.all("option")}


def chosen(page):
    return [value for value, each in options(page).items() if "selected" in each.attrs]


def test_nothing_follows_from_points_at_first(site, discussion, browser, path):
    page = browser.get(path)
    assert chosen(page.page) == ["0"]
    assert [each.text for each in options(page.page).values()][:2] == [
        "No grade",
        "The criterion “Content and argument”",
    ]
    assert options(page.page)["column"].text == "A separate gradebook column"
    assert use(site, discussion) == PointsUse()


def test_a_column_is_chosen_and_keeps_its_name(site, discussion, browser, path):
    assert browser.post_form(path, path, **COLUMN).status == 303
    assert use(site, discussion) == PointsUse(column="participation")
    page = browser.get(path)
    assert chosen(page.page) == ["column"]
    assert f"5 points in all, for the gradebook column “{TITLE}: participation”" in page.text
    assert browser.post_form(path, path, prompt="Another one.").status == 303
    assert use(site, discussion) == PointsUse(column="participation")
    assert browser.post_form(path, path, points_fill="0").status == 303
    assert use(site, discussion) == PointsUse()


def test_a_criterion_is_chosen(site, discussion, browser, path):
    with site.read() as session:
        key = get_rubric(session, discussion).criteria[1].key
    assert browser.post_form(path, path, **POINTS, points_fill=str(key)).status == 303
    assert use(site, discussion) == PointsUse(key)
    assert chosen(browser.get(path).page) == [str(key)]


@pytest.mark.parametrize("value", ["99", "x", "-1", "1" * 30, ""], ids=["unknown", "word", "negative", "long", "empty"])
def test_what_points_cannot_be_for_is_no_grade(site, discussion, browser, path, value):
    assert browser.post_form(path, path, **POINTS, points_fill=value).status == 303
    assert use(site, discussion) == PointsUse()


@pytest.mark.parametrize(
    "points", [{}, {"replies_points": "3", "replies_optional": "y"}], ids=["none", "optional-alone"]
)
def test_a_column_needs_points(site, discussion, browser, path, points):
    answer = browser.post_form(path, path, points_fill="column", **points)
    assert answer.status == 422
    assert "Give at least one requirement points that is not optional" in answer.text
    assert use(site, discussion) == PointsUse()


@pytest.mark.usefixtures("no_columns")
def test_where_the_lms_adds_no_columns_the_reason_is_told_and_none_can_be_chosen(site, discussion, browser, path):
    page = browser.get(path)
    assert "A separate gradebook column is not available." in page.text
    assert "The LMS does not allow this tool to add gradebook columns." in page.text
    assert "disabled" in options(page.page)["column"].attrs
    answer = browser.post_form(path, path, **COLUMN)
    assert answer.status == 422
    assert use(site, discussion) == PointsUse()


def test_a_column_that_was_chosen_stays_when_the_lms_adds_none_any_more(site, discussion, browser, path, request):
    browser.post_form(path, path, **COLUMN)
    request.getfixturevalue("no_columns")
    page = browser.get(path)
    assert "A separate gradebook column is not available." in page.text
    assert "disabled" not in options(page.page)["column"].attrs
    assert browser.post_form(path, path, prompt="Another one.").status == 303
    assert use(site, discussion) == PointsUse(column="participation")


def test_new_discussions_of_the_course_begin_with_the_column_and_not_with_a_criterion(site, discussion, browser, path):
    browser.post_form(path, path, **COLUMN, as_default="y")
    assert chosen(browser.get(address_of(site, "settings")).page) == ["column"]
    with site.read() as session:
        key = get_rubric(session, discussion).criteria[0].key
    browser.post_form(path, path, points_fill=str(key), as_default="y")
    assert chosen(browser.get(address_of(site, "settings")).page) == ["0"]


def address_of(site, *more):
    return f"/courses/{site.cast.course_id}/discussions/{site.reserve()}/{'/'.join(more)}"


def test_what_was_sent_is_told_and_stays(site, cast, discussion, browser, path):
    browser.post_form(path, path, **COLUMN)
    site.write(cast.ana, discussion)
    site.mark(discussion, cast.ana)
    browser.post(address(discussion, "grading", "release"))
    assert f"1 score has gone to the gradebook column “{TITLE}: participation”." in browser.get(path).text
    effect = browser.post_form(path, path, first_post_points="4")
    assert "Neither do points that were sent to the gradebook" in effect.text


def test_the_preview_of_a_script_tells_the_column(browser, path):
    data = {**values_of(browser.form(path, path)), **COLUMN, "action": "preview"}
    headers = {"Referer": f"{BASE}{path}", "X-Requested-With": SCRIPTED}
    answer = browser.client.post(path, data=data, headers=headers, base_url=BASE)
    assert answer.status_code == 200
    assert f"for the gradebook column “{TITLE}: participation”" in answer.text
    assert "<main" not in answer.text

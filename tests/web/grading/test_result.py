"""What unsaved marks and comments come to: the fragment that scripts ask for, and the preview without scripts."""

from datetime import timedelta

import pytest

from tests.factories.discussions import WEEK
from tests.factories.markings import mark_twice
from tests.web.browser import Answer
from tests.web.page import values_of
from tests.web.questions import costs
from tests.web.site import address

RULE = {"unit": "of_earned", "rate": "10", "step": "day_begun", "grace": "", "grace_unit": "minutes"}
TYPED = "Well **argued**, and\n- brief\n- <b>clear</b>"


@pytest.fixture
def path(cast, discussion):
    return address(discussion, "grading", cast.ana.person_id)


@pytest.fixture
def second(site, discussion):
    """The second level of every criterion."""
    return {f"criterion-{c.id}": str(c.levels[1].id) for c in site.rubric(discussion).criteria}


@pytest.fixture
def late(site, cast, discussion):
    """Ana posts a day and three hours late, by a rule that takes 10% a day, and has 20 points."""
    rule = address(discussion, "late")
    assert site.browser(cast.ines).post_form(rule, rule, **RULE).status == 303
    site.clock.now = WEEK.first_post_due + timedelta(days=1, hours=3)
    site.write(cast.ana, discussion)
    site.mark(discussion, cast.ana)
    return site.browser(cast.ines)


def ask(browser, path, **typed):
    """The parts of the page that come back; a part is no page, which the browser of these tests would check."""
    form = values_of(next(form for form in browser.get(path).page.all("form") if "marking" in form.classes))
    data = {**{name: value for name, value in form.items() if typed.get(name, value) is not None}, **typed}
    data = {name: value for name, value in data.items() if value is not None}
    sent = {"data": {**data, "action": "result"}, "headers": {"Referer": "https://localhost/"}}
    answer = Answer(browser.client.post(path, base_url="https://localhost", **sent))
    assert answer.status == 200
    return answer


def words(answer):
    return " ".join(each.text for each in answer.page.all("div"))


def test_the_grade_follows_what_is_chosen_and_nothing_is_saved(late, path, second):
    shown = words(ask(late, path, **second))
    assert "−20% of 12 points = −2.4" in shown
    assert "Grade: 9.6 of 20 points" in shown
    assert "Grade: 12 of 20 points" in words(ask(late, path, **second, late_waived="1"))
    page = late.get(path).page
    assert "Grade: 16 of 20 points" in page.one("div", class_="adjustments").text
    assert "Late reduction waived" not in late.get(f"{path}/history").text


def test_a_grade_that_is_not_complete_shows_no_points(late, path, second):
    first = next(iter(second))
    (line,) = ask(late, path, **{first: None}).page.all("p", class_="scaled")
    assert "hidden" in line.attrs


def test_asking_keeps_the_page_that_was_fetched_ahead(late, path):
    assert "Clear-Site-Data" not in ask(late, path).headers


def test_what_it_costs(late, path, site):
    page = costs(site, lambda: late.get(path))
    assert costs(site, lambda: ask(late, path)) - page == 7


def test_the_preview_shows_comments_as_students_read_them(site, cast, discussion, path, second):
    browser = site.browser(cast.tariq)
    key = next(iter(second))
    remark = {f"comment-{key.removeprefix('criterion-')}": "see *p. 4*"}
    answer = browser.post_form(path, path, action="preview", comment=TYPED, **second, **remark)
    assert answer.status == 200
    shown = answer.page.one("div", class_="comment-preview")
    assert shown.one("strong").text == "argued"
    assert [each.text for each in shown.all("li")] == ["brief", "<b>clear</b>"]
    assert shown.one("em").text == "p. 4"
    form = values_of(next(form for form in answer.page.all("form") if "marking" in form.classes))
    assert form.items() >= second.items()
    assert form["version"] == "0"


def test_the_preview_is_closed_before_it_is_asked_for(site, cast, path):
    shown = site.browser(cast.tariq).get(path).page.one("div", class_="comment-preview")
    assert "hidden" in shown.attrs


def test_nothing_is_told_while_graders_mark_independently(site, cast, discussion, path):
    browser = site.browser(cast.tariq)
    form = values_of(next(form for form in browser.get(path).page.all("form") if "marking" in form.classes))
    with site.database.writing() as session:
        mark_twice(session, cast.ines, discussion, now=site.clock())
    assert browser.post(path, **{**form, "action": "result"}).status == 404


def test_only_graders_are_told(site, cast, path):
    assert site.browser(cast.ben).post(path, action="result").status == 403


def test_graders_read_formatted_comments_in_the_history(site, cast, discussion, path, second):
    browser = site.browser(cast.ines)
    browser.post_form(path, path, action="save", comment=TYPED, **second)
    history = browser.get(f"{path}/history").page.one("ol", class_="history")
    assert history.one("strong").text == "argued"
    assert "**" not in history.text

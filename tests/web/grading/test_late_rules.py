"""…/discussions/<discussion>/late, and what lateness takes off on the desk, for the student and in the history."""

from datetime import timedelta

import pytest

from tests.factories.discussions import WEEK
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_unsafe_posts
from tests.web.site import address

RULE = {"unit": "of_earned", "rate": "10", "step": "day_begun", "grace": "", "grace_unit": "minutes"}


@pytest.fixture
def path(discussion):
    return address(discussion, "late")


@pytest.fixture
def desk(cast, discussion):
    return address(discussion, "grading", cast.ana.person_id)


def asked(answer):
    return next(form for form in answer.page.all("form") if "rescoring-form" in form.classes)


def choose(browser, path, answer, choice):
    return browser.post(path, **{**values_of(asked(answer)), "do": choice})


@pytest.fixture
def late(site, cast, discussion, path):
    """Ana posts a day and three hours late, by a rule that takes 10% a day."""
    assert site.browser(cast.ines).post_form(path, path, **RULE).status == 303
    site.clock.now = WEEK.first_post_due + timedelta(days=1, hours=3)
    site.write(cast.ana, discussion)
    return site.browser(cast.ines)


def test_settings_and_grading_lead_to_the_rule(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    for place in ("settings", "grading"):
        links = [each.attrs["href"].partition("?")[0] for each in browser.get(address(discussion, place)).page.all("a")]
        assert path in links, place
    links = [each.attrs["href"] for each in site.browser(cast.tariq).get(address(discussion, "grading")).page.all("a")]
    assert not [each for each in links if each.startswith(path)]


def test_students_read_the_rule_before_they_write(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    more = {"most": "50", "grace": "2", "grace_unit": "hours", "first_share": "60"}
    assert browser.post_form(path, path, **{**RULE, **more}).location == address(discussion, "settings")
    words = (
        "Late work loses 10% of the points earned for each day or part of a day. At most 50% is taken off. The first "
        "post is 60% of the grade and the replies are 40%. Each part loses points only for its own lateness. Work up "
        "to 2 hours late counts as on time."
    )
    for actor, where in ((cast.ana, ()), (cast.ines, ("late",)), (cast.ines, ("settings",))):
        assert words in site.browser(actor).get(address(discussion, *where)).page.one("main").text
    form = values_of(next(each for each in browser.get(path).page.all("form") if "sheet" in each.classes))
    assert form.items() >= {**RULE, **more}.items()


WRONG = (
    ({"rate": ""}, "Enter more than 0"),
    ({"rate": "x"}, "Enter a number"),
    ({"rate": "101"}, "Enter more than 0"),
    ({"most": "5"}, "at least as much as for one day"),
    ({"grace": "-1"}, "Number must be between"),
    ({"grace": "200", "grace_unit": "hours"}, "up to 7 days"),
    ({"first_share": "100"}, "Number must be between"),
    ({"unit": "x"}, "Not a valid choice"),
)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_makes_no_sense_is_said_beside_the_field(site, cast, path, wrong):
    changes, words = wrong
    answer = site.browser(cast.ines).post_form(path, path, **{**RULE, **changes})
    assert (answer.status, words in answer.text) == (422, True)


def test_the_desk_shows_what_lateness_takes_off_and_the_student_after_release(site, cast, discussion, late, desk):
    shown = late.get(desk).page.one("div", class_="adjustments").text
    assert "Work 1 day 3 hours late: −20% of 0 points" in shown
    site.mark(discussion, cast.ana)
    shown = late.get(desk).page.one("div", class_="adjustments").text
    assert "Late −4" in shown
    assert "Work 1 day 3 hours late: −20% of 20 points = −4" in shown
    assert "Grade: 16 of 20 points" in shown
    assert "16" in late.get(address(discussion, "grading")).page.one("tbody").all("tr")[0].text
    student = site.browser(cast.ana)
    assert "−4" not in student.get(address(discussion)).text
    late.post_form(desk, desk, action="release")
    card = student.get(address(discussion)).page.one("section", class_="grade").text
    assert "16 of 20 points Rubric total: 20 Late −4" in card
    assert "Late −4" in late.get(f"{desk}/history").page.one("main").text


def test_the_reduction_can_be_waived_where_the_marks_are_saved(site, cast, discussion, late, desk):
    site.mark(discussion, cast.ana)
    waived = {"late_waived": "1", "late_reason": "She was ill.", "action": "release"}
    assert late.post_form(desk, desk, **waived).status == 303
    page = late.get(desk)
    assert "Late waived" in page.page.one("div", class_="adjustments").text
    card = site.browser(cast.ana).get(address(discussion)).page.one("section", class_="grade").text
    assert "20 of 20 points" in card
    assert "Late waived" in card
    assert "ill" not in card
    history = late.get(f"{desk}/history").page.one("main").text
    assert "Late reduction waived" in history
    assert "She was ill." in history
    late.post_form(desk, desk, action="save")  # nothing was chosen otherwise
    assert late.get(f"{desk}/history").page.one("main").text.count("Late reduction waived") == 1
    form = values_of(next(form for form in late.get(desk).page.all("form") if "marking" in form.classes))
    del form["late_waived"]
    late.post(desk, **{**form, "action": "save"})
    assert "Late reduction no longer waived" in late.get(f"{desk}/history").text


def test_a_stale_desk_does_not_take_back_anothers_waiver(site, cast, discussion, late, desk):
    site.mark(discussion, cast.ana)
    stale = values_of(next(form for form in late.get(desk).page.all("form") if "marking" in form.classes))
    other = site.browser(cast.tariq)
    other.post_form(desk, desk, late_waived="1", action="save")
    answer = late.post(desk, **{**stale, "comment": "Look again.", "action": "save"})
    assert answer.status == 409
    late.post(desk, **{**stale, "action": "save"})
    assert "Late waived" in late.get(desk).page.one("div", class_="adjustments").text


@pytest.mark.parametrize(("choice", "row"), [("rescore", "changed after release 10"), ("ungraded_only", "released 16")])
def test_a_changed_rule_asks_first(site, cast, discussion, late, desk, *, choice, row):
    path = address(discussion, "late")
    site.mark(discussion, cast.ana)
    late.post_form(desk, desk, action="release")
    answer = late.post_form(path, path, **{**RULE, "rate": "25"})
    assert "Ana Brandt 16 of 20 10 of 20 released" in answer.page.one("table").text
    assert "Students keep seeing their released grades" in answer.text
    assert choose(late, path, answer, choice).status == 303
    assert row in late.get(address(discussion, "grading")).page.one("tbody").all("tr")[0].text
    card = site.browser(cast.ana).get(address(discussion)).page.one("section", class_="grade").text
    assert "16 of 20 points" in card


def test_back_to_editing_keeps_what_was_entered(site, cast, discussion, late, path):
    site.mark(discussion, cast.ana)
    answer = choose(late, path, late.post_form(path, path, **{**RULE, "rate": "25"}), "back")
    assert values_of(next(form for form in answer.page.all("form") if "sheet" in form.classes))["rate"] == "25"


def test_another_instructors_rule_is_not_replaced_unseen(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    stale = values_of(next(form for form in browser.get(path).page.all("form") if "sheet" in form.classes))
    browser.post_form(path, path, **RULE)
    answer = browser.post(path, **{**stale, **RULE, "rate": "50"})
    assert answer.status == 409
    assert "another instructor has changed the late rule" in answer.text
    again = values_of(next(form for form in answer.page.all("form") if "sheet" in form.classes))
    assert again["rate"] == "50"
    assert browser.post(path, **again).status == 303
    assert browser.post(path, **{**again, "seen": "[1"}).status == 409


def test_a_grade_that_would_differ_now_is_told_and_not_changed(site, cast, discussion, late, desk):
    site.mark(discussion, cast.ana)
    late.post_form(desk, desk, action="release")
    dates = address(discussion, "extensions")
    due = (WEEK.first_post_due + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    extended = {"whom": f"p{cast.ana.person_id}", "first_post_due": due, "time_zone": "UTC"}
    assert late.post_form(dates, dates, **extended).status == 303
    assert "Released now, it would be 20 points" in late.get(desk).text
    assert "now 20" in late.get(address(discussion, "grading")).page.one("tbody").all("tr")[0].text
    assert len(late.get(address(discussion, "grading") + "?show=changed").page.one("tbody").all("tr")) == 1
    late.post_form(desk, desk, action="release")
    assert "20 of 20 points" in site.browser(cast.ana).get(address(discussion)).page.one("section", class_="grade").text


def test_the_rule_costs_one_statement_on_the_desk(site, cast, discussion, late, desk):
    path = address(discussion, "late")
    site.mark(discussion, cast.ana)
    with_rule = costs(site, lambda: late.get(desk))
    answer = late.post_form(path, path, unit="")
    assert choose(late, path, answer, "rescore").status == 303
    assert with_rule == costs(site, lambda: late.get(desk)) + 1 <= 13


@pytest.mark.parametrize("who", ["tariq", "ana", "olga"])
def test_only_instructors_change_the_rule(site, cast, path, who):
    browser = site.browser(getattr(cast, who))
    refused(browser.get(path), 403)
    refused(browser.post(path, **RULE), 403)


def test_a_discussion_of_another_course_is_not_found(site, cast):
    refused(site.browser(cast.ines).get("/courses/1/discussions/999/late"), 404)


def test_forged_posts_are_refused(site, cast, discussion, path):
    refuses_unsafe_posts(site, cast.ines, path, **RULE)

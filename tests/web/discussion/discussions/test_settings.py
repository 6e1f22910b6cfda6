"""GET and POST …/settings: the instructor decides what the discussion asks for."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar
from tests.cast import MONDAY
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

FILLED = {
    "title": "Are they different?",
    "prompt": "Zaleznik says yes.\r\n\r\nKotter says: it depends.",
    "points": "12.5",
    "first_post_words": "150",
    "replies_wanted": "3",
    "reply_words": "40",
    "first_post_due": "2026-03-05T23:59",
    "replies_due": "2026-03-08T23:59",
    "closes_at": "2026-03-10T12:00",
}


def end_of(minute):
    """What is due at a minute is in time until the minute is over."""
    return minute.replace(second=59, microsecond=999_999)


def stored(site, discussion_id):
    with site.read() as session:
        return get_discussion(session, site.cast.ines, discussion_id, now=site.clock())


def test_instructor_sets_up_a_new_discussion(site, cast):
    reserved = site.reserve()
    here = f"/courses/{cast.course_id}/discussions/{reserved}"
    browser = site.browser(cast.ines)
    page = browser.get(f"{here}/settings").page
    assert page.one("input", name="first_post_words").attrs["value"] == "200"
    answer = browser.post_form(f"{here}/settings", f"{here}/settings", **FILLED)
    assert (answer.status, answer.location) == (303, here)
    shown = browser.get(here)
    assert "Discussion saved." in shown.text
    assert "Write a first post of at least 150 words by Thu, Mar 5, 11:59 PM." in shown.text
    assert "Reply to 3 different classmates with at least 40 words each by Sun, Mar 8, 11:59 PM." in shown.text
    assert site.browser(cast.ana).get(here).page.one("h1").text == "Are they different?"
    assert len(site.rubric(stored(site, reserved)).criteria) == 5
    assert stored(site, reserved).points == 12.5


def test_saving_again_changes_only_what_was_changed(site, cast, with_readings):
    path = address(with_readings, "settings")
    site.browser(cast.ines).post_form(path, path)
    before = stored(site, with_readings.id)
    answer = site.browser(cast.ines).post_form(path, path)
    assert (answer.status, answer.location) == (303, address(with_readings))
    after = stored(site, with_readings.id)
    assert after.version == before.version + 1
    for name in ("title", "prompt", "points", "calendar", "requirements", "post_first", "readings"):
        assert getattr(after, name) == getattr(before, name), name


def test_rubric_with_grades_stays_when_the_set_up_changes(site, cast, discussion):
    site.mark(discussion, cast.ana)
    before = site.rubric(discussion)
    path = address(discussion, "settings")
    site.browser(cast.ines).post_form(path, path, title="Another title")
    assert site.rubric(discussion) == before


@pytest.mark.parametrize("who", ["tariq", "ana", "olga"])
def test_others_may_not(site, cast, discussion, who):
    browser = site.browser(getattr(cast, who))
    path = address(discussion, "settings")
    refused(browser.get(path), 403)
    refused(browser.post(path, **FILLED, time_zone="UTC", version="1"), 403)
    assert stored(site, discussion.id).title == discussion.title


def test_other_courses_discussion_is_not_there(site, cast, foreign):
    path = f"/courses/{cast.course_id}/discussions/{foreign.id}/settings"
    browser = site.browser(cast.ines)
    refused(browser.get(path), 404)
    refused(browser.post(path, **FILLED, time_zone="UTC", version="1"), 404)


def test_no_visit_is_told_to_come_from_the_course_page(site, discussion):
    refuses_no_visit(site, address(discussion, "settings"))


def test_somebody_else_was_first(site, cast, discussion):
    path = address(discussion, "settings")
    browser = site.browser(cast.ines)
    form = browser.get(path)
    assert site.browser(cast.ines).post_form(path, path, title="Theirs").status == 303
    token = form.page.one("input", name="csrf_token").attrs["value"]
    answer = browser.send(path, data={**FILLED, "csrf_token": token, "time_zone": "UTC", "version": "1"})
    assert answer.status == 409
    assert FILLED["prompt"].replace("\r\n", "\n") in answer.kept
    assert stored(site, discussion.id).title == "Theirs"


def test_unsafe_posts_are_refused(site, cast, discussion):
    refuses_unsafe_posts(site, cast.ines, address(discussion, "settings"), "What I wrote", prompt="What I wrote")


def test_wrong_methods_are_refused(site, cast, discussion):
    refuses_methods(site, cast.ines, address(discussion, "settings"), "PUT", "DELETE", "PATCH")


def test_dates_are_those_of_the_zone_that_was_chosen(site, cast, discussion):
    path = address(discussion, "settings")
    browser = site.browser(cast.ines)
    dates = {"opens_at": "2026-03-01T08:00", "first_post_due": "", "replies_due": "", "closes_at": "2026-07-01T08:00"}
    browser.post_form(path, path, **dates, time_zone="America/New_York")
    assert stored(site, discussion.id).calendar == Calendar(
        opens_at=datetime(2026, 3, 1, 13, tzinfo=UTC), closes_at=end_of(datetime(2026, 7, 1, 12, tzinfo=UTC))
    )
    shown = browser.get(path).page  # in the course's zone, one hour before UTC in winter and two in summer
    assert shown.one("select", name="time_zone").one("option", selected="").attrs["value"] == "Europe/Berlin"
    assert shown.one("input", name="opens_at").attrs["value"] == "2026-03-01T14:00"
    assert shown.one("input", name="closes_at").attrs["value"] == "2026-07-01T14:00"


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        ("2026-03-29T02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # left out by the clock: read as 03:30
        (
            "2026-10-25T02:30",
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        ),  # there twice: the later one, so that nobody loses it
    ],
)
def test_hours_that_the_clock_skips_or_repeats_are_taken(site, cast, discussion, local, moment):
    path = address(discussion, "settings")
    browser = site.browser(cast.ines)
    assert browser.post_form(path, path, closes_at=local, replies_due="", first_post_due="").status == 303
    assert stored(site, discussion.id).calendar.closes_at == end_of(moment)
    browser.post_form(path, path)
    assert stored(site, discussion.id).calendar.closes_at == end_of(moment)


def test_closing_takes_effect_at_once(site, cast, discussion):
    path = address(discussion, "settings")
    over = {"first_post_due": "", "replies_due": "", "closes_at": "2026-03-01T08:00"}
    site.browser(cast.ines).post_form(path, path, **over)
    assert "This discussion is closed." in site.browser(cast.ana).get(address(discussion)).text
    site.clock.now = MONDAY - timedelta(days=2)
    assert "This discussion is closed." not in site.browser(cast.ana).get(address(discussion)).text


def test_statements_do_not_grow(site, cast, with_readings):
    browser, path = site.browser(cast.ines), address(with_readings, "settings")
    browser.post_form(path, path)  # records the first version of the rule
    shown = costs(site, lambda: browser.get(path))
    saved = costs(site, lambda: browser.post_form(path, path)) - shown
    for student in cast.students * 3:
        site.write(student, with_readings)
    assert costs(site, lambda: browser.get(path)) == shown <= 9
    assert costs(site, lambda: browser.post_form(path, path)) - shown == saved <= 24

"""POST /courses/<id>/time-zone: a script reports the reader's time zone."""

from datetime import UTC, datetime

import pytest

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar
from tests.web.browser import BASE
from tests.web.questions import costs, refuses_methods, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/time-zone"


@pytest.mark.parametrize("who", ["ines", "tariq", "ana", "olga"])
def test_times_are_told_in_the_zone_that_was_reported(site, cast, discussion, path, who):
    browser = site.browser(getattr(cast, who))
    home = f"/courses/{cast.course_id}"
    assert "Times are in Berlin." in browser.get(home).text
    answer = browser.post(path, time_zone="America/Los_Angeles")
    assert (answer.status, answer.html) == (204, "")
    assert "Times are in Los Angeles." in browser.get(home).text
    others = "Los Angeles" if who == "ines" else "Berlin"  # the course's is the instructor's
    assert f"Times are in {others}." in site.browser(cast.ben).get(home).text


def zone_offered(browser, path):
    return browser.get(path).page.one("select", name="time_zone").one("option", selected="").attrs["value"]


def test_new_dates_are_entered_in_the_zone_of_the_course(site, cast, discussion, path):
    """It is that of the first instructor, until one chooses another; a journey of theirs does not change it."""
    ines, home = site.browser(cast.ines), f"/courses/{cast.course_id}"
    forms = [f"{address(discussion)}/{page}" for page in ("settings", "extensions", "import")]
    site.browser(cast.ana).post(path, time_zone="Asia/Tokyo")
    assert {zone_offered(ines, each) for each in forms} == {"Europe/Berlin"}
    ines.post(path, time_zone="America/Chicago")
    assert {zone_offered(ines, each) for each in forms} == {"America/Chicago"}
    ines.post(path, time_zone="Asia/Tokyo")
    assert "Times are in Tokyo." in ines.get(home).text
    assert {zone_offered(ines, each) for each in [*forms, f"{home}/settings"]} == {"America/Chicago"}
    assert ines.post_form(f"{home}/settings", f"{home}/settings", time_zone="Europe/Paris").status == 303
    assert {zone_offered(ines, each) for each in forms} == {"Europe/Paris"}


def test_zone_that_was_chosen_stays(site, cast, discussion, path):
    ines, home = site.browser(cast.ines), f"/courses/{cast.course_id}"
    assert ines.post_form(f"{home}/settings", f"{home}/settings", time_zone="Europe/Paris").status == 303
    ines.post(path, time_zone="America/Chicago")
    assert zone_offered(ines, f"{address(discussion)}/settings") == "Europe/Paris"
    assert ines.post_form(f"{home}/settings", f"{home}/settings", time_zone="Mars/Olympus").status == 422


def test_another_zone_moves_no_date_that_was_set(site, cast, path):
    """A date is a moment. It is offered in the new zone, and saving the page without a change leaves it where it is."""
    due = datetime(2026, 3, 8, 22, 59, 59, 999_999, tzinfo=UTC)  # the end of the minute that is entered
    discussion = site.discussion(calendar=Calendar(first_post_due=due))
    ines, home, settings = site.browser(cast.ines), f"/courses/{cast.course_id}", address(discussion, "settings")
    for zone, shown in (("Europe/Berlin", "2026-03-08T23:59"), ("Asia/Tokyo", "2026-03-09T07:59")):
        assert ines.post_form(f"{home}/settings", f"{home}/settings", time_zone=zone).status == 303
        assert ines.get(settings).page.one("input", name="first_post_due").attrs["value"] == shown
        assert ines.post_form(settings, settings).status == 303
        with site.database.read() as session:
            found = get_discussion(session, cast.ines, discussion.id, now=site.clock())
        assert found.calendar.first_post_due == due


def test_script_sends_its_token_in_a_header(site, cast, path):
    browser = site.browser(cast.ana)
    offered = browser.get(f"/courses/{cast.course_id}").page.one("meta", name="time-zone-url").attrs
    assert offered["content"] == path
    headers = {"X-CSRFToken": offered["data-token"], "Referer": f"{BASE}/"}
    assert browser.send(path, data={"time_zone": "Asia/Tokyo"}, headers=headers).status == 204


def test_another_course_is_closed(site, cast):
    assert site.browser(cast.ana).send(f"/courses/{cast.stranger.course_id}/time-zone").status == 401


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "Europe/Berlin\x00", "x" * 100_000])
def test_zone_that_is_none_is_refused(site, cast, path, zone):
    browser = site.browser(cast.ana)
    assert browser.post(path, time_zone=zone).status == 422
    assert "Times are in Berlin." in browser.get(f"/courses/{cast.course_id}").text


def test_unsafe_posts_are_refused(site, cast, path):
    refuses_unsafe_posts(site, cast.ana, path, time_zone="Asia/Tokyo")
    assert "Berlin" in site.browser(cast.ana).get(f"/courses/{cast.course_id}").text


def test_wrong_methods_are_refused(site, cast, path):
    refuses_methods(site, cast.ana, path, "GET", "PUT", "DELETE")


def test_statements_are_few(site, cast, path):
    browser = site.browser(cast.ana)
    home = costs(site, lambda: browser.get(f"/courses/{cast.course_id}"))
    assert costs(site, lambda: browser.post(path, time_zone="Asia/Tokyo")) - home <= 3

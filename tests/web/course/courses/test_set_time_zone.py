"""POST /courses/<id>/time-zone: a script reports the reader's time zone."""

import pytest

from tests.web.browser import BASE
from tests.web.questions import costs, refuses_methods, refuses_unsafe_posts


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
    assert "Times are in Berlin." in site.browser(cast.ben).get(home).text


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

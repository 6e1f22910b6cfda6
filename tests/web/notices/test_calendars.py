"""The calendar feed: right dates, stable to the byte, behind an address that can be taken back."""

from datetime import timedelta

import icalendar
import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from lti_app.course.courses.actions import deactivate_others
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.notices.calendars.models import CalendarAddress
from tests.factories.discussions import WEEK, plan
from tests.web.questions import refused


@pytest.fixture
def where(cast):
    return f"/courses/{cast.course_id}/notices/calendar"


@pytest.fixture
def address(site, cast, discussion, where):
    return make(site.browser(cast.ana), where)


def make(browser, where):
    """A new address; its path."""
    assert browser.post_form(where, where, do="renew").status == 303
    (code,) = [each for each in browser.get(where).page.all("code") if each.attrs.get("id") == "calendar-address"]
    return "/calendars/" + code.text.strip().rpartition("/calendars/")[2]


def events(site, address):
    answer = site.stranger().get(address)
    assert answer.status == 200
    found = icalendar.Calendar.from_ical(answer.html)
    return {str(event["summary"]): event for event in found.walk("VEVENT")}


def test_the_feed_has_the_dates_of_the_class(site, address):
    answer = site.stranger().get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = events(site, address)
    assert list(found) == ["First post due: Managers and leaders", "Replies due: Managers and leaders"]
    first = found["First post due: Managers and leaders"]
    assert first["dtstart"].dt == WEEK.first_post_due
    assert str(first["uid"]).startswith("discussion-")
    assert first["dtstamp"].dt == first["last-modified"].dt == site.clock()
    assert not any(name in answer.html for name in ("Ana", "Ben", "Ines"))


def test_the_same_calendar_is_the_same_to_the_byte_and_not_sent_again(site, address):
    one = site.stranger().get(address)
    site.clock.move(hours=2)
    two = site.stranger().get(address)
    assert one.html == two.html
    again = site.stranger().send(address, "GET", headers={"If-None-Match": one.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize(
    ("languages", "words"),
    [
        (("de", "en", "en"), "Erster Beitrag fällig"),
        (("de-AT", "en", "ar"), "Erster Beitrag fällig"),
        (("en", "de", "de"), "First post due"),
        (("", "de", "en"), "Erster Beitrag fällig"),  # the LMS tells none: that of the page with the address
        (("", "xx", "de"), "First post due"),
    ],
)
@pytest.mark.usefixtures("discussion")
def test_it_speaks_the_language_of_its_owner_whatever_the_program_asks_for(site, cast, where, languages, words):
    lms, browser, program = languages
    with site.database.writing() as session:
        session.get_one(Person, cast.ana.person_id).locale = lms or None
    ana = site.browser(cast.ana)
    assert ana.post_form(where, where, do="renew").status == 303
    page = ana.get(where, headers={"Accept-Language": browser}).page
    path = "/calendars/" + page.one("code").text.strip().rpartition("/calendars/")[2]
    answer = site.stranger().get(path, headers={"Accept-Language": program})
    assert words in answer.html


def test_an_address_from_before_it_named_a_language_still_works(site, cast, address):
    with site.database.read() as session:
        row = session.scalars(select(CalendarAddress)).one()
        early = URLSafeSerializer(site.app.config["SECRET_KEY"], salt="calendar").dumps([row.id, row.serial])
    assert events(site, f"/calendars/{early}.ics") == events(site, address)


def test_an_extension_and_a_moved_date_count_up(site, cast, address, discussion):
    events(site, address)
    later = WEEK.first_post_due + timedelta(days=2)
    with site.database.writing() as session:
        view = get_discussion(session, cast.ines, discussion.id, now=site.clock())
        dates = Calendar(first_post_due=later)
        extend(session, cast.ines, view, person_id=cast.ana.person_id, dates=dates, note="ill", now=site.clock())
    changed_at = site.clock.move(hours=1)
    first = events(site, address)["First post due: Managers and leaders"]
    assert (first["dtstart"].dt, int(first["sequence"]), first["last-modified"].dt) == (later, 1, changed_at)
    assert int(events(site, address)["Replies due: Managers and leaders"]["sequence"]) == 0
    bens = make(site.browser(cast.ben), f"/courses/{cast.course_id}/notices/calendar")
    assert events(site, bens)["First post due: Managers and leaders"]["dtstart"].dt == WEEK.first_post_due


def test_a_title_with_everything_in_it_stays_one_line(site, cast, address, discussion):
    title = "Power, \\; money\r\nBEGIN:VALARM and “words” " + "long " * 30
    with site.database.writing() as session:
        settings = plan(title=title[:200])
        save_settings(session, cast.ines, discussion.id, settings=settings, version=1, now=site.clock())
    text = site.stranger().get(address).html
    assert "\nBEGIN:VALARM" not in text.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_new_address_ends_the_old_one_and_stopping_ends_both(site, cast, where, address):
    browser = site.browser(cast.ana)
    newer = make(browser, where)
    refused(site.stranger().get(address), 404)
    assert events(site, newer)
    assert browser.post_form(where, where, do="stop").status == 303
    refused(site.stranger().get(newer), 404)
    assert "Create calendar address" in browser.get(where).text


def test_who_has_left_the_course_has_no_calendar(site, cast, address):
    with site.database.writing() as session:
        deactivate_others(session, cast.course_id, {cast.ben.person_id}, site.clock() + timedelta(days=1))
    refused(site.stranger().get(address), 404)


def test_an_address_that_we_did_not_make_finds_nothing(site, address):
    for wrong in ("/calendars/x.ics", address.replace(".ics", "x.ics"), "/calendars/WzEsMV0.abc.ics"):
        refused(site.stranger().get(wrong), 404)

"""Choosing how often mail comes, and turning it off without a visit."""

import pytest
from sqlalchemy import update

from lti_app.course.people.models import Person
from lti_app.notices.bounces.actions import take_returned
from lti_app.notices.bounces.rules.reports import read_returned
from lti_app.notices.bounces.rules.return_paths import ReturnPaths
from lti_app.notices.outbox.actions.sending import stop_address
from lti_app.notices.outbox.models import RefusedAddress
from lti_app.notices.outbox.rules.addressing import address_key
from lti_app.notices.preferences.queries import get_preferences
from lti_app.notices.preferences.rules import Frequency, MailPreferences
from lti_app.web.notices.mail_writer import UnsubscribeTokens
from lti_app.web.notices.preferences import SENDS_MAIL
from tests.factories.bounces import ANA, SECRET, report, store_mail
from tests.factories.notices import give_addresses
from tests.web.questions import refused


@pytest.fixture
def where(cast):
    return f"/courses/{cast.course_id}/notices/preferences"


@pytest.fixture
def token(site, cast):
    return UnsubscribeTokens(site.app.config["SECRET_KEY"]).make(cast.course_id, cast.ana.person_id)


def chosen(site, actor):
    with site.database.read() as session:
        return get_preferences(session, actor)


def save(browser, where, frequency="daily", start="", end=""):
    return browser.post_form(where, where, frequency=frequency, quiet_from=start, quiet_to=end)


def test_a_choice_is_kept_for_this_course(site, cast, where):
    browser = site.browser(cast.ana)
    assert chosen(site, cast.ana).frequency is Frequency.DAILY
    assert save(browser, where, "weekly", "22", "7").status == 303
    assert chosen(site, cast.ana) == MailPreferences(Frequency.WEEKLY, 22, 7)
    assert save(browser, where, "at_once").status == 303
    assert chosen(site, cast.ana) == MailPreferences(Frequency.AT_ONCE)
    assert chosen(site, cast.ben) == MailPreferences()


@pytest.mark.parametrize(
    "given",
    [("daily", "22", ""), ("daily", "", "7"), ("daily", "7", "7"), ("daily", "24", "7"), ("hourly", "", "")],
)
def test_a_choice_that_makes_no_sense_is_refused(site, cast, where, given):
    assert save(site.browser(cast.ana), where, *given).status == 422
    assert chosen(site, cast.ana) == MailPreferences()


def test_the_page_says_what_becomes_of_mail(site, cast, where, monkeypatch):
    browser = site.browser(cast.ana)
    assert "E-mail is not set up for Colloquy" in browser.get(where).text
    monkeypatch.setitem(site.app.config, SENDS_MAIL, True)
    assert "does not share an e-mail address" in browser.get(where).text
    with site.database.writing() as session:
        mine = Person.id == cast.ana.person_id
        session.execute(update(Person).where(mine).values(email="ana@students.example.edu"))
    assert "E-mail goes to ana@students.example.edu" in browser.get(where).text
    key = address_key("ana@students.example.edu")
    row = {"person_id": cast.ana.person_id, "address_key": key, "detail": "550", "refused_at": site.clock()}
    with site.database.writing() as session:
        session.add(RefusedAddress(**row))
    assert "refused your address" in browser.get(where).text
    assert browser.post_form(f"{where}/address", where).status == 303
    assert "E-mail goes to ana@students.example.edu" in browser.get(where).text


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("5.1.1", "this mailbox does not exist"),
        ("5.2.2", "this mailbox is full"),
        ("5.7.1", "does not let our mail in"),
        ("5.4.6", "reports error 5.4.6"),
    ],
)
def test_a_reader_learns_that_mail_came_back_and_turns_it_on_again(site, cast, monkeypatch, status, told):
    browser, notices = site.browser(cast.ana), f"/courses/{cast.course_id}/notices"
    where = f"{notices}/preferences"
    monkeypatch.setitem(site.app.config, SENDS_MAIL, True)
    assert "E-mail to you has stopped" not in browser.get(notices).text
    with site.database.writing() as session:
        give_addresses(session, cast)
        paths = ReturnPaths("bounces@example.edu", SECRET)
        row = store_mail(session, cast, now=site.clock())
        came_back = read_returned(report(paths.make(row.id, row.token, ANA), ("failed", "5.1.1")))
        take_returned(session, paths, came_back, now=site.clock())
        session.execute(update(RefusedAddress).values(detail=status))
    page = browser.get(where).text
    assert f"E-mail to your address, {ANA}, came back on" in page
    assert told in page
    assert "E-mail to you has stopped" in browser.get(notices).text
    assert "came back" not in site.browser(cast.ben).get(where).text
    assert browser.post_form(f"{where}/address", where).status == 303
    assert f"E-mail goes to {ANA}" in browser.get(where).text
    assert "E-mail to you has stopped" not in browser.get(notices).text


def test_only_a_form_of_ours_turns_mail_on_again(site, cast, where):
    with site.database.writing() as session:
        give_addresses(session, cast)
        person_id = cast.ana.person_id
        stop_address(session, person_id, ANA, detail="5.1.1", has_bounced=True, now=site.clock())
    refused(site.browser(cast.ana).send(f"{where}/address", data={}), 401)
    ben = site.browser(cast.ben)
    assert ben.post(f"{where}/address", csrf_token=ben.token(where)).status == 303
    with site.database.read() as session:
        assert session.get(RefusedAddress, person_id).has_bounced


def test_one_click_turns_mail_off_without_a_visit_or_a_csrf_token(site, cast, token):
    stranger, address = site.stranger(), f"/notices/unsubscribe/{token}"
    assert "Leading Change" in stranger.get(address).text
    assert chosen(site, cast.ana).frequency is Frequency.DAILY  # opening the address does nothing
    for _ in range(2):
        answer = stranger.send(address, "POST", data={"List-Unsubscribe": "One-Click"})
        assert (answer.status, "You are unsubscribed" in answer.text) == (200, True)
    assert chosen(site, cast.ana).frequency is Frequency.OFF
    assert chosen(site, cast.ben).frequency is Frequency.DAILY


def test_quiet_hours_survive_unsubscribing(site, cast, where, token):
    save(site.browser(cast.ana), where, "daily", "22", "7")
    site.stranger().send(f"/notices/unsubscribe/{token}", "POST", data={})
    assert chosen(site, cast.ana) == MailPreferences(Frequency.OFF, 22, 7)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_that_we_did_not_make_finds_nothing(site, cast, token, method):
    others = UnsubscribeTokens("another secret of at least 32 characters").make(cast.course_id, cast.ana.person_id)
    nobody = UnsubscribeTokens(site.app.config["SECRET_KEY"]).make(cast.course_id, 10**9)
    wrong = [token[:-1], f"{token}x", others, "x", *([nobody] if method == "POST" else [])]
    for each in wrong:
        options = {"data": {}} if method == "POST" else {}
        refused(site.stranger().send(f"/notices/unsubscribe/{each}", method, **options), 404)
    assert chosen(site, cast.ana).frequency is Frequency.DAILY

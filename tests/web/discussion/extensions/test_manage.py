"""GET and POST …/extensions: later dates for some."""

from dataclasses import astuple
from datetime import timedelta

import pytest

from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Anonymity, Calendar
from tests.factories.discussions import WEEK, plan
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address


def own_dates(site, actor, discussion):
    with site.read() as session:
        return get_discussion(session, actor, discussion.id, now=site.clock()).own_dates


def test_a_student_gets_later_dates_and_is_told(site, cast, discussion):
    here = address(discussion, "extensions")
    browser = site.browser(cast.ines)
    whom = f"p{cast.ana.person_id}"
    answer = browser.post_form(here, here, whom=whom, first_post_due="2026-03-07T23:59", note="Ill until Friday")
    assert answer.status == 303
    shown = browser.get(here).text
    assert "Ana Brandt" in shown
    assert "First post due Sat, Mar 7, 11:59 PM" in shown
    assert "Ill until Friday" in shown
    ana = site.browser(cast.ana).get(address(discussion)).text
    assert "You have an extension here: first post due Sat, Mar 7, 11:59 PM" in ana
    assert "Write a first post of at least 5 words by Sat, Mar 7, 11:59 PM." in ana
    assert "Ill until Friday" not in ana
    assert "extended" not in site.browser(cast.ben).get(address(discussion)).text


def test_a_group_gets_later_dates_which_can_be_taken_back(site, cast, discussion):
    with site.database.writing() as session:
        group = make_group(session, cast.ines, "Night shift")
        place_students(session, cast.ines, {cast.ben.person_id: group})
    here, browser = address(discussion, "extensions"), site.browser(cast.ines)
    assert browser.post_form(here, here, whom=f"g{group}", closes_at="2026-03-20T12:00").status == 303
    assert own_dates(site, cast.ben, discussion) == {"closes_at"}
    (form,) = [form for form in browser.get(here).page.all("form") if form.attrs["action"].endswith("/remove")]
    assert browser.post_form(form.attrs["action"], here).status == 303
    assert not own_dates(site, cast.ben, discussion)


ODD = {
    "nobody": ({"whom": ""}, "whom"),
    "somebody of another course": ({"whom": "p8"}, "whom"),
    "no date": ({"first_post_due": ""}, "first_post_due"),
    "an earlier date": ({"first_post_due": "2026-03-04T10:00"}, "first_post_due"),
    "no date at all": ({"first_post_due": "soon"}, "first_post_due"),
    "another century": ({"first_post_due": "1026-03-04T10:00"}, "first_post_due"),
}


@pytest.mark.parametrize(("fields", "beside"), ODD.values(), ids=ODD)
def test_what_makes_no_sense_is_refused_beside_its_field(site, cast, discussion, fields, beside):
    here = address(discussion, "extensions")
    filled = {"whom": f"p{cast.ana.person_id}", "first_post_due": "2026-03-09T10:00", "note": "Kept"} | fields
    answer = site.browser(cast.ines).post_form(here, here, **filled)
    assert answer.status == 422
    assert answer.beside(beside)
    assert "Kept" in answer.kept
    assert not own_dates(site, cast.ana, discussion)


@pytest.mark.parametrize("who", ["tariq", "ana", "olga"])
def test_others_may_not(site, cast, discussion, who):
    here, browser = address(discussion, "extensions"), site.browser(getattr(cast, who))
    refused(browser.get(here), 403)
    refused(browser.post(here, whom=f"p{cast.ana.person_id}", first_post_due="2026-03-09T10:00"), 403)
    refused(browser.post(f"{here}/1/remove"), 403)


def test_other_courses_and_forged_requests(site, cast, discussion, foreign):
    here = address(discussion, "extensions")
    refused(site.browser(cast.ines).get(f"/courses/{cast.course_id}/discussions/{foreign.id}/extensions"), 404)
    refuses_no_visit(site, here)
    refuses_unsafe_posts(site, cast.ines, here, whom=f"p{cast.ana.person_id}", first_post_due="2026-03-09T10:00")
    refuses_methods(site, cast.ines, here, "PUT", "DELETE")
    assert not own_dates(site, cast.ana, discussion)


def test_statements_do_not_grow(site, cast, discussion):
    here, browser = address(discussion, "extensions"), site.browser(cast.ines)
    few = costs(site, lambda: browser.get(here))
    for student in cast.students:
        browser.post_form(here, here, whom=f"p{student.person_id}", closes_at="2026-03-20T12:00")
    assert costs(site, lambda: browser.get(here)) == few <= 6


def test_the_page_says_what_holds_by_now(site, cast, discussion):
    """A first post due after all else moves the rest along; where the class's dates came to be later, nothing is."""
    here, browser = address(discussion, "extensions"), site.browser(cast.ines)
    browser.post_form(here, here, whom=f"p{cast.ana.person_id}", first_post_due="2026-03-12T12:00")
    row = browser.get(here).page.one("ul", class_="extension-list").text
    assert "First post due Thu, Mar 12, 12:00 PM" in row
    assert row.count("(moved to match)") == 2
    later = Calendar(*(date and date + timedelta(days=30) for date in astuple(WEEK)))
    with site.database.writing() as session:
        save_settings(session, cast.ines, discussion.id, settings=plan(calendar=later), version=1, now=site.clock())
    assert "this extension changes nothing" in browser.get(here).page.one("ul", class_="extension-list").text
    assert "extended" not in site.browser(cast.ana).get(address(discussion)).text


def test_the_desk_names_own_dates_and_counts_by_them(site, cast, discussion):
    here, browser = address(discussion, "extensions"), site.browser(cast.ines)
    browser.post_form(here, here, whom=f"p{cast.ana.person_id}", first_post_due="2026-03-07T23:59")
    site.clock.move(days=4)
    for actor in (cast.ana, cast.ben):
        site.write(actor, discussion)
    browser = site.browser(cast.ines)
    ana, ben = (browser.get(address(discussion, "grading", one.person_id)) for one in (cast.ana, cast.ben))
    assert "extension: first post due Sat, Mar 7, 11:59 PM" in ana.text
    assert "extension" not in ben.text
    assert "late" in ben.page.one("article").text
    assert "late" not in ana.page.one("article").text


def test_blind_grading_is_warned_and_its_desk_names_no_own_dates(site, cast):
    discussion = site.discussion(anonymity=Anonymity.BLIND)
    here, browser = address(discussion, "extensions"), site.browser(cast.ines)
    browser.post_form(here, here, whom=f"p{cast.ana.person_id}", first_post_due="2026-03-07T23:59")
    assert "may be able to tell who wrote it" in browser.get(here).text
    for link in browser.get(address(discussion, "grading")).page.one("table").all("a"):
        assert "extension" not in browser.get(link.attrs["href"]).text

"""What the desk says of the gradebook, and POST …/grading/<student>/gradebook."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.grading.passbacks.actions.reading_back import claim_column, finish_read, finish_unread
from lti_app.grading.passbacks.ports import ColumnReading
from lti_app.grading.passbacks.rules.states import Shown
from tests.web.questions import costs, refused, refuses_methods, refuses_unsafe_posts
from tests.web.site import address

OURS = Shown(Decimal(20), Decimal(20))
OTHER = Shown(Decimal("15.5"), Decimal(20))


@pytest.fixture
def desk(discussion):
    return address(discussion, "grading")


@pytest.fixture
def released(site, cast, discussion):
    """Ana's and Ben's grades are accepted by the LMS."""
    for student in (cast.ana, cast.ben):
        site.mark(discussion, student)
        site.release(discussion, student)
    site.lms_answers()


def read(site, shown=None, *beside, code=""):
    """The worker reads the gradebook when it is due."""
    with site.database.writing() as session:
        claimed = claim_column(session, site.clock() + timedelta(days=30), lease=timedelta(minutes=5))
        if code:
            finish_unread(session, claimed, code, now=site.clock())
        else:
            columns = [ColumnReading("1", "Week 1", claimed.versions.keys(), shown)]
            finish_read(session, claimed, [*columns, *beside], now=site.clock())


def cells(answer):
    return [row.all("td")[-1].text for row in answer.page.one("tbody").all("tr")]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (OURS, "✓ confirmed: 20"),
        (Shown(Decimal(80), Decimal(80)), "✓ confirmed: 80 of 80"),
        (OTHER, "! the LMS shows 15.5 instead"),
        (None, "! the LMS shows no grade"),
    ],
)
@pytest.mark.usefixtures("released")
def test_class_list_says_what_the_lms_shows(site, cast, desk, shown, words):
    about = {cast.ana.person_id: OURS, cast.ben.person_id: shown}
    read(site, {person: each for person, each in about.items() if each})
    page = site.browser(cast.ines).get(desk)
    assert cells(page)[1].startswith(words)
    page = site.browser(cast.ines).get(f"{desk}/{cast.ben.person_id}")
    assert f"Gradebook: {words}." in page.text


@pytest.mark.usefixtures("released")
def test_what_one_of_two_columns_shows_is_told_with_its_name(site, cast, discussion, desk):
    """A discussion that two activities open: every grade of it goes to the columns of both."""
    both = [cast.ana.person_id, cast.ben.person_id]
    copy = ColumnReading("2", "Week 1 (copy)", both, {both[0]: OURS, both[1]: OTHER})
    read(site, dict.fromkeys(both, OURS), copy)
    browser = site.browser(cast.ines)
    told = cells(browser.get(desk))
    assert told[0] == "✓ confirmed: 20 in 2 columns"
    assert told[1].startswith("! the LMS shows 15.5 instead in the column of Week 1 (copy)")
    page = browser.get(f"{desk}/{cast.ben.person_id}")
    assert "Gradebook: ! the LMS shows 15.5 instead in the column of Week 1 (copy)." in page.text
    assert [each.text for each in page.page.one("div", class_="state").one("ul").all("li")] == [
        "Week 1 : ✓ confirmed: 20",
        "Week 1 (copy) : ! the LMS shows 15.5 instead",
    ]


@pytest.mark.usefixtures("released")
def test_change_is_told_with_both_ways_out(site, cast, discussion, desk):
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: OURS})
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: OTHER})
    browser = site.browser(cast.ines)
    page = browser.get(desk)
    assert cells(page)[1].startswith("! the LMS shows 15.5, changed there Someone changed this grade in the LMS.")
    assert "1 grade in the LMS is not the one released here. Choose which one counts." in page.text
    assert f"{desk}/passback" in [link.attrs["href"] for link in page.page.all("a")]
    one = f"{desk}/{cast.ben.person_id}"
    answer = browser.post(f"{one}/gradebook", choice="keep")
    assert (answer.status, answer.location) == (303, one)
    assert "1 LMS grade kept." in browser.get(one).text
    assert cells(browser.get(desk))[1] == "LMS grade kept: 15.5"


@pytest.mark.usefixtures("released")
def test_one_students_grade_is_sent_over_the_lmss(site, cast, discussion, desk):
    read(site, {cast.ana.person_id: OTHER, cast.ben.person_id: OTHER})
    browser, one = site.browser(cast.ines), f"{desk}/{cast.ben.person_id}"
    answer = browser.post(f"{one}/gradebook", choice="send")
    assert (answer.status, answer.location) == (303, one)
    assert [site.passbacks(discussion)[each.person_id].state for each in (cast.ana, cast.ben)] == ["sent", "pending"]


@pytest.mark.usefixtures("released")
def test_newer_grade_is_held_and_says_so(site, cast, discussion, desk):
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: OTHER})
    site.mark(discussion, cast.ben, version=1, lowest=True)
    site.release(discussion, cast.ben)
    page = site.browser(cast.ines).get(f"{desk}/{cast.ben.person_id}")
    assert "Gradebook: ! not sent: the LMS shows 15.5." in page.text
    assert "Send our grade" in page.text
    assert "Keep the LMS grade" in page.text


def test_column_of_complete_and_incomplete_confirms_what_it_keeps(site, cast, discussion, desk):
    """Canvas shows full points for every grade above zero: that is no other grade."""
    site.mark(discussion, cast.ana, level=1)
    site.mark(discussion, cast.ben, level=2)
    for student in (cast.ana, cast.ben):
        site.release(discussion, student)
    site.lms_answers()
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: OURS})
    browser = site.browser(cast.ines)
    page = browser.get(desk)
    assert set(cells(page)) >= {"✓ confirmed: complete (the LMS shows 20)"}
    assert "Choose which" not in page.text
    one = browser.get(f"{desk}/{cast.ben.person_id}")
    assert "the LMS shows full points for any grade above zero" in one.text


@pytest.mark.usefixtures("released")
def test_column_without_points_and_gradebook_that_cannot_be_read(site, cast, desk):
    browser = site.browser(cast.ines)
    read(site, {})
    assert cells(browser.get(desk))[0].startswith("! the LMS keeps no points The LMS accepts grades for this column")
    browser.post(f"{desk}/passback/check")
    read(site, code="unreadable")
    assert cells(browser.get(desk))[0] == "sent; can’t be read back"


@pytest.mark.usefixtures("released")
def test_who_may(site, cast, foreign, desk):
    path = f"{desk}/{cast.ben.person_id}/gradebook"
    for who in (cast.ana, cast.olga):
        refused(site.browser(who).post(path), 403)
    elsewhere = f"/courses/{cast.course_id}/discussions/{foreign.id}/grading/{cast.ben.person_id}/gradebook"
    refused(site.browser(cast.ines).post(elsewhere), 404)
    refuses_unsafe_posts(site, cast.ines, path)
    refuses_methods(site, cast.ines, path, "PUT", "DELETE")


@pytest.mark.usefixtures("released")
def test_statements_do_not_grow_with_the_class(site, cast, discussion, desk):
    browser, path = site.browser(cast.ines), f"{desk}/{cast.ben.person_id}/gradebook"
    few = costs(site, lambda: browser.post(path))
    site.mark(discussion, cast.chi)
    site.release(discussion, cast.chi)
    site.lms_answers()
    assert costs(site, lambda: browser.post(path)) == few

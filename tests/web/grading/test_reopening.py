"""After a release: taking a grade back, asking for a second look and answering it, and the history of it all."""

import pytest

from lti_app.discussion.discussions.rules import Anonymity
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_unsafe_posts
from tests.web.site import address

WHY = "My second reply cites Kotter, p. 104."


@pytest.fixture
def desk(cast, discussion):
    return address(discussion, "grading", cast.ana.person_id)


@pytest.fixture
def released(site, cast, discussion):
    site.mark(discussion, cast.ana, comment="Good.")
    site.release(discussion, cast.ana)


def grade(site, discussion):
    cards = site.browser(site.cast.ana).get(address(discussion)).page.all("section", class_="grade")
    return cards[0].text if cards else ""


def ask(site, discussion, reason=WHY, who="ana"):
    page = address(discussion)
    return site.browser(getattr(site.cast, who)).post_form(f"{page}/second-look", page, reason=reason)


@pytest.mark.usefixtures("released")
def test_a_grade_taken_back_is_not_seen_and_not_sent(site, cast, discussion, desk):
    browser = site.browser(cast.tariq)
    assert "20 of 20 points" in grade(site, discussion)
    answer = browser.post_form(f"{desk}/take-back", desk)
    assert (answer.status, answer.location) == (303, desk)
    assert "Taken back." in browser.get(desk).text
    assert (grade(site, discussion), site.passbacks(discussion)) == ("", {})
    assert "Draft, saved" in browser.get(desk).text
    assert "Taken back." not in browser.get(browser.post(f"{desk}/take-back", **token(browser, desk)).location).text
    site.release(discussion, cast.ana)
    assert site.passbacks(discussion)[cast.ana.person_id].state == "pending"
    assert "20 of 20 points" in grade(site, discussion)


@pytest.mark.usefixtures("released")
def test_what_the_lms_accepted_stays_known(site, cast, discussion, desk):
    site.lms_answers()
    site.mark(discussion, cast.ana, version=1, lowest=True)
    site.release(discussion, cast.ana)
    browser = site.browser(cast.tariq)
    browser.post_form(f"{desk}/take-back", desk)
    report = site.passbacks(discussion)[cast.ana.person_id]
    assert (report.state, report.given) == ("sent", 20)
    site.release(discussion, cast.ana)
    site.lms_answers()
    report = site.passbacks(discussion)[cast.ana.person_id]
    assert (report.state, report.given) == ("sent", 0)


def token(browser, path):
    """What a form of the page proves itself by."""
    forms = [values_of(form) for form in browser.get(path).page.all("form")]
    return {"csrf_token": next(form["csrf_token"] for form in forms if "csrf_token" in form)}


@pytest.mark.usefixtures("released")
def test_a_student_asks_and_a_grader_answers(site, cast, discussion, desk):
    staff = site.browser(cast.tariq)
    answer = ask(site, discussion, f" {WHY}\r\nPlease. ")
    assert answer.status == 303
    assert f"{WHY} Please. Not answered yet." in grade(site, discussion)
    assert "asks for a second look" in staff.get(address(discussion, "grading")).text
    assert WHY in staff.get(desk).text
    assert "Ask for a second look" not in grade(site, discussion)
    staff.post_form(f"{desk}/answer", desk, answer="You are right. See the new grade.")
    assert "You are right. See the new grade." in grade(site, discussion)
    assert "Ask for a second look" in grade(site, discussion)
    assert "asks for a second look" not in staff.get(address(discussion, "grading")).text
    refused(staff.post(f"{desk}/answer", answer="Once more.", **token(staff, desk)), 404)


@pytest.mark.usefixtures("released")
def test_requests_have_bounds(site, cast, discussion):
    browser = site.browser(cast.ana)
    for reason, words in (("  ", "Write your reason first."), ("x" * 2001, "up to 2000 characters")):
        page = address(discussion)
        browser.post_form(f"{page}/second-look", page, reason=reason)
        assert words in browser.get(page).text
    ask(site, discussion)
    page = address(discussion)
    browser.post(f"{page}/second-look", reason="Again", **token(browser, page))
    assert "You have asked already." in browser.get(page).text


def test_nobody_asks_about_what_is_not_released(site, cast, discussion):
    site.mark(discussion, cast.ana)
    browser = site.browser(cast.ana)
    page = address(discussion)
    refused(browser.post(f"{page}/second-look", reason=WHY, **token(browser, page)), 404)
    other = site.browser(cast.ines)
    refused(other.post(f"{page}/second-look", reason=WHY, **token(other, address(discussion, "grading"))), 404)


@pytest.mark.usefixtures("released")
def test_history_says_who_did_what(site, cast, discussion, desk):
    site.clock.move(minutes=1)
    site.mark(discussion, cast.ana, version=1, comment="Less good.", lowest=True)
    staff = site.browser(cast.ines)
    staff.post_form(f"{desk}/take-back", desk)
    answer = staff.get(f"{desk}/history")
    told = [item.text for item in answer.page.one("ol", class_="history").all("li") if "Mar 2" in item.text]
    assert [words.split(" ", 2)[0] for words in told] == ["Taken", "Marks", "Released", "Marks"]
    assert "Tariq" in told[1]
    assert "Less good." in told[1]
    assert "Content and argument: 0 of 6 Missing" in told[1]
    assert "20 points" in told[2]
    assert staff.get(f"{address(discussion, 'grading', cast.ben.person_id)}/history").status == 200
    few = costs(site, lambda: staff.get(f"{desk}/history"))
    site.mark(discussion, cast.ana, version=3)
    assert costs(site, lambda: staff.get(f"{desk}/history")) == few <= 7


@pytest.mark.parametrize("who", ["ana", "ben", "olga"])
def test_others_may_not(site, cast, desk, who):
    browser = site.browser(getattr(cast, who))
    refused(browser.get(f"{desk}/history"), 403)
    for action in ("take-back", "answer"):
        refused(browser.post(f"{desk}/{action}"), 403)


def test_a_blind_desk_takes_no_ids_of_people(site, cast):
    discussion = site.discussion(anonymity=Anonymity.BLIND)
    site.write(cast.ana, discussion)
    staff = site.browser(cast.ines)
    key = staff.get(address(discussion, "grading")).page.one("tbody").all("a")[0].attrs["href"]
    assert staff.get(f"{key}/history").status == 200
    refused(staff.get(f"{address(discussion, 'grading', cast.ana.person_id)}/history"), 404)


@pytest.mark.usefixtures("released")
def test_unsafe_posts_change_nothing(site, cast, discussion, desk):
    refuses_unsafe_posts(site, cast.ines, f"{desk}/take-back")
    refuses_unsafe_posts(site, cast.ana, f"{address(discussion)}/second-look", reason=WHY)
    assert "20 of 20 points" in grade(site, discussion)

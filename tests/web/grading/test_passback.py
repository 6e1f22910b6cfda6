"""GET and POST …/grading/passback: every released grade, what the LMS has of it, and what to do."""

from decimal import Decimal

import pytest

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.passbacks.rules.states import ReadBack, Shown
from tests.cast import arrive
from tests.web.grading.test_gradebook import OTHER, OURS, read
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def desk(discussion):
    return address(discussion, "grading")


@pytest.fixture
def path(desk):
    return f"{desk}/passback"


@pytest.fixture
def released(site, cast, discussion):
    """Ana's and Ben's grades are accepted by the LMS."""
    for student in (cast.ana, cast.ben):
        site.mark(discussion, student)
        site.release(discussion, student)
    site.lms_answers()


@pytest.fixture
def changed(site, cast, released):
    """Somebody has changed Ben's grade in the LMS; Ana's is confirmed."""
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: OURS})
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: OTHER})


def rows(answer):
    """By student: the cells behind the name."""
    found = answer.page.one("tbody").all("tr")
    return {row.one("th").text: [cell.text for cell in row.all("td")][-4:] for row in found}


def ticks(answer):
    return [box.attrs["value"] for box in answer.page.all("input") if box.attrs.get("name") == "tick"]


def states(site, discussion):
    found = site.passbacks(discussion)
    return [found[student.person_id].state for student in site.cast.students[:2]]


def test_nothing_released_is_said(site, cast, desk, path):
    page = site.browser(cast.ines).get(path)
    assert page.status == 200
    assert "No grades have been released yet." in page.text
    assert desk in [link.attrs["href"] for link in page.page.all("a")]
    assert not page.page.all("table")


@pytest.mark.usefixtures("changed")
def test_each_grade_has_ours_the_accepted_and_the_lmss(site, cast, discussion, desk, path):
    site.mark(discussion, cast.chi)
    page = site.browser(cast.tariq).get(path)
    found = rows(page)
    assert list(found) == ["Ben Carter", "Ana Brandt"]  # what needs attention comes first
    ours, accepted, shown, state = found["Ben Carter"]
    assert ours == "20 of 20"
    assert accepted.startswith("20 of 20 ")
    assert shown.startswith("15.5 of 20 ")
    assert state.startswith("! the LMS shows 15.5, changed there Someone changed this grade in the LMS.")
    assert found["Ana Brandt"][3] == "✓ confirmed: 20"
    assert "1 of 2 released grades are confirmed in the LMS." in page.text
    assert "1 student has no released grade and is not listed." in page.text
    assert f"{desk}/passback" in [link.attrs["href"] for link in site.browser(cast.ines).get(desk).page.all("a")]


def test_accepted_grade_stays_beside_a_newer_one_that_is_refused(site, cast, discussion, released, *, path):
    site.mark(discussion, cast.ben, version=1, lowest=True)
    site.release(discussion, cast.ben)
    site.lms_answers(refusal="rejected", detail="no such student")
    ours, accepted, shown, state = rows(site.browser(cast.ines).get(path))["Ben Carter"]
    assert (ours, accepted[:8], shown) == ("0 of 20", "20 of 20", "not read yet")
    assert state == "✗ rejected The LMS did not accept this grade. The LMS says: no such student"


@pytest.mark.usefixtures("changed")
def test_ours_are_sent_only_for_the_ticked(site, cast, discussion, path):
    read(site, {cast.ana.person_id: OTHER, cast.ben.person_id: OTHER})
    browser = site.browser(cast.ines)
    page = browser.get(path)
    assert len(ticks(page)) == 2
    wanted = [value for value in ticks(page) if value.startswith(f"{cast.ben.person_id}:")]
    answer = browser.post_form(path, path, action="send", tick=wanted)
    assert (answer.status, answer.location) == (303, path)
    assert states(site, discussion) == ["sent", "pending"]
    assert site.bell.rings == [1]
    assert "Sending 1 grade again." in browser.get(path).text


@pytest.mark.usefixtures("changed")
def test_theirs_are_kept_only_for_the_ticked(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    browser.post(path, action="keep", tick=ticks(browser.get(path)))
    page = browser.get(path)
    assert "1 LMS grade kept." in page.text
    assert rows(page)["Ben Carter"][3].startswith("LMS grade kept: 15.5")
    assert rows(page)["Ana Brandt"][3] == "✓ confirmed: 20"


@pytest.mark.parametrize("action", ["send", "keep"])
@pytest.mark.usefixtures("changed")
def test_nothing_changes_without_a_tick(site, cast, discussion, path, action):
    browser = site.browser(cast.ines)
    browser.post(path, action=action)
    assert "Select at least one student first." in browser.get(path).text
    assert (states(site, discussion), site.bell.rings) == (["sent", "sent"], [])


@pytest.mark.parametrize("action", ["send", "keep"])
@pytest.mark.usefixtures("changed")
def test_what_was_not_seen_is_not_decided(site, cast, discussion, path, action):
    """The LMS's grade changes once more between the page and the click."""
    browser = site.browser(cast.ines)
    seen = ticks(browser.get(path))
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: Shown(Decimal(5), Decimal(20))})
    browser.post(path, action=action, tick=seen)
    assert "1 grade changed since you opened this page and was left alone." in browser.get(path).text
    report = site.passbacks(discussion)[cast.ben.person_id]
    assert (report.state, report.read_back) == ("sent", ReadBack.CHANGED)


@pytest.mark.parametrize("tick", ["", ":", "x", "999999:0", "-1:", "9" * 5000 + ":a", "\x00"])
@pytest.mark.usefixtures("changed")
def test_ticks_of_nobody_change_nothing(site, cast, discussion, path, tick):
    assert site.browser(cast.ines).post(path, action="send", tick=tick).status == 303
    assert states(site, discussion) == ["sent", "sent"]


@pytest.mark.usefixtures("changed")
def test_dry_run_says_what_would_be_sent_and_sends_nothing(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    page = browser.post(path, action="dry_run")
    groups = [group.text for group in page.page.one("section", class_="dry-run").all("details")]
    assert page.status == 200
    assert groups == [
        "Not sent: the LMS shows another grade, and the student is not selected (1) Ben Carter : ours 20, LMS 15.5",
        "Not sent: the gradebook shows this grade already (1) Ana Brandt",
        "Not sent: no grade has been released (1) Chi Nguyen",
    ]
    assert "No grade would be sent." in page.text
    seen = ticks(page)
    page = browser.post(path, action="dry_run", tick=seen)
    first = page.page.one("section", class_="dry-run").all("details")[0].text
    assert first.startswith("Sent if you choose “Send ours for the selected”, in place of the grade in the LMS (1)")
    assert [box.attrs["value"] for box in page.page.all("input") if "checked" in box.attrs] == seen
    assert (states(site, discussion), site.bell.rings) == (["sent", "sent"], [])


def test_dry_run_of_what_failed_and_waits(site, cast, discussion, path):
    for student, refusal in ((cast.ana, "locked"), (cast.ben, None)):
        site.mark(discussion, student)
        site.release(discussion, student)
        if refusal:
            site.lms_answers(refusal)
    page = site.browser(cast.ines).post(path, action="dry_run")
    groups = [group.text for group in page.page.one("section", class_="dry-run").all("details")]
    assert groups[:2] == [
        "Sent next, without any action (1) Ben Carter : 20",
        "Sent if you choose “Send failed grades again” (1) Ana Brandt : 20",
    ]
    assert states(site, discussion) == ["refused", "pending"]


@pytest.mark.usefixtures("released")
def test_check_rings_for_the_worker(site, cast, path):
    answer = site.browser(cast.ines).post_form(f"{path}/check", path)
    assert (answer.status, answer.location) == (303, path)
    assert site.bell.checks == 1


def test_blind_grading_shows_pseudonyms_and_their_keys(site, cast):
    blind = site.discussion(anonymity=Anonymity.BLIND)
    path = address(blind, "grading", "passback")
    site.browser(cast.ines).get(address(blind, "grading"))
    site.mark(blind, cast.ben)
    site.release(blind, cast.ben)
    site.lms_answers()
    read(site, {cast.ben.person_id: OTHER})
    browser = site.browser(cast.ines)
    page = browser.get(path)
    assert "Ben" not in page.page.one("table").text
    (tick,) = ticks(page)
    assert tick.startswith("b")
    browser.post(path, action="send", tick=tick)
    assert site.passbacks(blind)[cast.ben.person_id].state == "pending"
    dry = browser.post(path, action="dry_run")
    assert "Ben" not in dry.page.one("main").text


@pytest.mark.parametrize("which", ["", "/check", "/retry"])
@pytest.mark.usefixtures("released")
def test_who_may(site, cast, foreign, path, which):
    for who in (cast.ana, cast.olga):
        refused(site.browser(who).post(path + which), 403)
        refused(site.browser(who).get(path), 403)
    elsewhere = f"/courses/{cast.course_id}/discussions/{foreign.id}/grading/passback"
    refused(site.browser(cast.ines).post(elsewhere + which), 404)
    refused(site.browser(cast.ines).get(elsewhere), 404)
    refuses_unsafe_posts(site, cast.ines, path + which)
    refuses_methods(site, cast.ines, path + which, "PUT", "DELETE")
    assert (site.bell.checks, site.bell.rings) == (0, [])


def test_no_visit_is_told_to_come_from_the_course_page(site, path):
    refuses_no_visit(site, path)


@pytest.mark.usefixtures("changed")
def test_statements_do_not_grow_with_the_class(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    seen = ticks(browser.get(path))
    posts = [
        lambda: browser.get(path),
        lambda: browser.post(path, action="dry_run"),
        lambda: browser.post(path, action="send", tick=seen),
        lambda: browser.post(f"{path}/check"),
    ]
    few = [costs(site, each) for each in posts]
    with site.database.writing() as session:
        more = [arrive(session, cast.course_id, f"Student {n}", Role.STUDENT, now=site.clock()) for n in range(12)]
    for student in more:
        site.mark(discussion, student)
    site.release(discussion, *more)
    site.lms_answers()
    everybody = [cast.ana.person_id, cast.ben.person_id, *(each.person_id for each in more)]
    read(site, dict.fromkeys(everybody, OTHER))
    seen = ticks(browser.get(path))
    assert len(seen) == len(everybody)
    assert [costs(site, each) for each in posts] == few
    assert few[0] <= 6

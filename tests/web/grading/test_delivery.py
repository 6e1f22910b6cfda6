"""What a student reads of their released grade: sent when, confirmed or not."""

from datetime import timedelta

import pytest

from lti_app.grading.passbacks.actions.sending import claim_due, finish_failed
from lti_app.grading.passbacks.rules.states import GradebookStanding
from lti_app.grading.passbacks.rules.wording import _TO_STUDENTS
from tests.web.grading.test_gradebook import OTHER, OURS, read
from tests.web.grading.test_passback import ticks
from tests.web.questions import costs
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion)


@pytest.fixture
def graded(site, cast, discussion):
    """Ana's and Ben's grades are released."""
    for student in (cast.ana, cast.ben):
        site.mark(discussion, student)
        site.release(discussion, student)


def told(site, student, path):
    return site.browser(student).get(path).page.one("section", class_="grade").all("p", class_="meta")[-1].text


@pytest.mark.usefixtures("graded")
def test_grade_on_its_way(site, cast, path):
    assert told(site, cast.ben, path).endswith("Being sent to the gradebook.")


@pytest.mark.usefixtures("graded")
def test_sent_and_confirmed_with_the_time(site, cast, path):
    site.lms_answers()
    assert "Sent to the gradebook " in (sent := told(site, cast.ben, path))
    assert not sent.endswith("confirmed.")
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: OURS})
    assert told(site, cast.ben, path) == sent.removesuffix(".") + ", confirmed."


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "delayed"])
@pytest.mark.usefixtures("graded")
def test_failure_is_told_calmly_and_without_its_reason(site, cast, path, refused):
    with site.database.writing() as session:
        for claimed in claim_due(session, site.clock(), limit=9, lease=timedelta(minutes=1)):
            about = {"code": "locked", "detail": "Grade of Ben is locked", "refused": refused, "now": site.clock()}
            finish_failed(session, claimed, **about)
    words = told(site, cast.ben, path)
    assert words.endswith("Not in the gradebook yet. Your instructor can see why; you don’t need to do anything.")


@pytest.mark.usefixtures("graded")
def test_other_grade_in_the_lms_is_told_without_its_points(site, cast, discussion, path):
    """The LMS may not have published it yet."""
    site.lms_answers()
    read(site, {cast.ana.person_id: OURS, cast.ben.person_id: OTHER})
    page = site.browser(cast.ben).get(path)
    assert "The gradebook has a different grade." in page.text
    assert "15.5" not in page.text
    browser, gradebook = site.browser(cast.ines), address(discussion, "grading", "passback")
    browser.post(gradebook, action="keep", tick=ticks(browser.get(gradebook)))
    assert told(site, cast.ben, path).endswith("Your instructor decided that the grade in the gradebook counts.")


@pytest.mark.usefixtures("graded")
def test_grade_that_the_lms_does_not_show(site, cast, path):
    site.lms_answers()
    read(site, {cast.ana.person_id: OURS})
    assert "but it doesn’t show there." in told(site, cast.ben, path)


def test_every_standing_has_words_for_students():
    assert {*_TO_STUDENTS, GradebookStanding.PENDING} == {*GradebookStanding}


def test_it_costs_no_statement(site, cast, discussion, path):
    site.mark(discussion, cast.ben)
    site.release(discussion, cast.ben)
    browser = site.browser(cast.ben)
    pending = costs(site, lambda: browser.get(path))
    site.lms_answers()
    assert costs(site, lambda: browser.get(path)) == pending

"""…/grading/second-marking: whose work two graders mark, and how far they are."""

from tests.web.questions import refused
from tests.web.site import address

GOOD = {"mode": "everybody", "percent": "20", "agreement": "average", "tolerance": "1.5"}


def test_an_instructor_turns_it_on(site, cast, discussion):
    here = address(discussion, "grading", "second-marking")
    browser = site.browser(cast.ines)
    assert "No student’s work is marked twice." in browser.get(here).text
    answer = browser.post_form(here, here, **GOOD)
    assert (answer.status, answer.location) == (303, here)
    page = browser.get(here)
    assert page.page.one("table").text.count("0 of 2 markings") == 3
    browser.post_form(here, here, **{**GOOD, "mode": "off"})
    assert "No student’s work is marked twice." in browser.get(here).text


def test_wrong_numbers_are_told_at_their_field(site, cast, discussion):
    here = address(discussion, "grading", "second-marking")
    browser = site.browser(cast.ines)
    for wrong in (
        {"percent": "0"},
        {"percent": "x"},
        {"tolerance": "21"},
        {"tolerance": "-1"},
        {"tolerance": "NaN"},
        {"tolerance": "0.001"},
        {"mode": "x"},
    ):
        answer = browser.post_form(here, here, **{**GOOD, **wrong})
        assert answer.status == 422, wrong
        assert answer.page.all(class_="error"), wrong


def test_assistants_see_it_and_change_nothing(site, cast, discussion):
    here = address(discussion, "grading", "second-marking")
    browser = site.browser(cast.tariq)
    assert not browser.get(here).page.all("form", method="post")
    refused(browser.post(here, **GOOD), 403)
    assert "No student’s work is marked twice." in browser.get(here).text

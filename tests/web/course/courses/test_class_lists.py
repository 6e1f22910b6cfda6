"""A class list that could not be read: staff see why, and try again."""

import pytest

from lti_app.web.course.class_lists import CLASS_LISTS, ClassListFault
from tests.cast import MONDAY
from tests.web.questions import refused, refuses_methods, refuses_unsafe_posts
from tests.web.site import address

REASONS = {
    "no_address": "has not said where its class list is",
    "unauthorized": "did not accept this tool’s signature",
    "no_scope": "does not allow this tool to read class lists",
    "not_found": "has no class list at the address",
    "rejected": "did not accept the request",
    "timeout": "took too long",
    "unreachable": "could not be reached",
    "server_error": "internal error",
    "throttled": "asked us to wait",
    "bad_answer": "unexpected response",
}


class ClassListsOfTest:
    def __init__(self, *faults):
        self.faults, self.asked = list(faults), []

    def list_faults(self, session, course_id):
        return self.faults

    def read_again(self, course_id):
        self.asked.append(course_id)


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/class-list"


@pytest.fixture
def lists(site, monkeypatch):
    faults = (
        ClassListFault("lms.example", "timeout", is_incomplete=True, read_at=MONDAY),
        ClassListFault("b.example", "no_scope", is_incomplete=False, read_at=None),
    )
    found = ClassListsOfTest(*faults)
    monkeypatch.setitem(site.app.extensions, CLASS_LISTS, found)
    return found


@pytest.mark.parametrize("who", ["ines", "tariq"])
@pytest.mark.usefixtures("lists")
def test_staff_see_every_reason_wherever_the_class_is_listed(site, cast, discussion, who):
    browser, home = site.browser(getattr(cast, who)), f"/courses/{cast.course_id}"
    for page in (home, f"{home}/readings/progress", address(discussion, "grading")):
        notice = browser.get(page).page.one("div", class_="bad").text
        assert "The class list could not be read. " in notice
        assert "lms.example · The list broke off before its end, so nobody was removed. The LMS took too long" in notice
        assert "It was last read Mon, Mar 2" in notice
        assert "b.example · The LMS does not allow this tool to read class lists." in notice


@pytest.mark.usefixtures("lists")
def test_instructors_see_it_beside_the_groups(site, cast):
    answer = site.browser(cast.ines).get(f"/courses/{cast.course_id}/groups")
    assert "The class list could not be read." in answer.text


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_words(site, cast, lists, code):
    lists.faults = [ClassListFault("lms.example", code, is_incomplete=False, read_at=None)]
    answer = site.browser(cast.ines).get(f"/courses/{cast.course_id}")
    assert REASONS[code] in answer.text
    assert ("Try again" in answer.text) == (code != "no_address")


@pytest.mark.parametrize("who", ["ana", "olga"])
@pytest.mark.usefixtures("lists")
def test_others_see_nothing_of_it(site, cast, path, who):
    browser = site.browser(getattr(cast, who))
    assert "class list" not in browser.get(f"/courses/{cast.course_id}").text
    refused(browser.post(path), 403)


def test_trying_again(site, cast, path, lists):
    home = f"/courses/{cast.course_id}"
    browser = site.browser(cast.ines)
    answer = browser.post_form(path, home)
    assert (answer.status, answer.location) == (303, home)
    assert "The class list is being read." in browser.get(home).text
    assert lists.asked == [cast.course_id]


def test_unsafe_posts_are_refused(site, cast, path, lists):
    refuses_unsafe_posts(site, cast.ines, path)
    refuses_methods(site, cast.ines, path, "GET", "PUT")
    assert lists.asked == []

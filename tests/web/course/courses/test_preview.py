"""Somebody who teaches and looks as a student ("Switch role to" in Moodle): what they write is no student's."""

import pytest

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.rules import Anonymity, StanceQuestion
from tests.web.questions import refused
from tests.web.site import address

TOLD = "You are viewing this course as a student."


@pytest.mark.parametrize("who", ["ines", "tariq"])
def test_every_page_says_so(site, cast, discussion, who):
    browser = site.browser(getattr(cast, who), Role.STUDENT)
    for path in (address(discussion), f"/courses/{cast.course_id}", address(discussion, "participation")):
        assert TOLD in browser.get(path).text
    refused(browser.get(address(discussion, "grading")), 403)
    for person in (cast.ines, cast.ana):
        assert TOLD not in site.browser(person).get(address(discussion)).text


@pytest.mark.parametrize("anonymity", [*Anonymity])
def test_what_they_post_is_an_instructors(site, cast, anonymity):
    discussion = site.discussion(anonymity=anonymity, post_first=False)
    site.write(cast.ana, discussion)
    browser = site.browser(cast.ines, Role.STUDENT)
    browser.post_form(address(discussion, "posts"), address(discussion), text="Can you read this?")
    page = site.browser(cast.ben).get(address(discussion)).page
    (article,) = [one for one in page.all("article") if "Can you read this?" in one.text]
    assert "Instructor" in article.one("header").text
    assert "Ines Navarro" in article.text  # and no pseudonym
    desk = site.browser(cast.ines).get(address(discussion, "grading")).text
    assert "Ines" not in desk
    assert "Can you read this?" not in desk


def test_answering_them_is_answering_an_instructor(site, cast, discussion):
    browser = site.browser(cast.ines, Role.STUDENT)
    answer = browser.post_form(address(discussion, "posts"), address(discussion), text="Can you read this?")
    assert answer.status == 303
    asked = site.browser(cast.ana)
    asked.post_form(address(discussion, "posts"), address(discussion), text="My own first post.")
    asked.post(address(discussion, "posts"), text="I can.", parent_id="1")
    assert "instructor" in asked.get(address(discussion, "participation")).text


def test_they_are_not_asked_for_their_position(site, cast):
    discussion = site.discussion(stance=StanceQuestion("Are they different?", "no", "yes"), post_first=False)
    browser = site.browser(cast.ines, Role.STUDENT)
    assert "Your position" not in browser.get(address(discussion)).text
    refused(browser.post(address(discussion, "poll"), value="3"), 403)


def test_a_student_who_is_one_in_launch_and_class_list_is_told_nothing(site, cast, discussion):
    assert TOLD not in site.browser(cast.ana, Role.STUDENT).get(address(discussion)).text

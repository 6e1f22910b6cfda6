"""GET …/posts/<id>/reply: the page to answer a post."""

import pytest

from tests.factories.posts import FIRST
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address


@pytest.fixture
def parent(site, cast, discussion):
    return site.write(cast.ben, discussion)


@pytest.fixture
def path(discussion, parent):
    return address(discussion, "posts", parent.id, "reply")


def test_post_stands_above_the_composer(site, cast, discussion, parent, path):
    site.write(cast.ana, discussion)
    for actor in (cast.ana, cast.tariq, cast.ines):
        answer = site.browser(actor).get(path)
        assert answer.page.one("h1").text == "Reply to Ben Carter"
        assert answer.page.one("blockquote").one("div", class_="prose").text == FIRST
        assert answer.page.one("input", name="parent_id").attrs["value"] == str(parent.id)
        assert bool(answer.page.all("ol", class_="checklist")) == (actor is cast.ana)


def test_reply_to_a_teacher_says_that_it_does_not_count(site, cast, discussion):
    site.write(cast.ana, discussion)
    post = site.write(cast.ines, discussion)
    answer = site.browser(cast.ana).get(address(discussion, "posts", post.id, "reply"))
    assert "do not count as one of your replies" in answer.text


def test_those_who_may_not_see_the_post_are_told_nothing(site, cast, path):
    for actor in (cast.ana, cast.olga):  # she has not posted; observers never do
        answer = site.browser(actor).get(path)
        refused(answer, 404)
        assert FIRST not in answer.html


def test_closed_discussion_or_deleted_post_takes_no_reply(site, cast, discussion, parent, path):
    site.write(cast.ana, discussion)
    delete = address(discussion, "posts", parent.id, "delete")
    site.browser(cast.ines).post_form(delete, delete)
    answer = site.browser(cast.ana).get(path)
    refused(answer, 422)
    assert "has been deleted" in answer.text
    site.clock.move(days=8)
    answer = site.browser(cast.ana).get(path)
    refused(answer, 422)
    assert "closed" in answer.text


def test_other_courses_post_is_not_there(site, cast, discussion, foreign):
    other = site.write(cast.elsewhere, foreign)
    browser = site.browser(cast.ines)
    refused(browser.get(address(discussion, "posts", other.id, "reply")), 404)
    refused(browser.get(f"/courses/{cast.course_id}/discussions/{foreign.id}/posts/{other.id}/reply"), 404)
    refused(browser.get(address(discussion, "posts", 10**25, "reply")), 404)


def test_post_of_another_discussion_is_not_there(site, cast, parent):
    other = site.discussion(title="Week 2")
    refused(site.browser(cast.ines).get(address(other, "posts", parent.id, "reply")), 404)


def test_no_visit_is_told_to_come_from_the_course_page(site, path):
    refuses_no_visit(site, path)


def test_wrong_methods_are_refused(site, cast, path):
    refuses_methods(site, cast.ines, path, "POST", "DELETE")


def test_statements_do_not_grow(site, cast, discussion, parent, path):
    site.write(cast.ana, discussion)
    browser = site.browser(cast.ana)
    few = costs(site, lambda: browser.get(path))
    for _ in range(10):
        site.write(cast.ana, discussion, to=parent)
    assert costs(site, lambda: browser.get(path)) == few <= 9

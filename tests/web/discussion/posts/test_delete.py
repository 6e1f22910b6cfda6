"""GET and POST …/posts/<id>/delete: ask, then leave a tombstone."""

import pytest

from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

TEXT = "I should not have written this."


@pytest.fixture
def post(site, cast, discussion):
    return site.write(cast.ana, discussion, TEXT)


@pytest.fixture
def path(discussion, post):
    return address(discussion, "posts", post.id, "delete")


def shown(site, discussion):
    return site.browser(site.cast.tariq).get(address(discussion)).text


@pytest.mark.parametrize(
    ("who", "question", "trace"),
    [
        ("ana", "Delete your post 1?", "Deleted by its author."),
        ("tariq", "Remove post 1 by Ana Brandt?", "Removed by an instructor."),
        ("ines", "Remove post 1 by Ana Brandt?", "Removed by an instructor."),
    ],
)
def test_author_and_staff_delete(site, cast, discussion, path, *, who, question, trace):
    browser = site.browser(getattr(cast, who))
    asked = browser.get(path)
    assert asked.page.one("h1").text == question
    assert TEXT in asked.text
    assert TEXT in shown(site, discussion)  # asking deletes nothing
    answer = browser.post_form(path, path)
    assert (answer.status, answer.location) == (303, f"{address(discussion)}?at=1#p1")
    assert trace in shown(site, discussion)
    assert TEXT not in shown(site, discussion)


def test_replies_stay(site, cast, discussion, post, path):
    site.write(cast.ines, discussion, "An answer that stays.", to=post)
    browser = site.browser(cast.ana)
    assert "The 1 reply to it stays" in browser.get(path).text
    browser.post_form(path, path)
    assert "An answer that stays." in shown(site, discussion)


def test_graders_still_read_it(site, cast, discussion, path):
    site.browser(cast.ana).post_form(path, path)
    answer = site.browser(cast.ines).get(address(discussion, "grading", cast.ana.person_id))
    assert TEXT in answer.text
    assert "deleted" in answer.page.one("article").text


def test_others_may_not(site, cast, discussion, path):
    site.write(cast.ben, discussion)
    for actor, status in ((cast.ben, 403), (cast.chi, 404), (cast.olga, 404)):
        browser = site.browser(actor)
        refused(browser.get(path), status)
        refused(browser.post(path), status)
    assert TEXT in shown(site, discussion)


def test_nobody_deletes_twice(site, cast, path):
    browser = site.browser(cast.ana)
    browser.post_form(path, path)
    refused(browser.get(path), 403)
    refused(browser.post(path), 403)


def test_closed_discussion_is_the_staffs_alone(site, cast, discussion, path):
    site.clock.move(days=8)
    refused(site.browser(cast.ana).post(path), 422)
    assert TEXT in shown(site, discussion)
    assert site.browser(cast.ines).post_form(path, path).status == 303


def test_other_courses_post_is_not_there(site, cast, discussion, foreign, post):
    other = site.write(cast.elsewhere, foreign)
    browser = site.browser(cast.ines)
    for path in (
        address(discussion, "posts", other.id, "delete"),
        f"/courses/{cast.course_id}/discussions/{foreign.id}/posts/{other.id}/delete",
        address(site.discussion(title="Week 2"), "posts", post.id, "delete"),
    ):
        refused(browser.get(path), 404)
        refused(browser.post(path), 404)


def test_no_visit_is_told_to_come_from_the_course_page(site, path):
    refuses_no_visit(site, path)


def test_unsafe_posts_are_refused(site, cast, discussion, path):
    refuses_unsafe_posts(site, cast.ana, path)
    assert TEXT in shown(site, discussion)


def test_wrong_methods_are_refused(site, cast, path):
    refuses_methods(site, cast.ana, path, "PUT", "DELETE")


def test_statements_are_few(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    few = costs(site, lambda: browser.get(path))
    for _ in range(5):
        post = site.write(cast.ana, discussion)
        site.write(cast.ines, discussion, to=post)
    assert costs(site, lambda: browser.get(path)) == few <= 5
    with site.statements() as sent:
        browser.post_form(path, path)
    assert len(sent) - few <= 12

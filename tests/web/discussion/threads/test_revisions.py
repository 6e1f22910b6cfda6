"""GET …/posts/<id>/revisions: what a post said before each of its edits, and what changed."""

import pytest

from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address

SECRET = "Mr. Lund was dismissed."


@pytest.fixture
def post(site, cast, discussion):
    """Ana's, edited twice: a name went, a sentence came."""
    post = site.write(cast.ana, discussion, f"Leaders set a direction. {SECRET}")
    edit(site, cast.ana, discussion, post, "Leaders set a direction.", version=1)
    edit(site, cast.ana, discussion, post, "Leaders set a direction. <b>So what?</b>", version=2)
    return post


@pytest.fixture
def path(discussion, post):
    return address(discussion, "posts", post.id, "revisions")


def edit(site, author, discussion, post, text, *, version):
    with site.database.writing() as session:
        edit_post(
            session, author, discussion, post.id, PostContent(text), version=version, now=site.clock.move(minutes=5)
        )


def test_the_author_sees_each_version_and_what_changed(site, cast, path):
    page = site.browser(cast.ana).get(path).page
    assert page.one("h1").text == "Earlier versions of your post 1"
    versions = page.all("section", class_="version")
    assert [version.one("h2").text for version in versions] == ["Version 3 current version", "Version 2", "Version 1"]
    assert [ins.text for ins in versions[0].all("ins")] == ["[added: <b>So what?</b>]"]
    assert [gone.text for gone in versions[1].all("del")] == [f"[removed: {SECRET}]"]
    assert SECRET in versions[2].text
    assert not versions[2].all("ins", "del")


def test_teachers_see_whose_it_was(site, cast, path):
    for actor in (cast.ines, cast.tariq):
        page = site.browser(actor).get(path).page
        assert page.one("h1").text == "Earlier versions of post 1 by Ana Brandt"
        assert SECRET in page.one("main").text


def test_the_thread_leads_there_only_those_who_may(site, cast, discussion, path):
    site.write(cast.ben, discussion)
    for actor, may in ((cast.ana, True), (cast.ines, True), (cast.ben, False)):
        article = site.browser(actor).get(f"{address(discussion)}?at=1").page.one("article", id="p1")
        assert "edited" in article.text
        assert (path in [link.attrs["href"] for link in article.all("a")]) == may


def test_classmates_observers_and_other_courses_learn_nothing(site, cast, discussion, foreign, *, path, post):
    site.write(cast.ben, discussion)
    for actor, status in ((cast.ben, 404), (cast.chi, 404), (cast.olga, 404)):
        answer = site.browser(actor).get(path)
        refused(answer, status)
        assert SECRET not in answer.html
    there = f"/courses/{cast.course_id}/discussions/{foreign.id}/posts/{post.id}/revisions"
    refused(site.browser(cast.ines).get(there), 404)
    other = address(site.discussion(title="Another"), "posts", post.id, "revisions")
    refused(site.browser(cast.ines).get(other), 404)
    refused(site.browser(cast.ines).get(address(discussion, "posts", 999, "revisions")), 404)
    refuses_no_visit(site, path)
    refuses_methods(site, cast.ana, path, "POST")


def test_a_deleted_post_still_shows_teachers_what_it_said(site, cast, discussion, path, post):
    with site.database.writing() as session:
        delete_post(session, cast.ana, discussion, post.id, now=site.clock())
    answer = site.browser(cast.ines).get(path)
    assert "This post was deleted. This was its text." in answer.text
    assert SECRET in answer.text
    assert "current version" not in answer.text


def test_a_post_that_was_never_edited_has_one_version(site, cast, discussion):
    post = site.write(cast.ana, discussion)
    page = site.browser(cast.ana).get(address(discussion, "posts", post.id, "revisions")).page
    assert [version.one("h2").text for version in page.all("section", class_="version")] == [
        "Version 1 current version"
    ]


def test_statements_do_not_grow(site, cast, discussion, path, post):
    ana = site.browser(cast.ana)
    few = costs(site, lambda: ana.get(path))
    for version in range(3, 8):
        edit(site, cast.ana, discussion, post, f"Version {version} of it.", version=version)
    assert costs(site, lambda: ana.get(path)) == few <= 6

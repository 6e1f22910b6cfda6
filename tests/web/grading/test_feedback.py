"""Comments on sentences: written on the desk without scripts, read by the student on …/feedback after the release."""

import pytest

from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from tests.web.page import values_of
from tests.web.questions import costs, refused
from tests.web.site import address

TEXT = "Leaders cope with change. Managers cope with complexity."


@pytest.fixture
def post(site, cast, discussion):
    return site.write(cast.ana, discussion, TEXT)


@pytest.fixture
def path(cast, discussion):
    return address(discussion, "grading", cast.ana.person_id)


@pytest.fixture
def feedback(discussion):
    return address(discussion, "feedback")


def marking(answer):
    return next(form for form in answer.page.all("form") if "marking" in form.classes)


def comment(browser, path, post, quote="Managers cope with complexity.", text="Say <why>.", **typed):
    about = {f"quote-{post.id}": quote, f"remark-{post.id}": text, "action": f"annotate-{post.id}"}
    return browser.post_form(path, path, **{**typed, **about})


def test_a_sentence_is_chosen_and_nothing_typed_is_lost(site, cast, discussion, post, path):
    browser, criterion = site.browser(cast.ines), site.rubric(discussion).criteria[0]
    options = browser.get(path).page.one("select", id=f"quote-{post.id}").all("option")
    assert [each.text for each in options] == [
        "The post as a whole",
        "Leaders cope with change.",
        "Managers cope with complexity.",
    ]
    typed = {f"criterion-{criterion.id}": str(criterion.levels[1].id), "comment": "So far.", "note": "For us."}
    answer = comment(browser, path, post, **typed)
    assert answer.status == 200
    assert values_of(marking(answer)).items() >= {**typed, "version": "1"}.items()
    article = answer.page.one("article", id=f"p{post.address}")
    assert "Managers cope with complexity. 1" in article.one("div", class_="prose").text
    assert "Say <why>." in article.one("ol", class_="notes").text
    saved = browser.post_form(path, path, **typed, version="1", action="save")
    assert saved.status == 303


def test_what_is_refused_comes_back(site, cast, discussion, post, path):
    browser = site.browser(cast.ines)
    for quote, text, words in (
        ("Not there.", "Why?", "does not have these words any more"),
        ("", " ", "Write the comment first."),
        ("", "Good, {name}.", "Replace {name}."),
        ("", "x" * 1001, "up to 1000 characters"),
    ):
        answer = comment(browser, path, post, quote=quote, text=text, comment="So far.")
        assert (answer.status, words in answer.page.one("p", class_="flash-warning").text) == (422, True)
        assert values_of(marking(answer))["comment"] == "So far."
        assert answer.page.one("textarea", id=f"remark-{post.id}").text == text.strip()
    refused(browser.post(path, action="annotate-4711", **{"remark-4711": "x"}), 404)
    refused(browser.post(path, action="reword-4711"), 404)


def test_it_is_changed_and_deleted(site, cast, discussion, post, path):
    browser = site.browser(cast.ines)
    comment(browser, path, post)
    assert "Say how." in browser.post_form(path, path, action="reword-1", **{"reword-1": "Say how."}).text
    answer = browser.post_form(path, path, action="unnote-1", **{"reword-1": "Say how."})
    assert "Comment deleted." in answer.text
    assert not answer.page.all("ol", class_="notes")
    history = browser.get(f"{path}/history").text
    assert history.count("Comment on a post") == 3


def test_the_student_sees_it_after_the_release_and_nobody_else(site, cast, discussion, post, *, path, feedback):
    browser, ana = site.browser(cast.ines), site.browser(cast.ana)
    comment(browser, path, post)
    refused(ana.get(feedback), 404)
    assert "Say <why>." not in ana.get(address(discussion)).text
    site.mark(discussion, cast.ana, version=1)
    refused(ana.get(feedback), 404)
    site.release(discussion, cast.ana)
    card = ana.get(address(discussion)).page.one("section", class_="grade")
    link = next(link for link in card.all("a") if link.text == "1 comment on your posts")
    page = ana.get(link.attrs["href"]).page
    assert link.attrs["href"] == feedback
    assert page.one("mark").text == "Managers cope with complexity."
    assert page.one("sup").one("a").attrs == {"href": "#note-1", "aria-label": "Comment 1"}
    assert "Say <why>." in page.one("li", id="note-1").text
    for actor in (cast.ben, cast.olga, cast.tariq):
        refused(site.browser(actor).get(feedback), 404)
    assert "Say <why>." not in site.browser(cast.ben).get(address(discussion)).text


def test_words_that_were_edited_away_are_quoted(site, cast, discussion, post, *, path, feedback):
    comment(site.browser(cast.ines), path, post)
    site.mark(discussion, cast.ana, version=1)
    site.release(discussion, cast.ana)
    with site.database.writing() as session:
        edit_post(session, cast.ana, discussion, post.id, PostContent("All new."), version=1, now=site.clock())
    ana = site.browser(cast.ana)
    page = ana.get(feedback).page
    assert "All new." in page.text
    assert "In an earlier version of the post: Managers cope with complexity." in page.one("li", id="note-1").text
    with site.database.writing() as session:
        delete_post(session, cast.ana, discussion, post.id, now=site.clock())
    page = ana.get(feedback).page
    assert "You have deleted this post." in page.text
    assert "Managers cope with complexity." in page.one("li", id="note-1").text


def test_statements_do_not_grow_with_the_comments(site, cast, discussion, post, *, path, feedback):
    browser, ana = site.browser(cast.ines), site.browser(cast.ana)
    comment(browser, path, post)
    site.mark(discussion, cast.ana, version=1)
    site.release(discussion, cast.ana)
    few = costs(site, lambda: browser.get(path)), costs(site, lambda: ana.get(feedback))
    second = site.write(cast.ana, discussion, to=post)
    for number in range(5):
        comment(browser, path, second, quote="", text=f"No. {number}")
    site.release(discussion, cast.ana)
    assert (costs(site, lambda: browser.get(path)), costs(site, lambda: ana.get(feedback))) == few
    assert few[0] <= 12
    assert few[1] <= 8


def test_a_conflict_gives_back_what_was_typed_under_posts_too(site, cast, discussion, post, *, path):
    browser, criterion = site.browser(cast.ines), site.rubric(discussion).criteria[0]
    typed = {
        "comment": "Mine.",
        f"comment-{criterion.id}": "On content.",
        f"quote-{post.id}": "Leaders cope with change.",
        f"remark-{post.id}": "Not saved yet.",
    }
    site.mark(discussion, cast.ana, comment="Tariq's words.", lowest=True)
    answer = browser.post(path, **typed, version="0", action="save_next")
    assert (answer.status, "Tariq's words." in answer.page.one("div", role="alert").text) == (409, True)
    assert values_of(marking(answer)).items() >= {"comment": "Mine.", f"comment-{criterion.id}": "On content."}.items()
    assert answer.page.one("textarea", id=f"remark-{post.id}").text == "Not saved yet."
    chosen = [
        each.text for each in answer.page.one("select", id=f"quote-{post.id}").all("option") if "selected" in each.attrs
    ]
    assert chosen == ["Leaders cope with change."]


def test_a_comment_on_a_stale_page_leaves_the_conflict_for_the_marks(site, cast, discussion, post, *, path):
    browser = site.browser(cast.ines)
    site.mark(discussion, cast.ana, comment="Tariq's words.")
    about = {f"quote-{post.id}": "", f"remark-{post.id}": "Why?", "action": f"annotate-{post.id}"}
    answer = browser.post(path, **about, comment="Mine.", version="0")
    assert (answer.status, values_of(marking(answer))["version"]) == (200, "0")
    assert browser.post(path, comment="Mine.", version="0", action="save").status == 409


def test_what_is_typed_under_a_post_is_saved_with_the_marks(site, cast, discussion, post, *, path):
    browser = site.browser(cast.ines)
    typed = {f"quote-{post.id}": "Leaders cope with change.", f"remark-{post.id}": "Why?"}
    assert browser.post(path, **typed, comment="Mine.", version="0", action="save").status == 303
    again = browser.post(path, **typed, comment="Mine.", version="0", action="save")
    assert again.status == 303  # the second of two clicks
    page = browser.get(path).page
    assert page.one("mark").text == "Leaders cope with change."
    form = {"comment": "Mine.", "version": values_of(marking(browser.get(path)))["version"], "reword-1": "How?"}
    assert browser.post(path, **form, action="save").status == 303
    assert "How?" in browser.get(path).page.one("ol", class_="notes").text
    refused_with = browser.post(path, **typed | {f"remark-{post.id}": "{name}"}, version="3", action="save")
    assert refused_with.status == 422
    assert "Replace {name}." in refused_with.page.one("p", class_="flash-warning").text
    assert refused_with.page.one("textarea", id=f"remark-{post.id}").text == "{name}"

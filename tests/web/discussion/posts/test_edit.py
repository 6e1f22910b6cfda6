"""GET and POST …/posts/<id>/edit: change one's own post."""

import pytest

from lti_app.discussion.discussions.rules import Structure
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

BEFORE = "Before: <b>bold</b> & brave.\n\n> quoted"
AFTER = "After\r\n\r\nthis [Kotter 1990, p. 104]."
KEPT = AFTER.replace("\r\n", "\n")


@pytest.fixture
def post(site, cast, discussion):
    return site.write(cast.ana, discussion, BEFORE)


@pytest.fixture
def path(discussion, post):
    return address(discussion, "posts", post.id, "edit")


def shown(site, discussion):
    return site.browser(site.cast.ines).get(address(discussion)).page.all("article")[0]


def test_author_changes_the_text(site, cast, discussion, path):
    site.clock.move(hours=1)
    browser = site.browser(cast.ana)
    assert browser.get(path).kept == [BEFORE]
    answer = browser.post_form(path, path, text=AFTER)
    assert (answer.status, answer.location) == (303, f"{address(discussion)}?at=1#p1")
    article = shown(site, discussion)
    assert article.one("div", class_="prose").text == KEPT.replace("\n\n", " ").strip()
    assert "edited Mon, Mar 2, 11:00 AM" in article.text


def test_unchanged_text_is_no_edit(site, cast, discussion, path):
    assert site.browser(cast.ana).post_form(path, path).status == 303
    assert "edited" not in shown(site, discussion).text


@pytest.fixture
def topic(site, cast):
    """A topic of Ana's, and the page that changes it."""
    discussion = site.discussion(structure=Structure.TOPICS)
    browser, here = site.browser(cast.ana), address(discussion)
    form = {"text": "Why do so few follow?", "title": "Folowers"}
    assert browser.post_form(f"{here}/posts", here, **form).status == 303
    links = (link.attrs["href"] for link in browser.get(here).page.one("article").all("a"))
    return browser, discussion, next(link for link in links if link.endswith("/edit"))


def test_a_topics_title_is_changed_and_its_former_one_kept(site, cast, topic):
    browser, discussion, edit = topic
    assert browser.get(edit).page.one("input", name="title").attrs["value"] == "Folowers"
    assert browser.post_form(edit, edit, title="  Followers \n first ").status == 303
    assert shown(site, discussion).one("p", class_="topic").text == "Followers first"
    assert "edited" in shown(site, discussion).text
    history = browser.get(edit.replace("/edit", "/revisions")).page
    assert [title.text for title in history.all("p", class_="topic")] == ["Followers first", "Folowers"]
    assert browser.post_form(edit, edit).status == 303  # the same again is no edit
    assert len(browser.get(edit.replace("/edit", "/revisions")).page.all("p", class_="topic")) == 2


def test_a_topic_is_not_left_without_a_title(site, cast, topic):
    browser, discussion, edit = topic
    answer = browser.post_form(edit, edit, title=" ", text="Why indeed?")
    assert answer.status == 422
    assert answer.kept == ["Why indeed?"]
    assert "Enter a title for your topic." in answer.beside("text")
    assert shown(site, discussion).one("p", class_="topic").text == "Folowers"
    draft = browser.get(edit).page  # what was typed is kept as a draft, and the title with it
    assert draft.one("input", name="title").attrs["value"] == "Folowers"


def test_a_title_that_nobody_asked_for_is_none(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    assert not browser.get(path).page.all("input", name="title")
    assert browser.post_form(path, path, title="Forged").status == 303
    assert "Forged" not in shown(site, discussion).text


def test_staff_edit_their_own(site, cast, discussion):
    for actor in (cast.tariq, cast.ines):
        own = address(discussion, "posts", site.write(actor, discussion).id, "edit")
        assert site.browser(actor).post_form(own, own, text=AFTER).status == 303


def test_nobody_edits_what_others_wrote(site, cast, discussion, path):
    site.write(cast.ben, discussion)
    for actor, status in ((cast.ines, 403), (cast.tariq, 403), (cast.ben, 403), (cast.chi, 404), (cast.olga, 404)):
        browser = site.browser(actor)
        refused(browser.get(path), status)
        refused(browser.post(path, text=AFTER, version="1"), status, kept=KEPT)
    assert "Before" in site.browser(cast.ines).get(address(discussion)).text


def test_other_courses_post_is_not_there(site, cast, discussion, foreign, post):
    other = site.write(cast.elsewhere, foreign)
    browser = site.browser(cast.ines)
    for path in (
        address(discussion, "posts", other.id, "edit"),
        f"/courses/{cast.course_id}/discussions/{foreign.id}/posts/{other.id}/edit",
        address(site.discussion(title="Week 2"), "posts", post.id, "edit"),
    ):
        refused(browser.get(path), 404)
        refused(browser.post(path, text=AFTER, version="1"), 404, kept=KEPT)


def test_no_visit_is_told_to_come_from_the_course_page(site, path):
    refuses_no_visit(site, path)


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_nothing_is_no_post(site, cast, discussion, path, text):
    answer = site.browser(cast.ana).post_form(path, path, text=text)
    assert answer.status == 422
    assert "Write something first." in answer.beside("text")
    assert "Before" in site.browser(cast.ines).get(address(discussion)).text


def test_too_long_a_text_comes_back(site, cast, path):
    answer = site.browser(cast.ana).post_form(path, path, text="x" * 20_001)
    assert (answer.status, answer.kept) == (422, ["x" * 20_001])
    assert "up to 20000 characters" in answer.beside("text")


@pytest.mark.parametrize("version", ["", "one", None, "9" * 5000])
def test_forged_version_changes_nothing(site, cast, discussion, path, version):
    answer = site.browser(cast.ana).post_form(path, path, text=AFTER, version=version)
    assert (answer.status, answer.kept) == (422, [KEPT])
    assert "Before" in site.browser(cast.ines).get(address(discussion)).text


def test_changed_in_another_window_gives_the_text_back(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    token = browser.form(path, path).one("input", name="csrf_token").attrs["value"]
    browser.post_form(path, path, text="From the other window.")
    answer = browser.send(path, data={"csrf_token": token, "text": AFTER, "version": "1"})
    assert (answer.status, answer.kept) == (409, [KEPT])
    assert "changed in another window" in answer.beside("text")
    assert "From the other window." in shown(site, discussion).text


def test_second_click_is_no_conflict(site, cast, path):
    browser = site.browser(cast.ana)
    token = browser.form(path, path).one("input", name="csrf_token").attrs["value"]
    data = {"csrf_token": token, "text": AFTER, "version": "1"}
    assert [browser.send(path, data=data).status for _ in range(2)] == [303, 303]


def test_deleted_meanwhile_gives_the_text_back(site, cast, discussion, post, path):
    delete = address(discussion, "posts", post.id, "delete")
    site.browser(cast.ines).post_form(delete, delete)
    answer = site.browser(cast.ana).post(path, text=AFTER, version="1")
    refused(answer, 403, kept=KEPT)


def test_closed_meanwhile_gives_the_text_back(site, cast, discussion, path):
    site.clock.move(days=8)
    browser = site.browser(cast.ana)
    refused(browser.get(path), 422)
    answer = browser.post(path, text=AFTER, version="1")
    refused(answer, 422, kept=KEPT)
    assert "closed" in answer.text
    assert "Before" in site.browser(cast.ines).get(address(discussion)).text


def test_unsafe_posts_are_refused(site, cast, discussion, path):
    refuses_unsafe_posts(site, cast.ana, path, KEPT, text=AFTER, version="1")
    assert "Before" in site.browser(cast.ines).get(address(discussion)).text


def test_wrong_methods_are_refused(site, cast, path):
    refuses_methods(site, cast.ana, path, "PUT", "DELETE", "PATCH")


def test_statements_do_not_grow_with_the_edits(site, cast, path):
    browser, numbers = site.browser(cast.ana), iter(range(100))

    def edit():
        assert browser.post_form(path, path, text=f"Version {next(numbers)}").status == 303

    few = costs(site, edit)
    for _ in range(8):
        edit()
    assert costs(site, edit) == few <= 22

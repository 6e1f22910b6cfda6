"""POST …/posts: a first post, or a reply."""

from datetime import timedelta
from itertools import count

import pytest

from lti_app.discussion.discussions.rules import Calendar
from tests.cast import MONDAY
from tests.web.questions import costs, refused, refuses_methods, refuses_unsafe_posts
from tests.web.site import address

TEXT = "My first line.\r\n\r\n> Kotter says so.\r\nI do not & never <did>."
KEPT = TEXT.replace("\r\n", "\n")


MOST_STATEMENTS = 12
"""Of a reply with a citation and a draft; on PostgreSQL its transaction begins and ends besides, and nothing else."""


@pytest.fixture
def path(discussion):
    return address(discussion, "posts")


def articles(answer):
    return {article.attrs["id"]: article.one("div", class_="prose").text for article in answer.page.all("article")}


@pytest.mark.parametrize("who", ["ana", "tariq", "ines"])
def test_first_post_appears_at_its_address(site, cast, discussion, path, who):
    browser = site.browser(getattr(cast, who))
    answer = browser.post_form(path, address(discussion), text=TEXT)
    assert (answer.status, answer.location) == (303, f"{address(discussion)}?at=1#p1")
    shown = browser.get(answer.location)
    assert "Posted." in shown.text
    assert articles(shown) == {"p1": "My first line. Kotter says so. I do not & never <did>."}
    assert shown.page.one("blockquote").text == "Kotter says so."
    assert "Posted." not in browser.get(address(discussion)).text


def test_reply_appears_below_what_it_answers(site, cast, discussion, path):
    parent = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    form_page = address(discussion, "posts", parent.id, "reply")
    answer = site.browser(cast.ana).post_form(path, form_page, text="I see it otherwise.")
    assert (answer.status, answer.location) == (303, f"{address(discussion)}?at=1.1#p1.1")
    assert list(articles(site.browser(cast.ben).get(address(discussion)))) == ["p1", "p1.1", "p2"]


def test_second_click_is_no_second_post(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    parent = site.write(cast.ines, discussion)
    first = [browser.post_form(path, address(discussion), text=TEXT) for _ in range(2)]
    replies = [browser.post(path, text=TEXT, parent_id=str(parent.id)) for _ in range(2)]
    assert [answer.location.partition("#")[2] for answer in (*first, *replies)] == ["p2", "p2", "p1.1", "p1.1"]
    assert list(articles(browser.get(address(discussion)))) == ["p1", "p1.1", "p2"]


def test_observer_may_not(site, cast, discussion, path):
    refused(site.browser(cast.olga).post(path, text=TEXT), 403, kept=KEPT)
    assert not articles(site.browser(cast.ines).get(address(discussion)))


def test_student_before_the_gate_cannot_answer(site, cast, discussion, path):
    parent = site.write(cast.ben, discussion, "Nobody may quote this to Ana yet.")
    answer = site.browser(cast.ana).post(path, text=TEXT, parent_id=str(parent.id))
    refused(answer, 404, kept=KEPT)
    assert "Nobody may quote" not in answer.html


def test_other_courses_discussion_is_not_there(site, cast, discussion, foreign, path):
    browser = site.browser(cast.ana)
    refused(browser.post(f"/courses/{cast.course_id}/discussions/{foreign.id}/posts", text=TEXT), 404, kept=KEPT)
    other = site.write(cast.elsewhere, foreign)
    site.write(cast.ana, discussion)
    for parent in (other.id, 0, -1, 4711, 10**30):
        refused(browser.post(path, text=TEXT, parent_id=str(parent)), 404, kept=KEPT)


def test_reply_to_another_discussions_post_is_refused(site, cast, discussion, path):
    elsewhere = site.write(cast.ines, site.discussion(title="Week 2"))
    site.write(cast.ana, discussion)
    refused(site.browser(cast.ana).post(path, text=TEXT, parent_id=str(elsewhere.id)), 404, kept=KEPT)


@pytest.mark.parametrize("text", ["", "   \r\n ", "\x00\x07", "\u200b\u2060", None])
def test_nothing_is_no_post(site, cast, discussion, path, text):
    answer = site.browser(cast.ana).post_form(path, address(discussion), text=text)
    assert answer.status == 422
    assert "Write something first." in answer.beside("text")
    assert not articles(site.browser(cast.ines).get(address(discussion)))


def test_length_has_a_limit_and_the_text_comes_back(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    long = "word " * 4000
    assert browser.post_form(path, address(discussion), text=long[:20_000]).status == 303
    for size in (20_001, 1_000_000):
        text = ("A line of some words.\n" * 50_000)[:size]
        answer = browser.post_form(path, address(discussion), text=text.replace("\n", "\r\n"))
        assert answer.status == 422
        assert "up to 20000 characters" in answer.beside("text")
        assert answer.kept == [text]
    assert list(articles(browser.get(address(discussion)))) == ["p1"]


def test_lines_are_counted_as_the_writer_sees_them(site, cast, discussion, path):
    """Browsers send two characters for the end of a line."""
    text = "123456789\r\n" * 2000
    assert site.browser(cast.ana).post_form(path, address(discussion), text=text).status == 303


def test_more_than_a_request_may_have_is_refused_clearly(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    answer = browser.post_form(path, address(discussion), text="x" * 5_000_000)
    refused(answer, 413)
    assert "too large" in answer.text
    refused(site.stranger().send(path, data={"text": "x" * 5_000_000}), 413)
    assert browser.post_form(path, address(discussion), text="Shorter now.").status == 303


@pytest.mark.parametrize("calendar", ["closed", "scheduled"])
def test_closed_meanwhile_gives_the_text_back(site, cast, discussion, path, calendar):
    browser = site.browser(cast.ana)
    browser.get(address(discussion))
    set_up = address(discussion, "settings")
    dates = {
        "closed": {"first_post_due": "", "replies_due": "", "closes_at": "2026-03-02T09:00"},
        "scheduled": {"opens_at": "2026-03-03T09:00"},
    }
    site.browser(cast.ines).post_form(set_up, set_up, **dates[calendar])
    answer = browser.post(path, text=TEXT)
    assert answer.status == 422
    words = {"closed": "The discussion has closed,", "scheduled": "The discussion is not open yet."}
    assert words[calendar] in answer.beside("text")
    assert answer.kept == [KEPT]
    assert site.browser(cast.ines).post(path, text=TEXT).status == 303  # staff may, before and after


def test_discussion_in_preparation_takes_no_posts(site, cast):
    path = f"/courses/{cast.course_id}/discussions/{site.reserve()}/posts"
    for actor in (cast.ana, cast.ines):
        answer = site.browser(actor).post(path, text=TEXT)
        assert (answer.status, answer.kept) == (422, [KEPT])
        assert "not open for posting" in answer.beside("text")


def test_parent_deleted_meanwhile_gives_the_text_back(site, cast, discussion, path):
    parent = site.write(cast.ben, discussion, "I take this back.")
    site.write(cast.ana, discussion)
    browser = site.browser(cast.ana)
    browser.get(address(discussion, "posts", parent.id, "reply"))
    delete = address(discussion, "posts", parent.id, "delete")
    site.browser(cast.ben).post_form(delete, delete)
    answer = browser.post(path, text=TEXT, parent_id=str(parent.id))
    assert answer.status == 422
    assert "The post you are replying to has been deleted." in answer.beside("text")
    assert answer.kept == [KEPT]
    assert "I take this back." not in answer.html


def test_own_first_post_deleted_meanwhile_gives_the_text_back(site, cast, discussion, path):
    parent, own = site.write(cast.ben, discussion), site.write(cast.ana, discussion)
    delete = address(discussion, "posts", own.id, "delete")
    browser = site.browser(cast.ana)
    browser.post_form(delete, delete)
    refused(browser.post(path, text=TEXT, parent_id=str(parent.id)), 404, kept=KEPT)


def test_deepest_answer_cannot_be_answered(site, cast, discussion, path):
    post = site.write(cast.ines, discussion)
    for _ in range(100):
        post = site.write(cast.ines, discussion, "Deeper.", to=post)
    answer = site.browser(cast.ines).post(path, text=TEXT, parent_id=str(post.id))
    assert (answer.status, answer.kept) == (422, [KEPT])
    assert "deep" in answer.beside("text")
    assert not [
        a
        for a in site.browser(cast.ines).get(f"{address(discussion)}?at={post.address}").page.all("a")
        if a.text == f"Reply {post.address}"
    ]


@pytest.mark.parametrize("parent_id", ["abc", "1e3", "9" * 5000])
def test_forged_parent_is_refused(site, cast, discussion, path, parent_id):
    answer = site.browser(cast.ana).post(path, text=TEXT, parent_id=parent_id)
    assert (answer.status, answer.kept) == (422, [KEPT])
    assert not articles(site.browser(cast.ines).get(address(discussion)))


def test_unsafe_posts_are_refused(site, cast, discussion, path):
    refuses_unsafe_posts(site, cast.ana, path, KEPT, text=TEXT)
    assert not articles(site.browser(cast.ines).get(address(discussion)))


def test_visit_that_ended_gives_the_text_back(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    token = browser.form(path, address(discussion)).one("input", name="csrf_token").attrs["value"]
    site.clock.move(hours=11)
    answer = browser.send(path, data={"text": TEXT, "csrf_token": token})
    refused(answer, 401, kept=KEPT)
    assert "Your session has ended" in answer.text


def test_wrong_methods_are_refused(site, cast, path):
    refuses_methods(site, cast.ana, path, "GET", "PUT", "DELETE")


def test_post_at_the_very_moment_of_closing_is_too_late(site, cast):
    discussion = site.discussion(calendar=Calendar(closes_at=MONDAY + timedelta(hours=1)))
    browser = site.browser(cast.ana)
    site.clock.move(minutes=59, seconds=59)
    assert browser.post(address(discussion, "posts"), text=TEXT).status == 303
    site.clock.move(seconds=1)
    assert browser.post(address(discussion, "posts"), text=TEXT).status == 422


def test_statements_do_not_grow_with_the_thread(site, cast, with_readings):
    browser, path = site.browser(cast.ana), address(with_readings, "posts")
    parent = site.write(cast.ines, with_readings)
    site.write(cast.ana, with_readings)
    token = browser.form(path, address(with_readings, "posts", parent.id, "reply"))
    numbers = count(1)
    data = {"csrf_token": token.one("input", name="csrf_token").attrs["value"], "parent_id": str(parent.id)}

    def post():
        text = f"Argument {next(numbers)}, as in [Kotter 1990, p. 104]."
        assert browser.send(path, data={**data, "text": text}).status == 303

    few = costs(site, post)
    data["draft"] = "one that the composer knows of"
    assert costs(site, post) == few + 1 <= MOST_STATEMENTS
    del data["draft"]
    for _ in range(25):
        site.write(cast.ines, with_readings, to=parent)
    assert costs(site, post) == few <= MOST_STATEMENTS


def test_many_posts_without_a_page_leave_the_cookie_small(site, cast, discussion):
    browser, path = site.browser(cast.ana), address(discussion, "posts")
    site.write(cast.ana, discussion)
    token = browser.token(address(discussion))
    for number in range(30):
        assert browser.send(path, data={"csrf_token": token, "text": f"Post {number} of many."}).status == 303
    assert browser.get(address(discussion)).text.count("Posted.") == 1

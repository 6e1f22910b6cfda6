"""Replying and editing in place: where the post stands, what else the page says then, and what goes wrong."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from lti_app.discussion.posts.actions.delete import delete_post
from tests.browser.audit import Audit
from tests.browser.composers import write
from tests.browser.conftest import MakeVisitor
from tests.browser.essays import REPLY_OF_60
from tests.browser.site import Site
from tests.browser.states import find, instructor
from tests.browser.test_thread import miriam_writes, post_at
from tests.browser.tours import discussion_url
from tests.browser.visitor import Visitor
from tests.factories.posts import post_id_at

SENT = re.compile(r"/posts/part$")
SAID = re.compile("Not sent: ")


@pytest.fixture
def visitor(site: Site, visit: MakeVisitor) -> Iterator[Visitor]:
    """A student who has posted. Their browser may complain of what the test makes go wrong."""
    visitor = visit(site, reduced_motion="reduce").become("amara")
    yield visitor
    visitor.complaints.clear()


@pytest.fixture
def page(site: Site, visitor: Visitor) -> Page:
    page = visitor.open_in_tab()
    page.goto(discussion_url(site) + "?sort=oldest")
    page.evaluate("window.isSamePage = true")
    return page


def composer(page: Page) -> Locator:
    return page.get_by_role("group", name="Reply to")


def reply(page: Page, to: str, text: str) -> Locator:
    """Reply to a post; what has these words then."""
    page.get_by_role("link", name=f"Reply {to}", exact=True).click()
    expect(composer(page)).to_be_visible()
    write(page, text)
    page.get_by_role("button", name="Post reply").click()
    return page.get_by_role("article").filter(has_text=text)


SHOWN = """() => {
  const words = (element) => element?.textContent.replace(/\\s+/g, "").trim() ?? null;
  const depth = (post) => [...document.querySelectorAll(".posts ol")].filter((list) => list.contains(post)).length;
  const posts = [...document.querySelectorAll(".posts .post")].slice(0, 30).map((post) =>
    [post.id, depth(post), words(post.querySelector("header")), words(post.querySelector(".prose"))]);
  const folds = [...document.querySelectorAll(".replies > summary")].slice(0, 3).map(words);
  const others = ["[data-counts]", ".mix", ".card.progress"].map((other) => words(document.querySelector(other)));
  return JSON.stringify([posts, folds, others]);
}"""
"""What a page says, as far as every page goes: posts in order with depth and text, threads, numbers, participation."""


def shown(page: Page) -> str:
    """The same, apart from how long ago something was, and from what has been seen meanwhile."""
    return re.sub(r"\d+(second|minute)s?ago|justnow|\d*new", "", str(page.evaluate(SHOWN)))


@pytest.mark.parametrize("to", ["2", "1.2", "1.2.1"])
def test_a_reply_stands_where_a_page_would_show_it(page: Page, to: str):
    mine = reply(page, to, f"{REPLY_OF_60} This is for {to}.")
    expect(mine).to_be_focused()
    expect(mine).to_be_in_viewport()
    expect(composer(page)).to_have_count(0)
    expect(page.locator(".posts .flash")).to_have_text("Posted.")
    expect(page.get_by_role("status").filter(has_text="Posted.")).to_have_count(1)
    assert page.evaluate("window.isSamePage")
    audit = Audit()
    audit.look(page, "thread, a reply in place")
    assert audit.findings == []
    before = shown(page)
    page.reload()
    assert before == shown(page)


def test_a_first_reply_begins_a_fold(page: Page):
    lonely = next(
        address
        for address in ("9", "10", "11", "12", "13", "14", "8", "7")
        if post_at(page, address).count() and not post_at(page, f"{address}.1").count()
    )
    mine = reply(page, lonely, f"Nobody had said anything to {lonely}.")
    expect(mine).to_be_focused()
    fold = post_at(page, lonely).locator("xpath=..").locator("details.replies")
    expect(fold.locator("summary")).to_contain_text("1 reply")
    fold.locator("summary").click()
    expect(mine).to_be_hidden()


def test_who_cancels_finds_their_words_again(page: Page):
    page.get_by_role("link", name="Reply 2", exact=True).click()
    write(page, "Not yet.")
    audit = Audit()
    audit.look(page, "thread, a composer in place")
    assert audit.findings == []
    page.get_by_role("link", name="Cancel").click()
    expect(composer(page)).to_be_hidden()
    expect(post_at(page, "2")).to_be_focused()
    page.get_by_role("link", name="Reply 2", exact=True).click()
    expect(page.get_by_role("textbox", name="Your post")).to_have_text("Not yet.")


def test_a_refused_reply_comes_back_with_its_words(site: Site, page: Page):
    address = miriam_writes(site, "This will be gone.", to="3")
    page.reload()
    page.get_by_role("link", name=f"Reply {address}", exact=True).click()
    write(page, "  ")
    page.get_by_role("button", name="Post reply").click()
    expect(composer(page).get_by_role("alert")).to_have_text("Write something first.")
    write(page, "An answer to what is gone.")
    with site.parts.database.writing() as session:
        miriam = instructor(session, site)
        discussion = find(session, site, miriam, "Are leaders")
        delete_post(session, miriam, discussion, post_id_at(session, discussion, address), now=site.clock())
    page.get_by_role("button", name="Post reply").click()
    expect(composer(page).get_by_role("alert")).to_have_text("The post you are replying to has been deleted.")
    expect(page.get_by_role("textbox", name="Your post")).to_have_text("An answer to what is gone.")


@pytest.mark.parametrize(
    ("status", "words"), [(0, "no connection"), (401, "session has ended"), (503, "server could not answer")]
)
def test_what_was_not_sent_is_still_there_and_can_be_sent_again(page: Page, status: int, words: str):
    if status:
        page.route(SENT, lambda route: route.fulfill(status=status, body="no"))
    else:
        page.route(SENT, lambda route: route.abort())
    mine = reply(page, "4", f"Sent again after {status}.")
    expect(composer(page).get_by_role("alert").filter(has_text=SAID)).to_contain_text(words)
    expect(page.get_by_role("textbox", name="Your post")).to_have_text(f"Sent again after {status}.")
    page.unroute(SENT)
    page.get_by_role("button", name="Post reply").click()
    expect(mine).to_have_count(1)
    expect(mine).to_be_focused()


def test_what_may_not_be_answered_any_more_is_said_on_a_page(page: Page):
    page.route(SENT, lambda route: route.fulfill(status=404, body="no"))
    mine = reply(page, "4", "By the usual way.")
    page.wait_for_url("**at=4*")
    expect(mine).to_have_count(1)
    assert not page.evaluate("window.isSamePage")


def test_an_edit_replaces_the_post(page: Page):
    mine = reply(page, "5", "A first version.")
    expect(mine).to_be_focused()
    mine.get_by_role("link", name="Edit").click()
    write(page, "A second version.")
    page.get_by_role("button", name="Save changes").click()
    changed = page.get_by_role("article").filter(has_text="A second version.")
    expect(changed).to_be_focused()
    expect(changed).to_contain_text("edited")
    expect(mine).to_have_count(0)
    expect(page.locator(".posts .flash")).to_have_text("Changes saved.")
    assert page.evaluate("window.isSamePage")
    before = shown(page)
    page.reload()
    assert before == shown(page)

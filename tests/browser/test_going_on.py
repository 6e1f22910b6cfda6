"""Reading a thread to its end: the next posts come before one is there; where they can’t, a link leads to them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.test_thread import post_at, press, read
from tests.browser.tours import discussion_url

MORE = "**/thread/more?*"
WITHOUT_ANSWER = ("offline", "fault", "session")


@pytest.fixture
def page(site: Site, visit: MakeVisitor) -> Iterator[Page]:
    """Of a student, in a tab. Their browser may complain of what it was not given."""
    visitor = visit(site, reduced_motion="reduce")
    yield visitor.become("amara").open_in_tab()
    visitor.complaints.clear()


def come_near_the_end(site: Site, page: Page, event: str = "requestfailed") -> None:
    page.goto(discussion_url(site) + "?sort=oldest")
    with page.expect_event(event, lambda request: "/thread/more" in request.url):
        page.get_by_role("article").nth(36).scroll_into_view_if_needed()


def test_the_next_posts_come_by_themselves_also_within_a_frame(site: Site, visit: MakeVisitor):
    visitor = visit(site, reduced_motion="reduce")
    tool = read(visitor, "amara")
    tool.get_by_role("article").nth(36).scroll_into_view_if_needed()
    expect(tool.get_by_role("link", name="Later posts")).to_have_count(0)
    addresses = tool.get_by_role("article").evaluate_all("(posts) => posts.map((post) => post.id)")
    assert len(addresses) == len(set(addresses)) > 40
    last = tool.get_by_role("article").nth(39)
    last.get_by_role("link").first.focus()
    press(tool, "j")
    expect(tool.get_by_role("article").nth(40)).to_be_focused()
    press(tool, "k")
    expect(last).to_be_focused()


@pytest.mark.parametrize("why", WITHOUT_ANSWER)
def test_where_they_cannot_come_the_link_is_there(site: Site, page: Page, why: str):
    if why == "offline":
        page.route(MORE, lambda route: route.abort())
    else:
        status = {"fault": 503, "session": 401}[why]
        page.route(MORE, lambda route: route.fulfill(status=status, body="no"))
    come_near_the_end(site, page, "requestfailed" if why == "offline" else "requestfinished")
    page.get_by_role("article").last.get_by_role("link").first.focus()
    press(page, "j")
    link = page.get_by_role("link", name="Later posts")
    expect(link).to_be_focused()
    press(page, "k")
    expect(page.get_by_role("article").last).to_be_focused()
    link.click()
    page.wait_for_url("**at=*")
    expect(page.get_by_role("link", name="Earlier posts")).to_be_visible()


def test_who_follows_the_link_goes_on_from_the_first_of_them(site: Site, page: Page):
    page.route(MORE, lambda route: route.abort())
    come_near_the_end(site, page)
    page.unroute(MORE)
    page.evaluate("window.isSamePage = true")
    page.get_by_role("link", name="Later posts").click()
    expect(page.get_by_role("article").nth(40)).to_be_focused()
    assert page.evaluate("window.isSamePage")
    audit = Audit()
    audit.look(page, "thread, gone on")
    assert audit.findings == []


def test_they_come_when_the_connection_is_back(site: Site, page: Page):
    page.route(MORE, lambda route: route.abort())
    come_near_the_end(site, page)
    page.unroute(MORE)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("link", name="Later posts")).to_have_count(0)
    expect(post_at(page, "14")).to_be_attached()

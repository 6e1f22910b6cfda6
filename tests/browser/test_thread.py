"""Reading a thread in its frame: keys, folding, ways to a post, what has been seen, and what arrives meanwhile."""

from itertools import pairwise

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, Request, Route, expect

from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.rules.written import PostContent
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.states import find, instructor
from tests.browser.tours import discussion_url
from tests.browser.visitor import Visitor
from tests.factories.posts import post_id_at

NEWS, SEEN = "**/thread/news?*", "**/thread/seen"
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
)
HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def read(visitor: Visitor, who: str, order: str = "Oldest first") -> FrameLocator:
    """Open the discussion in its frame, in an order that the test knows."""
    tool = visitor.become(who).open()
    with visitor.page.expect_event("framenavigated", lambda frame: "sort=" in frame.url):  # also if it has that order
        tool.get_by_role("button", name=order).click()
    expect(tool.get_by_role("button", name=order)).to_have_attribute("aria-pressed", "true")
    expect(tool.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()
    return tool


def post_at(tool: FrameLocator | Page, address: str) -> Locator:
    return tool.locator(f'article[id="p{address}"]')


def press(tool: FrameLocator | Page, keys: str) -> None:
    """Letter after letter, wherever the focus is."""
    for key in keys:
        tool.locator(":focus, body").last.press(key)


def miriam_writes(site: Site, text: str, *, to: str) -> str:
    """An answer that comes while others read; its address."""
    with site.parts.database.writing() as session:
        miriam = instructor(session, site)
        discussion = find(session, site, miriam, "Are leaders")
        parent = post_id_at(session, discussion, to)
        placed = create_post(session, miriam, discussion, PostContent(text), parent_id=parent, now=site.clock())
    return placed.address


def test_j_and_k_go_from_post_to_post(site: Site, visit: MakeVisitor):
    tool = read(visit(site), "amara")
    posts = tool.get_by_role("article")
    for key, number in zip("jjjkj", (0, 1, 2, 1, 2), strict=True):
        press(tool, key)
        expect(posts.nth(number)).to_be_focused()
        top = posts.nth(number).evaluate("(post) => post.getBoundingClientRect().top")
        assert 0 <= top < 100
    posts.nth(2).evaluate("(post) => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
    press(tool, "k")  # who has scrolled away goes on from what they see
    number = tool.locator(":focus").evaluate("(post) => [...document.querySelectorAll('.posts .post')].indexOf(post)")
    assert number > 30


def test_keys_go_to_what_a_post_answers_and_to_a_reply(site: Site, visit: MakeVisitor):
    tool = read(visit(site), "amara")
    press(tool, "jjjj")
    expect(post_at(tool, "1.2.1")).to_be_focused()
    press(tool, "p")
    expect(post_at(tool, "1.2")).to_be_focused()
    press(tool, "pp")
    expect(post_at(tool, "1")).to_be_focused()
    press(tool, "r")
    expect(tool.get_by_role("group", name="Reply to")).to_be_visible()


def test_n_goes_to_what_is_new_on_this_page_and_beyond(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    tool = read(visitor, "farid")
    tool.get_by_role("button", name="Mark all as read").click()
    expect(tool.locator(".news-head").get_by_text("No new posts")).to_be_visible()
    near, far = (miriam_writes(site, f"An answer to {to}.", to=to) for to in ("1", "14"))
    tool.get_by_role("button", name="Oldest first").click()
    expect(tool.locator(".thread-news").get_by_text("2 new posts")).to_be_visible()
    press(tool, "n")
    expect(post_at(tool, near)).to_be_focused()
    press(tool, "n")
    expect(post_at(tool, far)).to_be_focused()
    expect(post_at(tool, far)).to_be_in_viewport()


def test_keys_are_not_taken_from_what_one_types(site: Site, visit: MakeVisitor):
    tool = read(visit(site), "amara")
    tool.get_by_text("New thread").click()
    tool.get_by_label("Your post").press_sequentially("jk no?")
    expect(tool.get_by_role("textbox", name="Your post")).to_have_text("jk no?")
    expect(tool.get_by_role("dialog")).to_be_hidden()
    tool.locator("main").focus()
    for keys in ("Control+j", "Alt+j", "Meta+j"):
        tool.locator("main").press(keys)
    expect(tool.locator("article:focus")).to_have_count(0)


@pytest.mark.parametrize("storage", ["kept", "blocked"])
def test_keys_can_be_turned_off(site: Site, visit: MakeVisitor, storage: str):
    visitor = visit(site)
    if storage == "blocked":
        visitor.context.add_init_script(NO_STORAGE)
    tool = read(visitor, "amara")
    press(tool, "?")
    keys = tool.get_by_role("dialog", name="Keyboard shortcuts")
    keys.get_by_label("Turn off shortcuts in this browser").check()
    visitor.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    if storage == "kept":
        visitor.tool_frame.goto(visitor.tool_frame.url)
        expect(tool.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()
    press(tool, "j?")
    expect(tool.locator("article:focus")).to_have_count(0)
    expect(keys).to_be_hidden()
    tool.get_by_role("button", name="Keyboard shortcuts").click()
    keys.get_by_label("Turn off shortcuts in this browser").uncheck()
    keys.get_by_role("button", name="Close").click()
    press(tool, "j")
    expect(tool.locator("article:focus")).to_have_count(1)


def test_threads_fold_one_by_one_and_all_at_once(site: Site, visit: MakeVisitor):
    tool = read(visit(site), "amara")
    answer = post_at(tool, "1.2")
    press(tool, "jj")
    press(tool, "o")
    expect(answer).to_be_hidden()
    expect(post_at(tool, "1")).to_be_focused()
    press(tool, "j")
    expect(post_at(tool, "2")).to_be_focused()
    press(tool, "ko")
    expect(answer).to_be_visible()
    tool.get_by_role("button", name="Collapse all").click()
    expect(answer).to_be_hidden()
    expect(tool.locator("article[id*='.']").filter(visible=True)).to_have_count(0)
    tool.get_by_role("button", name="Expand all").click()
    expect(answer).to_be_visible()
    tool.locator("summary").filter(has_text="thread 1)").click()
    expect(answer).to_be_hidden()


def test_a_link_goes_to_a_post_of_this_page_even_into_a_folded_thread(site: Site, visit: MakeVisitor):
    visitor = visit(site, viewport={"width": 1100, "height": 700}, reduced_motion="reduce")
    tool = read(visitor, "amara")
    visitor.tool_frame.evaluate("window.isSamePage = true")
    tool.get_by_role("button", name="Collapse all").click()
    link = f'<a href="{discussion_url(site)}?at=2.1#p2.1">There</a>'
    tool.locator(".thread-news").evaluate("(line, link) => line.insertAdjacentHTML('beforeend', link)", link)
    tool.get_by_role("link", name="There").click()
    answer = post_at(tool, "2.1")
    expect(answer).to_be_focused()
    expect(answer).to_be_in_viewport()
    assert answer.evaluate("(post) => post.matches(':target')")
    assert visitor.tool_frame.evaluate("window.isSamePage")
    assert visitor.tool_frame.url.endswith("?at=2.1#p2.1")
    expect(post_at(tool, "1.1")).to_be_hidden()


def test_an_address_marks_its_post_and_gives_it_the_focus(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    read(visitor, "amara")
    visitor.tool_frame.goto(discussion_url(site) + "?at=3#p3")
    asked = post_at(visitor.tool, "3")
    expect(asked).to_be_focused()
    expect(asked).to_be_in_viewport()
    expect(asked).to_have_accessible_name("3 Jakub Nowak")


def test_what_was_in_view_for_a_while_is_reported_as_seen(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    visitor.page.clock.install()
    tool = read(visitor, "ines")
    fresh = tool.get_by_text("new posts")
    before = int((fresh.first.text_content() or "").split()[0])
    press(tool, "n")
    seen = tool.locator("article:focus")
    number = seen.get_attribute("data-n")
    with visitor.page.expect_request(SEEN) as sent:
        visitor.page.clock.run_for(2_500)
        visitor.page.clock.run_for(9_000)
    body = sent.value.post_data or ""
    assert "quiet=1" in body
    assert number in body.partition("numbers=")[2].replace("%2C", "-").partition("&")[0].split("-")
    response = sent.value.response()
    assert response
    assert response.status == 204
    tool.get_by_role("button", name="Oldest first").click()
    expect(tool.get_by_text(f"{before} new posts")).to_have_count(0)
    expect(seen.locator(".is-new")).to_have_count(0)


def test_who_leaves_early_reports_what_they_saw_and_nothing_else(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    visitor.page.clock.install()
    tool = read(visitor, "hana")
    press(tool, "n")
    expect(tool.locator("article:focus")).to_have_count(1)
    visitor.page.clock.run_for(2_500)
    tool.get_by_role("link", name="Search").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Search")
    visitor.tool_frame.goto(discussion_url(site) + "?sort=oldest")
    visitor.reload_until(tool.locator('article[id="p1"]:not(.new)'))
    expect(tool.get_by_role("article").last.locator(".is-new")).to_have_count(1)


def test_news_come_without_moving_what_one_reads(site: Site, visit: MakeVisitor):
    visitor = visit(site, reduced_motion="reduce")
    visitor.page.clock.install()
    tool = read(visitor, "amara")
    press(tool, "jjj")
    here = tool.locator("article:focus").evaluate("(post) => post.getBoundingClientRect().top")
    address = miriam_writes(site, "This came while you were reading.", to="1")
    visitor.page.clock.fast_forward(40_000)
    link = tool.get_by_role("status").get_by_role("link", name="1 new post")
    expect(link).to_be_in_viewport()
    assert tool.locator("article:focus").evaluate("(post) => post.getBoundingClientRect().top") == here
    press(tool, "j")
    pill = link.evaluate("(link) => link.getBoundingClientRect().bottom")
    assert tool.locator("article:focus").evaluate("(post) => post.getBoundingClientRect().top") >= pill
    link.click()
    expect(post_at(tool, address)).to_be_focused()
    expect(post_at(tool, address)).to_contain_text("This came while you were reading.")


def asked_for_news(visitor: Visitor) -> list[Request]:
    asked: list[Request] = []
    visitor.page.on("request", lambda request: asked.append(request) if "/thread/news" in request.url else None)
    return asked


def test_nobody_asks_for_news_behind_other_pages_or_after_the_visit(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    visitor.page.clock.install()
    read(visitor, "amara")
    asked = asked_for_news(visitor)
    visitor.tool_frame.evaluate(HIDE, True)
    visitor.page.clock.fast_forward(120_000)
    assert asked == []
    with visitor.page.expect_response(NEWS) as answer:
        visitor.tool_frame.evaluate(HIDE, False)
        visitor.page.clock.fast_forward(1_000)
    assert answer.value.status in (200, 204, 304)
    visitor.context.clear_cookies()
    with visitor.page.expect_response(NEWS) as answer:
        visitor.page.clock.fast_forward(40_000)
    assert answer.value.status == 401
    visitor.page.clock.fast_forward(600_000)
    assert len(asked) == 2


def test_a_server_in_trouble_is_left_alone_for_as_long_as_it_asks(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    visitor.page.clock.install()
    read(visitor, "amara")
    asked = asked_for_news(visitor)

    def refuse(route: Route) -> None:
        route.fulfill(status=429, headers={"Retry-After": "200"})

    visitor.page.route(NEWS, refuse)
    with visitor.page.expect_response(NEWS):
        visitor.page.clock.fast_forward(40_000)
    visitor.page.clock.fast_forward(150_000)
    assert len(asked) == 1
    with visitor.page.expect_response(NEWS):
        visitor.page.clock.fast_forward(100_000)
    assert len(asked) == 2


def test_narrow_pages_say_what_a_reply_answers_instead_of_indenting(site: Site, visit: MakeVisitor):
    address = "2"
    for level in range(7):
        address = miriam_writes(site, f"Level {level} below the second thread.", to=address)
    visitor = visit(site)
    page = visitor.become("amara").open_in_tab()
    page.goto(discussion_url(site) + "?sort=oldest&at=2#p2")
    chain = [".".join(address.split(".")[:n]) for n in range(1, 9)]
    edges = "(post) => Math.round(post.getBoundingClientRect().left)"
    wide = [post_at(page, one).evaluate(edges) for one in chain]
    assert wide[:6] == sorted(set(wide[:6]))
    assert wide[5:] == [wide[5]] * 3
    expect(post_at(page, chain[6])).to_contain_text(f"in reply to {chain[5]}")
    link = post_at(page, chain[1]).get_by_role("link", name="2", exact=True)
    link.focus()
    assert link.evaluate("(one) => one.getBoundingClientRect().width > 5 && one.checkVisibility()")
    page.set_viewport_size({"width": 600, "height": 900})
    assert len({post_at(page, one).evaluate(edges) for one in chain}) == 1
    for above, one in pairwise(chain):
        expect(post_at(page, one).locator(".to")).to_have_text(f"in reply to {above}")


def test_no_barrier_in_any_state_of_the_thread(site: Site, visit: MakeVisitor):
    visitor, audit = visit(site, reduced_motion="reduce"), Audit()
    visitor.page.clock.install()
    page = visitor.become("dana").open_in_tab()
    audit.look(page, "thread with news to read")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    audit.look(page, "thread, keys")
    page.keyboard.press("Escape")
    page.locator("article.new").first.locator(".jump").focus()
    expect(page.get_by_role("link", name="Next new post").nth(1)).to_be_in_viewport()
    audit.look(page, "thread, a skip link")
    miriam_writes(site, "One thing more.", to="2")
    page.clock.fast_forward(40_000)
    expect(page.get_by_role("link", name="1 new post")).to_be_visible()
    page.get_by_role("button", name="Collapse all").click()
    audit.look(page, "thread, folded, with something that arrived")
    page.goto(discussion_url(site) + "?at=2.1#p2.1")
    expect(post_at(page, "2.1")).to_be_focused()
    audit.look(page, "thread, a post that was asked for")
    assert audit.findings == []

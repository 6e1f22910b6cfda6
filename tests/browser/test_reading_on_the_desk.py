"""Reading on the grading desk: what a post said before, what changed after grading, what is cited, the next student."""

from threading import Event

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lti_app.course.courses.rules import Role
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.jobs.pages import PageReader
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.states import Desk, acting, find, person_of

WEEK_3 = "/courses/1/discussions/1"
SHIFTED = """async () => {
  let shifted = 0;
  new PerformanceObserver((seen) => {
    for (const one of seen.getEntries()) shifted += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  await new Promise((done) => setTimeout(done, 300));
  return shifted;
}"""


def edit(site: Site, key: str, text: str) -> None:
    """Have a student change their first post."""
    with site.parts.database.writing() as session:
        student = acting(session, site, key, Role.STUDENT)
        discussion = find(session, site, student, "Are leaders")
        own = (Post.discussion_id == discussion.id, Post.author_id == student.person_id)
        post = session.scalars(select(Post).where(*own).order_by(Post.id)).first()
        assert post is not None
        edit_post(session, student, discussion, post.id, PostContent(text), version=post.version, now=site.clock())


def desk_of(site: Site, page: Page, key: str) -> Page:
    with site.parts.database.writing() as session:
        person_id = person_of(session, site, key)
    page.goto(f"{site.tool_url}{WEEK_3}/grading/{person_id}")
    return page


@pytest.fixture
def page(site: Site, visit: MakeVisitor) -> Page:
    return visit(site, reduced_motion="reduce").become("miriam").open_in_tab()


def test_versions_and_changes_are_one_key_away(site: Site, page: Page):
    edit(site, "elif", "Leaders wait for nobody, and managers keep the ferries running.")
    Desk(site).mark("elif")
    site.clock.move(minutes=1)
    edit(site, "elif", "Leaders wait for everybody, and managers keep the ferries running.")
    desk_of(site, page, "elif")
    post = page.get_by_role("article").filter(has_text="everybody").first
    link = post.get_by_role("button", name="edited")
    page.keyboard.press("j")
    page.keyboard.press("h")
    versions = post.get_by_role("region", name="edited")
    expect(versions).to_be_focused()
    expect(versions.get_by_role("heading")).to_have_count(3)
    expect(link).to_have_attribute("aria-expanded", "true")
    audit = Audit()
    audit.look(page, "versions on the desk")
    assert audit.findings == []
    page.keyboard.press("Escape")
    expect(versions).to_have_count(0)
    expect(post).to_be_focused()
    page.keyboard.press("d")
    expect(post.locator("details.since ins")).to_contain_text("everybody,")
    expect(post.locator("details.since del")).to_be_visible()
    page.keyboard.press("d")
    expect(post.locator("details.since ins")).not_to_be_visible()
    page.get_by_role("link", name="What changed").click()
    expect(post.locator("details.since ins")).to_be_visible()


def test_a_citation_shows_what_it_cites_by_every_way(site: Site, page: Page, visit: MakeVisitor):
    PageReader(site.parts.database, site.parts.storage, Event()).read_new()
    page.goto(f"{site.tool_url}{WEEK_3}?at=14#p14")
    chip = page.locator("#p14 a.cited[data-reading='3']").first
    card = page.locator(".citation-card")
    chip.hover()
    expect(card.locator("mark")).to_contain_text("Whoever cannot say")
    card.hover()
    page.wait_for_timeout(600)  # it stays while one points at it
    expect(card).to_be_visible()
    audit = Audit()
    audit.look(page, "a citation")
    assert audit.findings == []
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    chip.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(chip).to_be_focused()
    expect(card).to_be_visible()
    expect(chip).to_have_attribute("aria-describedby", "citation-card")
    page.keyboard.press("Tab")
    expect(card.get_by_role("link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    expect(card).to_have_count(0)


def test_a_tap_shows_a_citation_and_a_second_follows_it(site: Site, visit: MakeVisitor):
    phone = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
    page = visit(site, **phone).become("miriam").open_in_tab()
    page.goto(f"{site.tool_url}{WEEK_3}?at=14#p14")
    chip = page.locator("#p14 a.cited[data-reading='3']").first
    chip.tap()
    expect(page.locator(".citation-card")).to_be_visible()
    assert "/read" not in page.url
    chip.tap()
    page.wait_for_url("**/readings/3/read**")


def test_the_next_student_is_there_at_once_and_nothing_jumps(site: Site, page: Page):
    desk_of(site, page, "jakub")
    names, came = ["Jakub Nowak"], []
    for _ in range(3):
        page.wait_for_timeout(1000)  # in which the browser fetches ahead
        page.keyboard.press("n")
        expect(page.get_by_role("heading", level=1)).not_to_have_text(names[-1])
        names.append(page.get_by_role("heading", level=1).inner_text())
        assert page.evaluate(SHIFTED) == 0
        came.append(page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType"))
        expect(page.locator(".students .current")).to_be_in_viewport()
    assert len(set(names)) == 4
    assert came == ["navigational-prefetch"] * 3


def test_after_a_save_the_page_that_was_fetched_before_is_not_shown(site: Site, page: Page):
    desk_of(site, page, "jakub")
    page.wait_for_timeout(1000)  # in which the browser fetches ahead
    for criterion in page.locator("fieldset").all():
        criterion.get_by_role("radio").last.check(force=True)
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Jakub Nowak")
    expect(page.locator(".students li").filter(has_text="Jakub Nowak")).to_contain_text("draft")


def test_a_number_opens_what_it_counted(site: Site, page: Page):
    desk_of(site, page, "amara")
    fact = page.locator(".facts .fact").filter(has_text="Kotter 1990 cited")
    fact.get_by_role("link").click()
    post = page.locator(".work .post:target")
    expect(post).to_be_in_viewport()
    expect(post.locator(".cited.counted")).to_have_text(["Kotter 1990, p. 104"])
    page.locator(".facts .fact").filter(has_text="Zaleznik 1977 cited").get_by_role("link").click()
    expect(post.locator(".cited.counted")).to_have_text(["Zaleznik 1977, p. 68"])

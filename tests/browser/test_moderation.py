"""Reporting, holding, hiding, splitting, liking: the journey of a report, and every page on its way."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.audit import Audit
from tests.browser.composers import write
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.tours import discussion_url
from tests.browser.visitor import Visitor


def test_every_page_of_moderation(resting_site: Site, visit: MakeVisitor):
    visitor, audit = visit(resting_site), Audit()
    for steps in (a_student_reports, another_repeats_a_post, a_teacher_decides, the_student_learns_of_it):
        for name in steps(visitor):
            audit.look(visitor.page, name)
    assert audit.findings == []


def open_menu(page: Page, address: str) -> None:
    """Open a post's menu with the keyboard, and close and open it once more."""
    summary = page.locator(f'[id="p{address}"] summary', has_text="More actions for post")
    menu = page.locator(f'[id="p{address}"] details.post-menu')
    summary.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")


def a_student_reports(visitor: Visitor) -> Iterator[str]:
    page = visitor.become("amara").open_in_tab()
    page.goto(discussion_url(visitor.site) + "?at=2#p2")
    like = page.get_by_role("button", name="Like 2", exact=True)
    expect(like).to_have_attribute("aria-pressed", "false")
    page.evaluate("window.isThisPage = true")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like).to_be_focused()
    expect(page.locator("#p2 .liked")).to_have_text("you like this")
    page.keyboard.press("Enter")
    expect(like).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#p2 .liked")).to_have_count(0)
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.isThisPage")
    open_menu(page, "2")
    yield "menu of a student"
    page.reload()
    open_menu(page, "2")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Follow thread").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Report post 2")
    yield "report"
    page.locator("main form").evaluate("(form) => { form.noValidate = true }")
    page.get_by_role("button", name="Send report", exact=True).click()
    expect(page.get_by_text("Choose a reason.")).to_be_visible()
    yield "report refused"
    page.get_by_label("It reveals private information about someone").check()
    page.get_by_label("Details for your instructor").fill("He names the nurse who was dismissed.")
    page.get_by_role("button", name="Send report", exact=True).click()
    expect(page.locator(".flashes")).to_contain_text("Thank you.")


def another_repeats_a_post(visitor: Visitor) -> Iterator[str]:
    page = visitor.page
    page.goto(discussion_url(visitor.site) + "?at=1#p1")
    text = page.locator('[id="p1"] .prose').inner_text()
    visitor.become("soren").open_in_tab()
    write(page, f"I see it this way. {text}")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator(".flashes")).to_contain_text("Your instructor will review it before others see it")
    expect(page.get_by_text("Held for review", exact=True)).to_be_visible()
    yield "a post of one's own that is held"


def a_teacher_decides(visitor: Visitor) -> Iterator[str]:
    page = visitor.become("miriam").open_in_tab()
    page.goto(f"{visitor.site.tool_url}/courses/1")
    page.get_by_role("link", name="2 posts need review").click()
    page.get_by_text("Compare with similar post").click()
    yield "what waits"
    page.get_by_role("link", name="Hide").last.click()
    yield "hide"
    page.locator("main form").evaluate("(form) => { form.noValidate = true }")
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_text("Enter a reason")).to_be_visible()
    yield "hide refused"
    page.get_by_label("Reason").fill("Please tell it without the name.")
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Moderation")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("No posts need review.")).to_be_visible()
    yield "nothing waits"
    page.goto(discussion_url(visitor.site) + "?at=1.1#p1.1")
    open_menu(page, "1.1")
    yield "menu of an instructor"
    page.reload()
    open_menu(page, "1.1")
    page.get_by_role("link", name="Move to a new thread").click()
    yield "split"
    page.get_by_role("button", name="Move to a new thread").click()
    expect(page.locator(".flashes")).to_contain_text("now a thread")
    new_address = page.url.partition("#p")[2]
    page.goto(discussion_url(visitor.site) + "?at=1.1#p1.1")  # an old link
    assert page.url.endswith(f"#p{new_address}")
    open_menu(page, new_address)
    page.get_by_role("link", name="Reply privately").click()
    yield "private reply"
    page.get_by_label("Your private reply").fill("Between us: this is your best yet.")
    page.get_by_role("button", name="Send privately").click()
    yield "a private answer in the thread"
    open_menu(page, new_address)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("moved to a new thread by")).to_be_visible()
    yield "what was done"


def the_student_learns_of_it(visitor: Visitor) -> Iterator[str]:
    page = visitor.become("amara").open_in_tab()
    expect(page.get_by_text("Between us")).to_have_count(0)
    page.goto(discussion_url(visitor.site, "moderation", "reports"))
    expect(page.get_by_text("Your instructor has hidden the post.")).to_be_visible()
    yield "own reports"

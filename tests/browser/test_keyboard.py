"""The path by keyboard alone: Tab, Enter, Space and the arrows; one sees where one is at every stop."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.essays import FIRST_POST
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site


def test_posting_and_replying(site: Site, visit: MakeVisitor):
    page = visit(site, reduced_motion="reduce").become("tane").open_in_tab()
    keys = Keyboard(page)
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    keys.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    keys.tab_to(page.get_by_label("Your post"))
    keys.press("Space")
    keys.tab_to(page.get_by_role("button", name="Post", exact=True))
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Write something first.")
    expect(page.get_by_label("Your post")).to_be_focused()
    page.keyboard.insert_text(FIRST_POST)
    keys.tab_to(page.get_by_role("button", name="Post", exact=True))
    keys.press("Space")
    expect(page.get_by_role("article").filter(has_text="harbour ferries")).to_be_in_viewport()
    keys.tab_to(page.get_by_role("link", name="Reply 9", exact=True))
    keys.press("Enter")
    keys.tab_to(page.get_by_role("button", name="Cite", exact=True))
    keys.press("Enter")
    page.get_by_label("Reading", exact=True).select_option(label="Kotter 1990")
    keys.tab_to(page.get_by_label("Page", exact=True))
    page.keyboard.insert_text("104")
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="Your post")).to_contain_text("Kotter 1990, p. 104")
    keys.tab_to(page.get_by_role("button", name="Post reply"))
    keys.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Posted.")
    assert keys.faults == []


def test_grading(site: Site, visit: MakeVisitor):
    page = visit(site, reduced_motion="reduce").become("miriam").open_in_tab()
    keys = Keyboard(page)
    keys.tab_to(page.get_by_role("link", name="Grade", exact=True))
    keys.press("Enter")
    keys.tab_to(page.get_by_role("link", name="Dana Whitfield"))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dana Whitfield")
    mark_by_arrows(page, keys)
    keys.tab_to(page.get_by_label("Comment to the student"))
    page.keyboard.insert_text("Well argued.")
    keys.tab_to(page.get_by_role("button", name="Release grade"))
    keys.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Released.")
    assert keys.faults == []


def mark_by_arrows(page: Page, keys: Keyboard) -> None:
    """Tab comes to a group of levels once; the arrows choose within it."""
    for criterion in page.locator("fieldset").all():
        keys.tab_to(criterion.get_by_role("radio").first)
        keys.press("Space", "ArrowRight")
        expect(criterion.get_by_role("radio").nth(1)).to_be_checked()


def test_setting_up(site: Site, visit: MakeVisitor):
    page = visit(site, reduced_motion="reduce").become("miriam").open_in_tab("rl-week-4")
    keys = Keyboard(page)
    keys.tab_to(page.get_by_label("Prompt"))
    page.keyboard.insert_text("What did you change, and who noticed?")
    keys.tab_to(page.get_by_role("checkbox", name="What leaders really do").first)
    keys.press("Space")
    keys.tab_to(page.get_by_text("Add a reading", exact=True))
    keys.press("Enter")
    keys.tab_to(page.get_by_role("button", name="Add this reading"))
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter the title of the reading.")
    keys.tab_to(page.get_by_role("alert").get_by_role("link"))
    keys.press("Enter")
    expect(page.get_by_label("Title", exact=True).last).to_be_focused()
    page.keyboard.insert_text("A case study")
    keys.tab_to(page.get_by_role("button", name="Save and show to the class"))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Week 4: Leading change")
    assert keys.faults == []


def test_the_frame_is_passed_through(site: Site, visit: MakeVisitor):
    """From the LMS into the tool and out of it again."""
    visitor = visit(site)
    tool = visitor.become("uyen").open()
    expect(tool.get_by_role("heading", level=1)).to_be_visible()
    visitor.page.get_by_role("link", name="See the messages in the log").focus()
    visitor.page.keyboard.press("Tab")
    expect(tool.get_by_role("link", name="Skip to content")).to_be_focused()
    tool.get_by_role("button", name="Post", exact=True).focus()
    for _ in range(6):  # a few things stand behind the button, and the editor may come just now
        visitor.page.keyboard.press("Tab")
        if is_outside := visitor.page.evaluate("document.activeElement.tagName") != "IFRAME":
            break
    assert is_outside

"""Building a rubric by keyboard, without scripts, and changing one that grades were given by."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site
from tests.browser.states import grade_in_every_way
from tests.browser.test_without_scripts import follow, open_week_3
from tests.browser.tours import discussion_url

LEVELS = (("6", "Excellent"), ("3", "Good"), ("0", "Missing"))


def fill_criterion(page: Page, title: str) -> None:
    """Type a criterion from its title on, by Tab alone."""
    page.keyboard.type(title)
    page.keyboard.press("Tab")
    page.keyboard.type(f"What {title.lower()} means here.")
    for points, name in LEVELS:
        for text in (points, name, f"{name} work"):
            tab_to_field(page)
            page.keyboard.press("Control+a")
            page.keyboard.type(text)


def tab_to_field(page: Page) -> None:
    """Go on to the next field that one types into."""
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") == "BUTTON":
        page.keyboard.press("Tab")


def test_a_rubric_of_three_criteria_is_built_by_keyboard_alone(site: Site, visit: MakeVisitor):
    about = {"viewport": {"width": 1280, "height": 580}, "reduced_motion": "reduce"}
    page = visit(site, **about).become("miriam").open_in_tab()
    page.goto(f"{site.tool_url}/courses/1/rubrics")
    keyboard = Keyboard(page)
    keyboard.tab_to(page.get_by_role("link", name="New rubric"))
    page.keyboard.press("Enter")
    title = page.get_by_label("Title", exact=True).first
    keyboard.tab_to(title)
    page.keyboard.type("Close reading")
    keyboard.tab_to(page.locator("#c0-title"))
    fill_criterion(page, "Claim")
    for number, name in enumerate(("Evidence", "Style"), 2):
        keyboard.tab_to(page.get_by_role("button", name="Add criterion"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="Criterion added.")).to_be_attached()
        expect(page.get_by_role("group", name=f"Criterion {number}").get_by_label("Title")).to_be_focused()
        page.evaluate("globalThis.lastStop = null")  # the focus went back to what is new
        fill_criterion(page, name)
    expect(page.locator("[data-total]")).to_have_text("18")
    keyboard.tab_to(page.get_by_role("button", name="Save rubric"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Close reading")
    expect(page.get_by_role("heading", level=3)).to_have_text(["Claim 6", "Evidence 6", "Style 6"])
    assert keyboard.faults == []


def test_criteria_and_levels_are_moved_split_and_merged_in_place(site: Site, visit: MakeVisitor):
    page = visit(site).become("miriam").open_in_tab()
    page.goto(f"{site.tool_url}/courses/1/rubrics/new?from=ready:weekly")
    titles = page.get_by_label("Title", exact=True)
    first = page.get_by_role("group", name="Criterion 1")
    page.get_by_role("button", name="Move down Criterion 1").click()
    expect(titles.nth(1)).to_have_value("First reply")
    expect(page.get_by_role("button", name="Move down Criterion 2")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Moved to position 2.")).to_be_attached()
    points = first.get_by_label("Points", exact=True)
    first.get_by_role("button", name="Split Level 1").click()
    expect(points).to_have_count(4)
    expect(points.nth(1)).to_have_value("1.5")
    expect(points.nth(1)).to_be_focused()
    first.get_by_role("button", name="Merge down Level 2").click()
    expect(points).to_have_count(3)
    expect(first.get_by_label("Name").nth(1)).to_have_value("Developing")
    first.get_by_role("button", name="Delete Level 3").click()
    expect(points).to_have_count(2)
    points.first.fill("3,5")
    expect(page.locator("[data-total]")).to_have_text("11.5")
    first.get_by_text("Options").click()
    first.get_by_label("Part of the grade").uncheck()
    expect(page.locator("[data-total]")).to_have_text("8")
    page.get_by_role("button", name="Delete Criterion 4").click()
    expect(page.get_by_role("group", name=re.compile("Criterion"))).to_have_count(3)
    titles.first.fill("Moved about")
    page.get_by_role("button", name="Save rubric").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Moved about")
    expect(page.get_by_role("heading", level=3)).to_have_text(
        ["First reply not part of the grade", "First post 5", "Second reply 2"]
    )


def test_without_scripts_the_buttons_do_the_same(site: Site, visit: MakeVisitor):
    visitor = visit(site, java_script_enabled=False).become("miriam")
    tool = open_week_3(visitor)
    follow(tool, tool.get_by_role("link", name="Settings", exact=True), "Discussion settings")
    follow(tool, tool.get_by_role("link", name="All rubrics"), "Rubrics")
    follow(tool, tool.get_by_role("link", name="New rubric"), "New rubric")
    tool.locator("#title").fill("Without scripts")
    tool.locator("#c0-title").fill("Claim")
    tool.get_by_role("button", name="Add criterion").click()
    tool.locator("#c1-title").fill("Evidence")
    tool.get_by_role("button", name="Add level Criterion 2").click()
    tool.locator("#c1-l3-points").fill("4")
    tool.get_by_role("button", name="Move up Criterion 2").click()
    expect(tool.locator("#c0-title")).to_have_value("Evidence")
    expect(tool.locator("[data-total]")).to_have_text("6")
    tool.get_by_role("button", name="Save rubric").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Without scripts")
    expect(tool.get_by_role("heading", level=3)).to_have_text(["Evidence 4", "Claim 2"])


def test_a_change_after_grading_asks_first(resting_site: Site, visit: MakeVisitor):
    page = visit(resting_site).become("miriam").open_in_tab()
    grade_in_every_way(resting_site)
    page.goto(discussion_url(resting_site, "grading"))
    page.get_by_role("link", name="Edit rubric").click()
    page.get_by_label("Points", exact=True).first.fill("5")
    page.get_by_role("button", name="Save rubric").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Re-score graded work?")
    row = page.get_by_role("row", name="Dana Whitfield")
    expect(row).to_contain_text("released")
    page.get_by_role("button", name="Back to editing").click()
    expect(page.get_by_label("Points", exact=True).first).to_have_value("5")
    page.get_by_role("button", name="Save rubric").click()
    page.get_by_role("button", name="Re-score graded work").click()
    expect(page.get_by_role("status").filter(has_text="Rubric saved.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Grading")
    expect(page.get_by_role("row", name="Dana Whitfield")).to_contain_text(re.compile("changed", re.IGNORECASE))

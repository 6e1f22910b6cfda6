"""From an empty placement to a discussion, from nothing to a placement, and from a grade back to the work."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.composers import write
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.visitor import WEEK_4


def test_week_4_from_empty(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    tool = visitor.become("tane").open(WEEK_4)
    expect(tool.get_by_role("heading", level=1)).to_have_text("Not open yet")
    tool = visitor.become("miriam").open(WEEK_4)
    expect(tool.get_by_role("heading", level=1)).to_have_text("Discussion settings")
    tool.get_by_label("Title", exact=True).first.fill("Does change need a crisis?")
    tool.get_by_text("Add a reading").click()
    tool.get_by_role("button", name="Add this reading").click()
    expect(tool.get_by_role("alert")).to_contain_text("Title: Enter the title of the reading.")
    tool.get_by_role("alert").get_by_role("link").click()
    expect(tool.get_by_label("Title", exact=True).last).to_be_focused()
    tool.get_by_label("Title", exact=True).last.fill("Leading change: Why transformation efforts fail")
    tool.get_by_role("textbox", name="Authors").fill("Kotter, John P.")
    tool.get_by_label("Year").fill("1995")
    tool.get_by_role("button", name="Add this reading").click()
    expect(tool.get_by_role("status").first).to_contain_text("Reading added and selected.")
    expect(tool.get_by_label("Title", exact=True).first).to_have_value("Does change need a crisis?")
    expect(tool.get_by_role("checkbox", name="Why transformation efforts fail")).to_be_checked()
    tool.get_by_role("button", name="Save and show to the class").click()
    expect(tool.get_by_role("alert")).to_contain_text("Prompt: Enter a prompt for the class.")
    write(tool, "Kotter wants a sense of urgency.\n\nHow much of it is honest?", name="Prompt")
    tool.get_by_label("First post due").fill("2035-03-09T23:59")
    tool.get_by_label("Replies due").fill("2035-03-02T23:59")
    tool.get_by_role("button", name="Save and show to the class").click()
    expect(tool.get_by_role("alert")).to_contain_text("This is before “First post due”. Choose a later date.")
    tool.get_by_label("Replies due").fill("2035-03-16T23:59")
    tool.get_by_role("button", name="Save and show to the class").click()
    expect(tool.get_by_role("status").first).to_contain_text("This is what your students see.")
    tool = visitor.become("tane").open(WEEK_4)
    expect(tool.get_by_text("How much of it is honest?")).to_be_visible()
    expect(tool.get_by_text("Why transformation efforts fail")).to_be_visible()
    expect(tool.get_by_role("region", name="Your participation")).to_contain_text("Kotter 1995 not cited yet")
    expect(tool.get_by_text("Write a first post of at least 200 words by Fri, Mar 9, 2035, 11:59 PM")).to_be_visible()


def test_the_prompt_is_written_in_the_editor_by_keyboard(site: Site, visit: MakeVisitor):
    page = visit(site).become("miriam").open_in_tab()
    page.get_by_role("link", name="Settings", exact=True).click()
    editor = page.get_by_role("textbox", name="Prompt").and_(page.locator("[contenteditable]"))
    expect(editor).to_contain_text("Zaleznik holds")  # the editor has taken the text field's place
    editor.press("Control+End")
    expect(editor).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("- a leader @miriam")
    page.keyboard.press("Enter")
    page.keyboard.type("a manager")
    expect(page.get_by_role("listbox")).to_have_count(0)  # a prompt mentions nobody
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Show the whole prompt").click()  # it is folded where the class has begun
    prompt = page.locator(".prompt")
    expect(prompt.get_by_role("listitem")).to_have_text(["a leader @miriam", "a manager"])
    page.get_by_role("link", name="Settings", exact=True).click()
    editor.press("Control+a")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Save", exact=True).last.click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Prompt: Enter a prompt for the class.")
    alert.get_by_role("link").first.click()
    expect(page.locator("#prompt, #prompt-editor").and_(page.locator(":focus"))).to_be_visible()


def test_an_activity_is_added_from_the_tool(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    visitor.become("miriam").at("/").get_by_role("link", name="Add an activity from the tool").click()
    tool = visitor.tool
    expect(tool.get_by_role("heading", level=1)).to_have_text("Add a discussion")
    tool.get_by_label("Points in the gradebook").fill("12.5")
    tool.get_by_label("Title").fill("Week 5: Power")
    tool.get_by_role("button", name="Add to the course").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Activity added to the course page")
    tool.get_by_role("link", name="Week 5: Power").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Week 5: Power")
    expect(visitor.tool.get_by_role("heading", level=1)).to_have_text("Discussion settings")
    expect(visitor.tool.get_by_label("Title", exact=True).first).to_have_value("Week 5: Power")
    expect(visitor.tool.get_by_label("Points in the gradebook")).to_have_value("12.5")


def test_adding_can_be_cancelled(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    visitor.become("miriam").at("/").get_by_role("link", name="Add an activity from the tool").click()
    visitor.tool.get_by_role("button", name="Cancel").click()
    expect(visitor.tool.get_by_role("heading", level=1)).to_have_text("No activity was added")


def test_a_grade_leads_back_to_the_work(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    tool = visitor.become("miriam").open_desk("Dana Whitfield")
    for criterion in tool.locator("fieldset").all():
        criterion.get_by_role("radio").last.check()
    tool.get_by_role("button", name="Release grade").click()
    visitor.reload_until(tool.get_by_text(re.compile("Gradebook: (sent|✓ confirmed)")))
    to_the_work(visitor.at("/gradebook")).click()
    expect(visitor.tool.get_by_role("heading", level=1)).to_have_text("Dana Whitfield")
    expect(visitor.tool.get_by_role("article").first).to_contain_text("community clinic")
    to_the_work(visitor.become("dana").at("/gradebook")).click()
    expect(visitor.tool.get_by_role("region", name="Your grade")).to_contain_text("20 of 20 points")


def to_the_work(gradebook: Page) -> Locator:
    column = "Are leaders and managers different kinds of people?"
    return gradebook.get_by_role("row", name="Dana Whitfield").get_by_role("link", name=column)

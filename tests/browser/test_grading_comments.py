"""Saved comments by keyboard, and comments on sentences that the student reads after the release, not before."""

import re

from playwright.sync_api import Page, expect

from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.states import person_of
from tests.browser.test_without_scripts import open_week_3
from tests.browser.tours import discussion_url

SELECT = """words => {
  const walker = document.createTreeWalker(document.querySelector(".work .prose"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at >= 0) getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
  }
}"""
QUOTED = "That is planning and budgeting"


def desk_of(site: Site, key: str) -> str:
    with site.parts.database.writing() as session:
        return discussion_url(site, "grading", person_of(session, site, key))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_saved_comments_by_keyboard(site: Site, visit: MakeVisitor):
    page = visit(site, viewport={"width": 1280, "height": 580}).become("miriam").open_in_tab()
    page.goto(f"{site.tool_url}/courses/1/comments")
    expect(page.get_by_text("No saved comments yet.")).to_be_visible()
    page.get_by_label("Comment", exact=True).fill("Well argued, {name}: {replies} replies.")
    page.get_by_role("button", name="Save comment").press("Enter")
    expect(page.locator(".saved-text")).to_have_text("Well argued, {name}: {replies} replies.")
    page.goto(desk_of(site, "amara"))
    find, listed = page.get_by_role("combobox", name="Find"), page.get_by_role("listbox", name="Insert a comment")
    press(page, "i")
    expect(find).to_be_focused()
    expect(listed.get_by_role("option")).to_have_count(1)
    page.keyboard.type("nothing like it")
    expect(page.get_by_text("No comment matches.")).to_be_visible()
    press(page, "Control+a")
    page.keyboard.type("ARGUED")
    audit = Audit()
    audit.look(page, "desk, saved comments")
    page.set_viewport_size({"width": 1280, "height": 580})
    press(page, "Enter")
    overall = page.get_by_label("Comment to the student")
    expect(overall).to_be_focused()
    expect(overall).to_have_value("Well argued, Amara Osei: 1 replies.")
    fits = "form => form.scrollHeight <= form.clientHeight"
    assert page.locator("#marking").evaluate(fits)
    press(page, "Escape", "1", "m")
    page.keyboard.type("Weigh both sides.")
    press(page, "Alt+ArrowDown")
    page.get_by_role("button", name="Save my text").press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Saved to your comments. The grade is not saved yet.")
    expect(overall).to_have_value("Well argued, Amara Osei: 1 replies.")
    press(page, "s")
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    page.goto(desk_of(site, "uyen"))
    press(page, "1", "m", "Alt+ArrowDown")
    expect(listed.get_by_role("option").first).to_contain_text("Weigh both sides.")
    press(page, "ArrowDown", "ArrowUp", "Enter")
    expect(page.locator(".remark textarea").nth(1)).to_have_value("Weigh both sides.")
    press(page, "Alt+ArrowDown", "Escape")
    expect(page.locator(".remark textarea").nth(1)).to_be_focused()
    assert audit.findings == []


def test_a_comment_on_a_sentence_is_read_after_the_release(resting_site: Site, visit: MakeVisitor):
    visitor = visit(resting_site, viewport={"width": 1280, "height": 580})
    page = visitor.become("miriam").open_in_tab()
    page.goto(desk_of(resting_site, "amara"))
    press(page, "1", "1")
    page.evaluate(SELECT, QUOTED)
    page.get_by_role("button", name="Comment on this").click()
    page.keyboard.type("Whose words are these?")
    press(page, "Control+Enter")
    expect(page.locator(".work mark")).to_have_text(QUOTED)
    expect(page.locator("[data-criterion] :checked")).to_have_count(2)
    press(page, "j", "a")
    expect(page.get_by_label("Sentence").nth(1)).to_be_focused()
    audit = Audit()
    audit.look(page, "desk, comments on sentences")
    page.goto(page.url.partition("#")[0])
    student = visit(resting_site).become("amara")
    read = student.open_in_tab()
    expect(read.get_by_role("region", name="Your grade")).to_have_count(0)
    press(page, "1", "1", "1", "1", "1", "r")
    expect(page.get_by_role("status").first).to_contain_text("Released.")
    read.reload()
    read.get_by_role("region", name="Your grade").get_by_role("link", name="1 comment on your posts").click()
    expect(read.get_by_role("mark")).to_have_text(QUOTED)
    read.get_by_role("link", name="Comment 1").press("Enter")
    expect(read.locator("#note-1")).to_be_focused()
    expect(read.locator("#note-1")).to_contain_text("Whose words are these?")
    audit.look(read, "comments on posts")
    classmate = visit(resting_site).become("dana").open_in_tab()
    answer = classmate.goto(re.sub(r"#.*", "", read.url))
    assert answer is not None
    assert answer.status == 404
    assert audit.findings == []


def test_without_scripts_a_sentence_is_chosen_from_a_list(site: Site, visit: MakeVisitor):
    visitor = visit(site, java_script_enabled=False).become("miriam")
    tool = open_week_3(visitor)
    visitor.tool_frame.goto(desk_of(site, "dana"))
    tool.get_by_label("Comment to the student").fill("So far.")
    tool.locator(".annotate summary").first.click()
    tool.get_by_label("Sentence").first.select_option(index=1)
    tool.locator(".annotate textarea").first.fill("Say more.")
    tool.get_by_role("button", name="Add comment").first.click()
    expect(tool.locator(".notes")).to_contain_text("Say more.")
    expect(tool.locator(".work mark").first).to_be_visible()
    expect(tool.get_by_label("Comment to the student")).to_have_value("So far.")
    tool.locator(".bank summary").click()
    tool.get_by_role("button", name="Save my text").click()
    expect(tool.get_by_label("Comment to the student")).to_have_value("So far.")
    expect(tool.get_by_text("Saved to your comments.")).to_be_visible()

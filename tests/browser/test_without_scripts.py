"""Posting, moderating, searching, grading, adding an activity with scripts off: every form posts, every link goes."""

import re

from playwright.sync_api import FrameLocator, Locator, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.essays import FIRST_POST, REPLY_OF_60
from tests.browser.site import Site
from tests.browser.visitor import Visitor


def arrived(visitor: Visitor) -> FrameLocator:
    """The tool, after the two buttons that stand in for the LMS's own scripts in a launch."""
    tool = visitor.tool
    tool.get_by_text("the LMS sends you to the tool").locator("..").get_by_role("button", name="Continue").click()
    tool.get_by_text("the LMS sends your launch").locator("..").get_by_role("button", name="Continue").click()
    expect(tool.get_by_role("link", name="Skip to content")).to_be_attached()
    return tool


def open_week_3(visitor: Visitor) -> FrameLocator:
    visitor.open()
    return arrived(visitor)


def follow(tool: FrameLocator, link: Locator, heading: str) -> None:
    """Go to a page by its link, and be there."""
    link.click()
    expect(tool.get_by_role("heading", level=1)).to_contain_text(heading)


def test_posting_and_grading(site: Site, visit: MakeVisitor):
    visitor = visit(site, java_script_enabled=False)
    visitor.become("uyen")
    tool = open_week_3(visitor)
    expect(tool.get_by_role("article")).to_have_count(0)
    tool.get_by_label("Your post").fill("   ")
    tool.get_by_role("button", name="Post", exact=True).click()
    expect(tool.get_by_role("alert")).to_contain_text("Write something first.")
    tool.get_by_label("Your post").fill(FIRST_POST)
    tool.get_by_role("button", name="Post", exact=True).click()
    expect(tool.get_by_role("article").filter(has_text="harbour ferries")).to_contain_text("counts as first post")
    follow(tool, tool.get_by_role("link", name="Reply 9", exact=True), "Reply to")
    tool.get_by_label("Your post").fill(REPLY_OF_60)
    tool.get_by_role("button", name="Post reply").click()
    expect(tool.get_by_role("region", name="Your participation")).to_contain_text("Replies to 1 of 2 people")
    grade_without_scripts(visitor)
    expect(visitor.at("/gradebook").get_by_role("row", name="Uyen Tran").get_by_role("cell")).to_contain_text("20 / 20")


def grade_without_scripts(visitor: Visitor) -> None:
    visitor.become("miriam")
    tool = open_week_3(visitor)
    tool.get_by_role("link", name="Grade", exact=True).click()
    tool.get_by_role("link", name="Uyen Tran").click()
    expect(tool.get_by_role("dialog")).to_have_count(0)
    tool.get_by_role("button", name="Release grade").click()
    expect(tool.get_by_role("status").first).to_contain_text("Choose a level for every criterion first")
    for criterion in tool.locator("fieldset").all():
        criterion.get_by_role("radio").last.check()
    tool.get_by_role("button", name="Release grade").click()
    visitor.reload_until(tool.get_by_text(re.compile("Gradebook: (sent|✓ confirmed)")))


def test_what_becomes_of_a_post(resting_site: Site, visit: MakeVisitor):
    author, reader, teacher = (
        visit(resting_site, java_script_enabled=False).become(who) for who in ("uyen", "tane", "miriam")
    )
    address = post_and_edit(author)
    report_and_answer(reader, address)
    hide_with_a_reason(teacher, address)
    tool = open_week_3(author)
    follow(tool, tool.get_by_role("link", name="My posts", exact=True), "Your posts in this course")
    tool.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    own = tool.get_by_role("article").filter(has_text="Please tell it without the council.")
    expect(own).to_contain_text("harbour ferries")
    search_and_take_a_copy(reader)


def post_and_edit(author: Visitor) -> str:
    """Answer with the post's address."""
    tool = open_week_3(author)
    tool.get_by_label("Your post").fill(FIRST_POST)
    tool.get_by_role("button", name="Post", exact=True).click()
    own = tool.get_by_role("article").filter(has_text="harbour ferries")
    follow(tool, own.get_by_role("link", name="Edit"), "Edit your post")
    tool.get_by_label("Your post").fill(FIRST_POST + " And so it went.")
    tool.get_by_role("button", name="Save changes").click()
    expect(own).to_contain_text("And so it went.")
    expect(own).to_contain_text("edited")
    return (own.get_attribute("id") or "").removeprefix("p")


def report_and_answer(reader: Visitor, address: str) -> None:
    tool = open_week_3(reader)
    tool.get_by_label("Your post").fill(FIRST_POST.replace("harbour ferries", "night buses"))
    tool.get_by_role("button", name="Post", exact=True).click()
    follow(tool, tool.get_by_role("link", name=f"Reply {address}", exact=True), "Reply to")
    tool.get_by_label("Your post").fill(f"@Uyen Tran {REPLY_OF_60}")
    tool.get_by_role("button", name="Post reply").click()
    expect(tool.get_by_role("article").filter(has_text="@Uyen Tran")).to_be_visible()
    menu = tool.locator(f'[id="p{address}"] .post-menu').first
    menu.locator("summary").click()
    follow(tool, menu.get_by_role("link", name="Report …"), "Report")
    tool.get_by_role("radio").first.check()
    tool.get_by_role("button", name="Send report").click()
    expect(tool.get_by_role("status").first).to_contain_text("Thank you")


def hide_with_a_reason(teacher: Visitor, address: str) -> None:
    tool = open_week_3(teacher)
    tool.get_by_role("link", name=re.compile("^Moderation: [1-9]")).click()
    follow(tool, tool.get_by_role("link", name=f"Hide … {address}"), "Hide")
    tool.get_by_role("textbox").fill("Please tell it without the council.")
    tool.get_by_role("button", name="Hide", exact=True).click()
    expect(tool.get_by_role("status").first).to_contain_text("hidden")


def search_and_take_a_copy(reader: Visitor) -> None:
    """What was hidden is in neither."""
    tool = open_week_3(reader)
    follow(tool, tool.get_by_role("link", name="Search").first, "Search")
    for words, found in (("harbour ferries", 0), ("night buses", 1)):
        tool.get_by_role("searchbox", name="Search for").fill(words)
        tool.get_by_role("searchbox", name="Search for").press("Enter")
        expect(tool.get_by_role("main").get_by_role("listitem").filter(has=tool.locator("mark"))).to_have_count(found)
    tool.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(tool.get_by_role("article").filter(has_text="night buses").first).to_be_in_viewport()
    tool.get_by_role("link", name="Export", exact=True).click()
    with reader.page.expect_download() as download:
        tool.get_by_role("link", name="Web page (All posts I can read)").click()
    copy = download.value.path().read_text("utf-8")
    assert "night buses" in copy
    assert "harbour ferries" not in copy


def test_adding_an_activity(site: Site, visit: MakeVisitor):
    visitor = visit(site, java_script_enabled=False)
    visitor.become("miriam").at("/").get_by_role("link", name="Add an activity from the tool").click()
    tool = arrived(visitor)
    tool.get_by_label("Title").fill("Week 6: Followers")
    tool.get_by_role("button", name="Add to the course").click()
    tool.get_by_role("button", name="Back to the course").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Activity added to the course page")

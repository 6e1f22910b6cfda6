"""Posting, grading and adding an activity with scripts off: every form posts, every link goes."""

from playwright.sync_api import FrameLocator, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.essays import FIRST_POST, REPLY_OF_60
from tests.browser.site import Site
from tests.browser.visitor import Visitor


def arrived(visitor: Visitor) -> FrameLocator:
    """The tool, after the two buttons that stand in for the LMS's own scripts in a launch."""
    tool = visitor.tool
    tool.get_by_text("the LMS sends you to the tool").locator("..").get_by_role("button", name="Continue").click()
    tool.get_by_text("the LMS sends your launch").locator("..").get_by_role("button", name="Continue").click()
    expect(tool.get_by_role("link", name="Skip to the content")).to_be_attached()
    return tool


def open_week_3(visitor: Visitor) -> FrameLocator:
    visitor.open()
    return arrived(visitor)


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
    tool.get_by_role("link", name="Reply 9", exact=True).click()
    tool.get_by_label("Your post").fill(REPLY_OF_60)
    tool.get_by_role("button", name="Post reply").click()
    expect(tool.get_by_role("region", name="What counts for you")).to_contain_text("Replies to 1 of 2 people")
    grade_without_scripts(visitor)
    expect(visitor.at("/gradebook").get_by_role("row", name="Uyen Tran").get_by_role("cell")).to_contain_text("20 / 20")


def grade_without_scripts(visitor: Visitor) -> None:
    visitor.become("miriam")
    tool = open_week_3(visitor)
    tool.get_by_role("link", name="Grade", exact=True).click()
    tool.get_by_role("link", name="Uyen Tran").click()
    expect(tool.get_by_role("dialog")).to_have_count(0)
    tool.get_by_role("button", name="Release").click()
    expect(tool.get_by_role("status").first).to_contain_text("choose a level for every criterion first")
    for criterion in tool.locator("fieldset").all():
        criterion.get_by_role("radio").last.check()
    tool.get_by_role("button", name="Release").click()
    visitor.reload_until(tool.get_by_text("✓ In the gradebook since"))


def test_adding_an_activity(site: Site, visit: MakeVisitor):
    visitor = visit(site, java_script_enabled=False)
    visitor.become("miriam").at("/").get_by_role("link", name="Add an activity from the tool").click()
    tool = arrived(visitor)
    tool.get_by_label("Title").fill("Week 6: Followers")
    tool.get_by_role("button", name="Add to the course").click()
    tool.get_by_role("button", name="Back to the course").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Added to the course page")

"""From the course page to the gradebook, within the frame of the LMS."""

from playwright.sync_api import FrameLocator, Locator, expect

from tests.browser.composers import write
from tests.browser.conftest import MakeVisitor
from tests.browser.essays import FIRST_POST, REPLY_OF_60, SECOND_REPLY
from tests.browser.site import Site
from tests.browser.visitor import Visitor


def test_from_the_course_page_to_the_gradebook(fresh_site: Site, visit: MakeVisitor):
    visitor = visit(fresh_site)
    post_behind_the_gate(visitor)
    reply_to_two_people(visitor)
    edit_and_delete(visitor)
    grade_and_release(visitor)
    see_the_grade(visitor)
    grade_again(visitor)


def post_behind_the_gate(visitor: Visitor) -> None:
    tool = visitor.become("tane").open()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Are leaders and managers different kinds of people?")
    expect(tool.get_by_text("You can see them after your own first post")).to_be_visible()
    expect(tool.get_by_text("community clinic")).to_have_count(0)
    expect(tool.get_by_role("article")).to_have_count(0)
    write(tool, "   ")
    tool.get_by_role("button", name="Post", exact=True).click()
    expect(tool.get_by_role("alert")).to_have_text("Write something first.")
    write(tool, "Both kinds, I think, and I will say more tonight.")
    tool.get_by_role("button", name="Post", exact=True).click()
    own = tool.get_by_role("article").filter(has_text="I will say more tonight")
    expect(own).to_contain_text("not counted yet: 140 more words needed")
    expect(tool.get_by_text("School kitchen, 400 lunches")).to_be_visible()
    expect(progress(tool)).to_contain_text("First post, 10 of 150 words")
    own.get_by_role("link", name="Edit").click()
    write(tool, FIRST_POST)
    tool.get_by_role("button", name="Save changes").click()
    own = tool.get_by_role("article").filter(has_text="harbour ferries")
    expect(own).to_contain_text("counts as first post")
    expect(own).to_contain_text("edited")
    for done in ("Zaleznik 1977 cited", "Kotter 1990 cited"):
        expect(progress(tool).locator("li").filter(has_text=done)).to_contain_text("Done:")


def reply_to_two_people(visitor: Visitor) -> None:
    tool = visitor.tool
    reply(tool, to="7", text="I agree with all of this.")
    expect(tool.get_by_role("article").filter(has_text="I agree with all of this")).to_contain_text(
        "not counted yet: 44 more words needed"
    )
    expect(progress(tool)).to_contain_text("Replies to 0 of 2 people")
    reply(tool, to="8", text=REPLY_OF_60)
    expect(progress(tool)).to_contain_text("Replies to 1 of 2 people")
    reply(tool, to="9", text=SECOND_REPLY)
    expect(progress(tool)).to_contain_text("Replies to 2 of 2 people")
    expect(progress(tool)).to_contain_text("All requirements are complete.")


def edit_and_delete(visitor: Visitor) -> None:
    tool = visitor.tool
    own = tool.get_by_role("article").filter(has_text="I agree with all of this")
    own.get_by_role("link", name="Delete").click()
    expect(tool.get_by_role("heading", level=1)).to_contain_text("Delete your post")
    tool.get_by_role("button", name="Delete").click()
    expect(tool.get_by_role("status").first).to_have_text("Post deleted.")
    expect(tool.get_by_text("Deleted by its author.")).to_be_visible()
    expect(tool.get_by_text("I agree with all of this")).to_have_count(0)
    tool.get_by_role("link", name="How participation is counted").click()
    row = tool.get_by_role("row").filter(has_text="Replies to 2 of 2 people")
    expect(row).to_contain_text("to Ben Okafor, Keala Mahoe")


def grade_and_release(visitor: Visitor) -> None:
    tool = visitor.become("miriam").open_desk("Tane Ngata")
    expect(tool.get_by_role("article").filter(has_text="harbour ferries")).to_contain_text("counts as first post")
    expect(tool.get_by_text("Suggested").first).to_be_visible()
    for criterion in tool.locator("fieldset").all():
        criterion.get_by_role("radio").last.check()
    expect(tool.get_by_role("status").filter(has_text="20")).to_be_visible()
    tool.get_by_label("Comment to the student").fill("The life jackets carry the whole argument.")
    tool.get_by_role("button", name="Save", exact=True).click()
    expect(tool.get_by_role("status").first).to_have_text("Saved. The student can’t see it until you release it.")
    visitor.become("tane")
    expect(visitor.open().get_by_role("heading", name="Your participation")).to_be_visible()
    expect(visitor.tool.get_by_role("heading", name="Your grade")).to_have_count(0)
    tool = visitor.become("miriam").open_desk("Tane Ngata")
    tool.get_by_role("button", name="Release grade").click()
    expect(tool.get_by_role("status").first).to_contain_text("Released.")


def see_the_grade(visitor: Visitor) -> None:
    row = visitor.open_desk().get_by_role("row").filter(has_text="Tane Ngata")
    visitor.reload_until(row.get_by_text("✓ confirmed: 20"))
    cell = visitor.at("/gradebook").get_by_role("row", name="Tane Ngata").get_by_role("cell")
    expect(cell).to_contain_text("20 / 20")
    expect(cell).to_contain_text("The life jackets carry the whole argument.")
    grade = visitor.become("tane").open().get_by_role("region", name="Your grade")
    expect(grade).to_contain_text("20 of 20 points")
    expect(grade).to_contain_text("The life jackets carry the whole argument.")


def grade_again(visitor: Visitor) -> None:
    tool = visitor.become("miriam").open_desk("Tane Ngata")
    tool.locator("fieldset").first.get_by_role("radio").first.check()
    tool.get_by_label("Comment to the student").fill("On a second reading: where is Kotter's own example?")
    tool.get_by_role("button", name="Save", exact=True).click()
    expect(tool.get_by_text("The student still sees the 20 points")).to_be_visible()
    tool.get_by_role("button", name="Release grade").click()
    expect(tool.get_by_role("status").first).to_contain_text("Released.")
    visitor.reload_until(tool.get_by_text("Gradebook: ✓ confirmed"))
    cell = visitor.at("/gradebook").get_by_role("row", name="Tane Ngata").get_by_role("cell")
    expect(cell).to_contain_text("where is Kotter's own example?")
    expect(cell).not_to_contain_text("20 / 20")


def progress(tool: FrameLocator) -> Locator:
    return tool.get_by_role("region", name="Your participation")


def reply(tool: FrameLocator, *, to: str, text: str) -> None:
    tool.get_by_role("link", name=f"Reply {to}", exact=True).click()
    expect(tool.get_by_role("group", name="Reply to")).to_be_visible()
    write(tool, text)
    tool.get_by_role("button", name="Post reply").click()
    expect(tool.get_by_role("status").first).to_have_text("Posted.")

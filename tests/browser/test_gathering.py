"""Groups, later dates, pseudonyms and a stance, from the set-up to the reveal; every page on the way is looked at."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.browser.composers import write
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.test_every_page import take
from tests.browser.visitor import Visitor

ESSAY = "Nobody leads a hospital alone, and nobody plans it alone. Kotter has the two work side by side."
CHOICES = {"structure": "groups", "anonymity": "blind"}


def week_4(visitor: Visitor, *more: str) -> str:
    """The address of the discussion of Week 4, or of something below it."""
    visitor.open_in_tab("rl-week-4")
    return "/".join([visitor.page.url.partition("?")[0].removesuffix("/settings"), *more])


def set_up(visitor: Visitor) -> Iterator[str]:
    """An instructor decides how the class is gathered."""
    page = visitor.become("miriam").open_in_tab("rl-week-4")
    write(page, "Does change need a crisis?", name="Prompt")
    page.get_by_label("Minimum words in the first post").fill("5")
    page.get_by_label("First post due").fill("2030-03-05T23:59")
    page.get_by_label("Closes").fill("2030-03-09T23:59")
    page.locator("details.more > summary").click()
    for name, value in CHOICES.items():
        page.locator(f"input[name={name}][value={value}]").check()
    expect(page.get_by_text("These choices take effect when you save")).to_be_visible()
    page.locator("#stance_question").fill("Does change need a crisis?")
    page.get_by_label("Left end of the scale").fill("never")
    yield "set-up unfolded"
    page.get_by_role("button", name="Save and show to the class").last.click()
    expect(page.get_by_role("alert")).to_contain_text("both ends of its scale")
    yield "set-up with half a stance"
    page.get_by_label("Right end of the scale").fill("always")
    page.get_by_role("button", name="Save and show to the class").last.click()
    expect(page.get_by_text("there are none yet, so students can’t post")).to_be_visible()
    yield "discussion in groups without groups"
    page.goto(f"{visitor.site.tool_url}/courses/1/groups")
    yield "no groups"
    page.get_by_label("Number of groups").fill("3")
    page.get_by_role("button", name="Split", exact=True).click()
    expect(page.get_by_label("Group of Amara Osei")).to_be_visible()
    for student, group in (("Amara Osei", "Group 1"), ("Søren Lindqvist", "Group 2")):
        page.get_by_label(f"Group of {student}").select_option(label=group)
    page.get_by_role("button", name="Save groups").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_text("Change").first.click()
    yield "groups"


def grant(visitor: Visitor) -> Iterator[str]:
    """Later dates for one student."""
    page = visitor.page
    page.goto(week_4(visitor, "extensions"))
    yield "nobody has later dates"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "later dates refused"
    page.get_by_label("Student or group", exact=True).select_option(label="Amara Osei")
    page.get_by_label("First post due").fill("2030-03-08T23:59")
    page.get_by_label("Note for instructors").fill("A letter was seen.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Remove Amara Osei")).to_be_visible()
    yield "later dates"


def take_part(visitor: Visitor) -> Iterator[str]:
    """A student answers, writes, answers again."""
    page = visitor.become("amara").open_in_tab("rl-week-4")
    expect(page.get_by_text("You have an extension here")).to_be_visible()
    expect(page.get_by_text("Nobody sees your name until grades are released").first).to_be_visible()
    yield "asked for a stance"
    page.get_by_role("radio", name="2").check()
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.get_by_text("You chose 2.")).to_be_visible()
    page.locator(".stance summary").click()
    yield "how the class stands"
    write(page, ESSAY)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Your pseudonym here is").first).to_be_visible()
    page.get_by_text("Class poll").first.click()  # folded for whoever has answered
    page.get_by_role("link", name="Answer again").click()
    yield "asked again"
    page.get_by_role("radio", name="5").check()
    page.get_by_label("Post that changed your mind").fill("1")
    page.get_by_role("button", name="Save answer").click()
    expect(page.get_by_text("We found no post by a classmate").first).to_be_visible()
    yield "one's own post moves nobody"
    page.get_by_label("Post that changed your mind").fill("")
    page.get_by_role("button", name="Save answer").click()
    expect(page.get_by_text("You moved from 2 to 5.")).to_be_visible()
    yield "how the class moved"


def keep_apart(visitor: Visitor) -> Iterator[str]:
    """A student of another group, who has written, sees nothing of the first's."""
    page = visitor.become("soren").open_in_tab("rl-week-4")
    write(page, "Five words of another group.")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_text(ESSAY)).to_have_count(0)
    page.goto(f"{visitor.site.tool_url}/courses/1/search?q=hospital+alone")
    expect(page.get_by_role("heading", name="No results")).to_be_visible()
    yield "nothing of another group is found"


def grade(visitor: Visitor) -> Iterator[str]:
    """Staff read and grade without names, then reveal them."""
    page = visitor.become("miriam").open_in_tab("rl-week-4")
    expect(page.get_by_text("Names are hidden from everyone, including you")).to_be_visible()
    expect(page.get_by_text("Amara")).to_have_count(0)
    page.get_by_role("navigation", name="Groups").get_by_role("link", name="Group 1").click()
    yield "threads of one group"
    page.goto(week_4(visitor, "grading"))
    expect(page.get_by_text("Amara")).to_have_count(0)
    yield "blind desk"
    page.get_by_role("region", name="Students").get_by_role("link").first.click()
    yield "a student without a name"
    page.goto(week_4(visitor, "grading", "names"))
    yield "reveal names"
    page.get_by_role("button", name="Reveal names").click()
    expect(page.get_by_role("link", name="Amara Osei")).to_be_visible()


def test_a_discussion_in_groups_without_names(resting_site: Site, visit: MakeVisitor):
    visitor = visit(resting_site)
    for part in (set_up, grant, take_part, keep_apart, grade):
        take(part, visitor)

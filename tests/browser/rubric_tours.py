"""Ways through the pages of rubrics. Each step opens a page and answers with its name."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.browser.tours import discussion_url
from tests.browser.visitor import Visitor


def rubrics_of_the_instructor(visitor: Visitor) -> Iterator[str]:
    """The instructor, with the library, the editor, and the rubric of a discussion that has grades."""
    page = visitor.become("miriam").open_in_tab()
    library = f"{visitor.site.tool_url}/courses/1/rubrics"
    page.goto(library)
    yield "rubrics, library"
    page.get_by_role("link", name="Participation only").click()
    yield "rubrics, one that ships"
    page.get_by_role("link", name="Copy to my library").click()
    page.locator("summary").filter(has_text="Options").first.click()
    yield "rubrics, editor"
    page.get_by_label("Title", exact=True).first.fill("")
    page.get_by_label("Points", exact=True).first.fill("many")
    page.get_by_role("button", name="Save rubric").click()
    expect(page.get_by_role("alert")).to_contain_text("2 fields need a change")
    yield "rubrics, refused"
    page.get_by_label("Title", exact=True).first.fill("Ours")
    page.get_by_label("Points", exact=True).first.fill("6")
    page.get_by_role("button", name="Save rubric").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ours")
    page.get_by_text("Delete this rubric").click()
    yield "rubrics, one of the library"
    page.goto(discussion_url(visitor.site, "rubric"))
    page.locator("summary").filter(has_text="Start from another rubric").click()
    yield "rubrics, of a discussion"
    page.get_by_label("Points", exact=True).first.fill("7")
    page.get_by_role("button", name="Save rubric").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Re-score graded work?")
    yield "rubrics, what becomes of grades"

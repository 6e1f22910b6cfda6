"""Ways through the pages of readings, as in tours."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

BIBTEX = """@book{b, title={Leadership}, author={Burns, James MacGregor}, year={1978}}
@article{c, title={Unbalanced {brace, year=2000}
@book{d, title={F\ufffdhrung}, author={M{\\"u}ller, J.}, year={2001}}"""


def readings_of_the_instructor(visitor: Visitor) -> Iterator[str]:
    """The instructor, adding and changing readings."""
    page = visitor.become("miriam").open_in_tab()
    home = f"{visitor.site.tool_url}/courses/1"
    for name in ("add", "new", "leadership", "1", "1/edit", "1/delete", "progress"):
        page.goto(f"{home}/readings/{name}")
        yield f"readings/{name}"
    page.goto(f"{home}/readings/add")
    page.get_by_label("DOI, BibTeX, RIS or CSL-JSON").fill("hello")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "paste refused"
    page.get_by_label("DOI, BibTeX, RIS or CSL-JSON").fill(BIBTEX)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose readings to add")
    yield "records to choose from"
    page.goto(f"{home}/readings/new")
    page.get_by_role("button", name="Add this reading").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "reading by hand refused"
    page.goto(f"{home}/settings")
    yield "course settings"
    page.get_by_label("EZproxy").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "course settings refused"


def readings_of_a_student(visitor: Visitor) -> Iterator[str]:
    """A student, noting how far they have got."""
    page = visitor.become("amara").open_in_tab()
    page.goto(f"{visitor.site.tool_url}/courses/1/readings/1")
    yield "reading of a student"
    page.get_by_label("Page").fill("107")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("last page: p. 107")).to_be_visible()
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("button", name="Mark as unread")).to_be_visible()
    yield "reading that is read"

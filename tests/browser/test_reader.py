"""The reader in a browser: pages drawn as they come near, words selected, found, cited and shown again."""

import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lti_app.library.files.actions import store_file
from lti_app.library.files.rules import Purpose, Right, Rights
from lti_app.library.readings.actions.file import set_reading_file
from lti_app.library.readings.actions.passages import find_or_add_passage
from lti_app.library.readings.models import Passage
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site
from tests.browser.states import instructor
from tests.browser.test_without_scripts import open_week_3
from tests.factories import files

ARTICLE = (
    [
        "What leaders really do",
        "Leadership is different from management, but not for the",
        "reasons that most people think.",
    ],
    [
        "Rather, leadership and management are two distinctive and complemen-",
        "tary systems of action. Each has its own function.",
    ],
    *([f"Page {number} goes on.", "Managers plan, leaders align."] for number in range(105, 110)),
)
TEXT = b"<html><h1>On change</h1><p>Change needs urgency.</p><p>Or does it <em>need</em> honesty more?</p></html>"
SELECT = """([page, first, last]) => {
  const spans = document.querySelectorAll(`[data-page="${page}"] .textLayer span`), range = new Range();
  range.setStart(spans[first].firstChild, 0);
  range.setEnd(spans[last].firstChild, spans[last].firstChild.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
MARKED = "(name) => [...(CSS.highlights.get(name) ?? [])].map(String)"


def give(site: Site, data: bytes, name: str = "article.pdf", reading_id: int = 1) -> None:
    with site.parts.database.writing() as session:
        actor, rights = instructor(session, site), Rights(Right.OWN_WORK)
        about = {"name": name, "purpose": Purpose.READING, "rights": rights, "now": site.clock()}
        file = store_file(session, actor, site.parts.storage, io.BytesIO(data), **about)
        set_reading_file(session, actor, reading_id, file_id=file.id, first_page=103, now=site.clock())


def passage(site: Site, **place: str) -> int:
    with site.parts.database.writing() as session:
        return find_or_add_passage(session, 1, **{"page": "", **place})


def newest(site: Site) -> Passage:
    with site.parts.database.read() as session:
        return session.scalars(select(Passage).order_by(Passage.id.desc())).first()


@pytest.fixture
def page(site: Site, visit: MakeVisitor) -> Iterator[Page]:
    """Somebody in the course, with the article to read."""
    give(site, files.pdf(*ARTICLE))
    page = visit(site, reduced_motion="reduce").become("soren").open_in_tab()
    page.goto(reader(site))
    expect(page.locator('[data-page="103"] .textLayer span').first).to_be_attached()
    return page


def choose_words(page: Page, number: str, first: int, last: int) -> None:
    """Select lines of a page, once its text is there: pages are drawn one after the other."""
    expect(page.locator(f'[data-page="{number}"] .textLayer span').nth(last)).to_be_attached()
    page.evaluate(SELECT, [number, first, last])


def reader(site: Site, more: str = "", reading_id: int = 1) -> str:
    return f"{site.tool_url}/courses/1/readings/{reading_id}/read?from=1{more}"


def test_selected_words_are_cited_in_ones_post(site: Site, page: Page):
    choose_words(page, "104", 0, 1)
    page.get_by_role("group", name="Selected text").get_by_role("button", name="Cite in my post").click()
    page.wait_for_url("**/discussions/1?cite=*")
    made = newest(site)
    assert page.url.endswith(f"?cite={made.id}#compose")
    assert made.page == "104"
    assert made.exact.endswith("two distinctive and complementary systems of action. Each has its own function.")


def test_what_the_class_says_about_selected_words(site: Site, page: Page):
    choose_words(page, "103", 1, 1)
    page.get_by_role("button", name="See what the class says about this").first.click()
    page.wait_for_url(f"**/citations/1?passage={newest(site).id}")


def test_search_counts_goes_on_and_says_so(page: Page):
    field, status = page.get_by_label("Search in this text"), page.get_by_role("status").last
    field.fill("complementary systems")
    field.press("Enter")
    expect(status).to_have_text("Match 1 of 1, on page 104")
    assert (
        page.evaluate(MARKED, "this-match") == ["complementary systems"]
        or "complemen" in page.evaluate(MARKED, "this-match")[0]
    )
    field.fill("MANAGERS plan")
    field.press("Enter")
    expect(status).to_have_text("Match 1 of 5, on page 105")
    field.press("Enter")
    expect(status).to_have_text("Match 2 of 5, on page 106")
    page.get_by_role("button", name="Previous match").click()
    expect(status).to_have_text("Match 1 of 5, on page 105")
    field.fill("nobody wrote this")
    field.press("Enter")
    expect(status).to_have_text("not found")


def test_a_passage_is_shown_where_its_words_stand(site: Site, page: Page):
    words = "TWO distinctive – and “complementary” systems"
    page.goto(reader(site, f"&passage={passage(site, page='104', exact=words)}"))
    expect(page.get_by_role("status").last).to_have_text("The passage is on page 104 and is marked.")
    expect(page.locator('[data-page="104"]')).to_be_in_viewport()
    assert "two distinctive and complemen" in page.evaluate(MARKED, "wanted")[0]
    page.goto(reader(site, f"&passage={passage(site, page='9', exact='leaders align')}"))
    expect(page.get_by_role("status").last).to_have_text("The passage is on page 105 and is marked.")
    page.goto(reader(site, f"&passage={passage(site, page='106', exact='words of another edition')}"))
    expect(page.get_by_role("status").last).to_contain_text("was not found in this file")


def test_marked_words_and_their_number_lead_to_the_posts_about_them(site: Site, visit: MakeVisitor):
    notes = reader(site, "&page=4", reading_id=3)
    page = visit(site, reduced_motion="reduce").become("dana").open_in_tab()
    page.goto(notes)
    expect(page.locator("[data-ready]")).to_be_attached()
    expect(page.get_by_role("link", name="1 post cites this passage: Whoever cannot say").first).to_be_attached()
    assert any("Whoever cannot say what would count" in words for words in page.evaluate(MARKED, "cited"))
    page.locator('[data-page="4"] .textLayer').get_by_text("Whoever cannot say").click()
    page.wait_for_url("**/citations/3?passage=*")
    page.get_by_role("link", name="Page 4 in the reading").click()
    expect(page.get_by_role("status").last).to_have_text("The passage is on page 4 and is marked.")
    number = page.get_by_role("link", name="1 post cites this passage: Whoever cannot say").first
    number.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/citations/3?passage=*")
    behind_the_gate = visit(site).become("tane").open_in_tab()
    behind_the_gate.goto(notes)
    expect(behind_the_gate.locator("[data-ready]")).to_be_attached()
    assert not any("Whoever" in words for words in behind_the_gate.evaluate(MARKED, "cited"))


def test_links_in_a_pdf_go_to_their_page_or_to_a_tab_of_their_own(site: Site, page: Page):
    page.goto(reader(site, reading_id=3))
    page.get_by_role("link", name="Go to page 3").click()
    expect(page.get_by_role("region", name="Page 3")).to_be_focused()
    outward = page.get_by_role("link", name="https://hbr.org/2001/12/what-leaders-really-do (opens in a new tab)").first
    assert outward.get_attribute("target") == "_blank"
    assert "noopener" in (outward.get_attribute("rel") or "")


def test_the_reader_by_keyboard_alone(site: Site, page: Page):
    keys = Keyboard(page)
    keys.tab_to(page.get_by_label("Page", exact=True).first)
    page.keyboard.press("Control+a")
    page.keyboard.type("105")
    keys.press("Enter")
    expect(page.get_by_role("region", name="Page 105")).to_be_focused()
    keys.press("n")
    expect(page.get_by_role("region", name="Page 106")).to_be_focused()
    keys.press("p", "+")
    expect(page.get_by_label("Zoom", exact=True)).to_have_text("125%")
    keys.press("-", "/")
    expect(page.get_by_label("Search in this text")).to_be_focused()
    page.keyboard.type("two distinctive")
    keys.press("Enter")
    expect(page.get_by_role("status").last).to_have_text("Match 1 of 1, on page 104")
    page.get_by_role("button", name="Next match").focus()
    keys.press("c")
    expect(page.get_by_label("Words to quote")).to_have_value("two distinctive")
    expect(page.locator("#cite-form").get_by_label("Page")).to_have_value("104")
    keys.tab_to(page.locator("#cite-form").get_by_role("button", name="Cite in my post"))
    keys.press("Enter")
    page.wait_for_url("**/discussions/1?cite=*")
    made = newest(site)
    assert made.exact == "two distinctive"
    assert made.prefix.endswith("leadership and management are")
    assert made.suffix.startswith("and complementary")


def test_from_selected_words_tab_leads_to_what_can_be_done(page: Page):
    choose_words(page, "103", 1, 1)
    group = page.get_by_role("group", name="Selected text")
    expect(group).to_be_visible()
    page.keyboard.press("Tab")
    expect(group.get_by_role("button", name="Cite in my post")).to_be_focused()
    page.keyboard.press("Escape")
    expect(group).to_be_hidden()


def test_three_hundred_pages_cost_no_more_than_those_in_sight(site: Site, page: Page):
    give(site, files.pdf(*([f"This is page {number}."] * 30 for number in range(300))))
    page.goto(reader(site))
    expect(page.locator("[data-ready]")).to_be_attached()
    expect(page.get_by_role("region", name="Page 103")).to_contain_text("This is page 0.")
    page.get_by_label("Page", exact=True).first.fill("400")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Page 400")).to_contain_text("This is page 297.")
    assert page.locator("canvas").count() <= 10


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (files.pdf(["x"], encrypted=True), "has a password"),
        (b"%PDF-1.7\nnothing that follows is a PDF", "damaged"),
    ],
    ids=["locked", "broken"],
)
def test_a_file_that_cannot_be_shown_says_so(site: Site, page: Page, data: bytes, words: str):
    give(site, data)
    page.goto(reader(site))
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_role("link", name="Download file")).to_be_visible()


def test_programs_in_a_pdf_never_run(site: Site, page: Page):
    give(site, files.pdf(["Harmless words."], script="app.alert\\('run'\\); globalThis.ran = true;"))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(reader(site))
    expect(page.get_by_role("region", name="Page 103")).to_contain_text("Harmless words.")
    assert page.evaluate("globalThis.ran") is None


def test_an_html_reading(site: Site, page: Page):
    give(site, TEXT, "change.html")
    wanted = passage(site, paragraph="2", exact="need honesty")
    page.goto(reader(site, f"&passage={wanted}"))
    expect(page.locator("[data-ready]")).to_be_attached()
    assert page.evaluate(MARKED, "wanted") == ["need honesty"]
    page.locator("#para-1").select_text()
    page.get_by_role("group", name="Selected text").get_by_role("button", name="Cite in my post").click()
    page.wait_for_url("**/discussions/1?cite=*")
    assert (newest(site).paragraph, newest(site).exact) == ("1", "Change needs urgency.")


def test_without_scripts_one_opens_the_file_and_cites_by_hand(site: Site, visit: MakeVisitor):
    give(site, files.pdf(*ARTICLE))
    visitor = visit(site, java_script_enabled=False).become("tane")
    open_week_3(visitor)
    visitor.tool_frame.goto(reader(site))
    page = visitor.tool
    expect(page.get_by_role("link", name="Open the file in your browser’s own viewer")).to_be_visible()
    expect(page.get_by_role("region", name="Reader")).to_be_hidden()
    page.get_by_role("textbox", name="Page").fill("104")
    page.get_by_label("Words to quote").fill("two distinctive")
    page.get_by_role("button", name="Cite in my post").click()
    visitor.tool_frame.wait_for_url("**/discussions/1?cite=*#compose")
    assert f"?cite={newest(site).id}#" in visitor.tool_frame.url


def test_the_readers_pages_have_no_barriers(site: Site, visit: MakeVisitor, page: Page):
    audit = Audit()
    passage(site, page="103", exact="reasons that most people think")
    audit.look(page, "reader, PDF")
    expect(page.locator('[data-page="103"] .textLayer span').nth(2)).to_be_attached()
    choose_words(page, "103", 1, 1)
    expect(page.get_by_role("group", name="Selected text")).to_be_visible()
    audit.look(page, "reader, words selected")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    audit.look(page, "reader, keys")
    give(site, TEXT, "change.html")
    page.goto(reader(site))
    audit.look(page, "reader, HTML")
    staff = visit(site).become("miriam").open_in_tab()
    staff.goto(f"{site.tool_url}/courses/1/readings/1/file")
    audit.look(staff, "reader, giving a file")
    assert audit.findings == []

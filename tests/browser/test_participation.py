"""The class in a discussion and over the term, in a browser: by keyboard, on a phone and without barriers."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from lti_app.discussion.discussions.models import Discussion
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.full_class import fill
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site, running_site
from tests.browser.states import grade_in_every_way
from tests.browser.visitor import Visitor

CLASS, TERM = "/courses/1/discussions/1/participation/class", "/courses/1/participation"
PLACES = """() => {
  const box = document.querySelector(".matrix-scroll"), at = (one) => box.querySelector(one).getBoundingClientRect();
  box.scrollIntoView();
  box.scrollTo(box.scrollWidth, box.scrollHeight);
  const frame = box.getBoundingClientRect(), head = at("thead th:nth-child(2)"), name = at("tbody tr:last-child th");
  const label = at("tfoot th"), seen = document.elementFromPoint(label.left + 9, label.top + label.height / 2);
  return {
    labelIsOnTop: seen === box.querySelector("tfoot th"),
    headIsAtTop: Math.abs(head.top - frame.top) < 3,
    nameIsAtSide: Math.abs(name.left - frame.left) < 3,
    isScrolled: box.scrollLeft > 0 && box.scrollTop > 0,
    room: frame.width - name.width,
  };
}"""
PAPER = {"width": 1032, "height": 700}
"""A landscape page without its margins, in CSS pixels."""
ON_PAPER = """() => {
  const table = document.querySelector(".matrix, .contact-list"), box = table.parentElement;
  const styles = [...table.querySelectorAll("th, td")].map((cell) => getComputedStyle(cell));
  return {
    orientation: getComputedStyle(document.body).page,
    height: box.clientHeight,
    wholeHeight: box.scrollHeight,
    tableWidth: table.getBoundingClientRect().width,
    inks: [...new Set(styles.map((style) => style.color))],
    stuck: styles.filter((style) => style.position === "sticky").length,
  };
}"""
SCROLLED = """box => new Promise((done) => {
  if (box.scrollLeft > 0) done();
  else box.addEventListener("scroll", done, { once: true });
})"""


@pytest.fixture(scope="module")
def lived_site(browser: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A class some of whose first posts came after the date."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(sqlite_template, folder / "colloquy.db")
    with running_site(f"sqlite:///{folder}/colloquy.db", folder, with_worker=False) as site:
        with browser.new_context(timezone_id="Europe/Berlin") as context:
            Visitor(context, site).open_in_tab()
        grade_in_every_way(site)
        fill(site)
        with site.parts.database.writing() as session:
            earlier = site.clock() - timedelta(days=1, hours=12)
            session.execute(update(Discussion).where(Discussion.id == 1).values(first_post_due=earlier))
        yield site


def states(page: Page) -> set[str]:
    return set(page.locator(".matrix tbody td").evaluate_all("cells => cells.map((cell) => cell.className)"))


def test_the_class_in_one_discussion(lived_site: Site, visit: MakeVisitor):
    audit = Audit()
    page = visit(lived_site).become("miriam").open_in_tab()
    page.get_by_role("navigation", name="For instructors").get_by_role("link", name="Participation").click()
    expect(page).to_have_url(lived_site.tool_url + CLASS)
    assert {"complete", "late", "missing", "started"} <= states(page)
    audit.look(page, "class matrix")
    sort_by_keyboard(page)
    page.get_by_label("Status").select_option("missing")
    page.get_by_label("Where").select_option("first_post")
    page.get_by_role("button", name="Apply").click()
    column = page.locator(".matrix tbody td:nth-child(3)")
    assert set(column.evaluate_all("cells => cells.map((cell) => cell.className)")) == {"missing"}
    page.get_by_role("link", name="Show all").click()
    counted = page.locator(".matrix tbody td.complete a").first
    counted.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/grading/*#p*")
    expect(page.locator("article:target")).to_be_visible()
    assert audit.findings == []


def sort_by_keyboard(page: Page) -> None:
    """By the first requirement, once and once more."""
    for direction in ("ascending", "descending"):
        page.get_by_role("columnheader", name="First post").get_by_role("link").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("columnheader", name="First post")).to_have_attribute("aria-sort", direction)


@pytest.mark.parametrize("path", [CLASS, TERM])
def test_head_and_names_stay_on_a_phone(lived_site: Site, visit: MakeVisitor, path: str):
    page = visit(lived_site).become("miriam").open_in_tab()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(lived_site.tool_url + path)
    places = page.evaluate(PLACES)
    assert places["headIsAtTop"]
    assert places["nameIsAtSide"]
    assert places["labelIsOnTop"]
    assert places["isScrolled"]
    assert places["room"] > 180
    region = page.get_by_role("region", name="Participation")
    region.evaluate("box => box.scrollTo(0, 0)")
    region.focus()
    page.keyboard.press("ArrowRight")
    region.evaluate(SCROLLED)


def test_long_titles_take_three_lines_of_a_head(lived_site: Site, visit: MakeVisitor):
    title = "How organizational communication and decentralization change what followers may expect of supervisors"
    with lived_site.parts.database.writing() as session:
        before = session.execute(select(Discussion.title).where(Discussion.id == 1)).scalar_one()
        session.execute(update(Discussion).where(Discussion.id == 1).values(title=title))
    page = visit(lived_site).become("miriam").open_in_tab()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(lived_site.tool_url + TERM)
    head = page.locator("thead bdi", has_text=title)
    expect(head).to_have_attribute("title", title)
    heights = "one => one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight)"
    assert head.evaluate(heights) < 3.2
    head.locator("xpath=..").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert head.evaluate(heights) > 4
    with lived_site.parts.database.writing() as session:
        session.execute(update(Discussion).where(Discussion.id == 1).values(title=before))


@pytest.mark.parametrize("path", [CLASS, TERM, f"{TERM}/contact"])
def test_tables_fit_on_paper(lived_site: Site, visit: MakeVisitor, path: str):
    page = visit(lived_site, color_scheme="dark").become("miriam").open_in_tab()
    page.goto(lived_site.tool_url + path)
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print", color_scheme="dark")
    on_paper = page.evaluate(ON_PAPER)
    assert on_paper["orientation"] == "wide"
    assert on_paper["height"] == on_paper["wholeHeight"]
    assert on_paper["tableWidth"] <= PAPER["width"]
    assert on_paper["inks"] == ["rgb(30, 35, 40)"]
    assert on_paper["stuck"] == 0


def test_the_term_and_what_if(lived_site: Site, visit: MakeVisitor):
    audit = Audit()
    page = visit(lived_site).become("miriam").open_in_tab()
    page.goto(lived_site.tool_url + "/courses/1")
    page.get_by_role("link", name="Participation", exact=True).click()
    expect(page).to_have_url(lived_site.tool_url + TERM)
    audit.look(page, "term")
    page.get_by_role("navigation", name="Participation", exact=True).get_by_role("link", name="What if").click()
    page.get_by_label("Discussion").select_option(index=1)
    page.get_by_label("Minimum words in the first post").fill("4000")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview: nothing is saved yet")).to_be_visible()
    assert page.locator(".effects tbody .fact").count() > 3
    audit.look(page, "what if")
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(lived_site.tool_url + TERM)
    assert audit.findings == []


def test_what_if_the_dates_were_others(lived_site: Site, visit: MakeVisitor):
    audit = Audit()
    page = visit(lived_site).become("miriam").open_in_tab()
    page.goto(lived_site.tool_url + TERM)
    page.get_by_role("navigation", name="Participation", exact=True).get_by_role("link", name="What if").click()
    keyboard = Keyboard(page)
    keyboard.tab_to(page.get_by_label("Discussion"))
    page.get_by_label("Discussion").select_option(label="Are leaders and managers different kinds of people?")
    keyboard.tab_to(page.get_by_role("button", name="Show its dates"))
    page.keyboard.press("Enter")
    first_post = page.get_by_label("First post due")
    expect(first_post).not_to_have_value("")
    audit.look(page, "what if, with dates")
    before, opens = first_post.input_value(), page.get_by_label("Opens", exact=True).input_value()
    first_post.fill(opens)
    page.get_by_text("Dates of single requirements").click()
    audit.look(page, "what if, with all dates")
    first_post.press("Enter")
    expect(page.get_by_role("heading", name="Preview: nothing is saved yet")).to_be_visible()
    assert page.locator(".effects .late").count() > 3
    audit.look(page, "what if, previewed")
    first_post.fill("2099-01-01T12:00")
    page.get_by_role("button", name="Change this discussion").click()
    expect(page.get_by_role("alert").first).to_contain_text("“First post due”")
    first_post.fill(opens)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change this discussion").click()
    expect(page.get_by_role("status").first).to_contain_text("Dates changed.")
    page.get_by_role("navigation", name="Participation", exact=True).get_by_role("link", name="What if").click()
    page.get_by_label("Discussion").select_option(label="Are leaders and managers different kinds of people?")
    page.get_by_role("button", name="Show its dates").click()
    expect(first_post).to_have_value(opens)
    first_post.fill(before)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change this discussion").click()
    expect(page.get_by_role("status").first).to_contain_text("Dates changed.")
    assert (audit.findings, keyboard.faults) == ([], [])


def test_a_student_sees_what_is_still_to_do(lived_site: Site, visit: MakeVisitor):
    audit = Audit()
    page = visit(lived_site).become("amara").open_in_tab()
    page.goto(lived_site.tool_url + "/courses/1")
    expect(page.get_by_role("region", name="Your participation")).to_be_visible()
    audit.look(page, "home of a student")
    assert audit.findings == []

"""Signals that fire in the demonstration, and pictures of its class: by keyboard, in the dark, on paper, as tables."""

import re

from playwright.sync_api import Page, expect

from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site

HEAD_IN_ITS_BOX = """(table) => {
  const box = table.parentElement;
  box.scrollTo(0, box.scrollHeight);
  const [head, top] = [table.querySelector("thead th"), box].map((one) => one.getBoundingClientRect().top);
  return { head, box: top, scrolled: box.scrollTop };
}"""
PAPER = {"width": 720, "height": 1000}


def participation(site: Site, page: str) -> str:
    return f"{site.tool_url}/courses/1/participation/{page}"


def arrive(site: Site, visit: MakeVisitor, page_name: str, **options: object) -> Page:
    """The instructor on one of the pages."""
    page = visit(site, reduced_motion="reduce", **options).become("miriam").open_in_tab()
    page.goto(participation(site, page_name))
    return page


def test_a_signal_is_dismissed_by_keyboard_and_comes_back(site: Site, visit: MakeVisitor):
    audit, page = Audit(), arrive(site, visit, "signals")
    audit.look(page, "signals")
    keyboard = Keyboard(page)
    rows = page.locator("section[aria-labelledby=kind-not_opened] tbody tr")
    number = rows.count()
    assert number
    keyboard.tab_to(rows.first.get_by_role("button"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Signal dismissed.")
    expect(rows).to_have_count(number - 1)
    keyboard.tab_to(page.get_by_text("1 dismissed signal"))
    page.keyboard.press("Enter")
    audit.look(page, "dismissed signals")
    keyboard.tab_to(page.get_by_role("button", name="Show again"))
    page.keyboard.press("Enter")
    expect(rows).to_have_count(number)
    assert (audit.findings, keyboard.faults) == ([], [])


def test_rules_are_sentences_whose_numbers_are_changed_in_place(site: Site, visit: MakeVisitor):
    audit, page = Audit(), arrive(site, visit, "signals")
    page.get_by_role("link", name="Change rules").click()
    rule = page.get_by_role("group", name="Not opened yet")
    expect(rule.locator(".sentence")).to_contain_text("Tell me who has not opened a discussion")
    count = rule.locator("[data-part]")
    expect(count).to_have_text(re.compile(r"\d+ signals? now\."))
    audit.look(page, "rules")
    keyboard = Keyboard(page)
    keyboard.tab_to(rule.get_by_role("checkbox"))
    page.keyboard.press("Space")
    expect(count).to_have_text(re.compile(r"Off\. It would give \d+ signals? now\."))
    keyboard.tab_to(rule.get_by_label("Hours before the first post is due"))
    page.keyboard.press("Control+A")
    page.keyboard.type("0")
    expect(count).to_have_text("Not counted: a number needs a change.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter a whole number")
    audit.look(page, "rules with an error")
    rule.get_by_label("Hours before the first post is due").fill("300")
    rule.get_by_role("checkbox").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Rules saved.")
    expect(page.locator("section[aria-labelledby=kind-not_opened]")).to_contain_text("300 hours")
    page.get_by_role("link", name="Change rules").click()
    page.get_by_role("button", name="Restore defaults").click()
    assert (audit.findings, keyboard.faults) == ([], [])


def test_without_scripts_a_button_counts_again(site: Site, visit: MakeVisitor):
    cookies = arrive(site, visit, "signals").context.cookies()
    plain = visit(site, java_script_enabled=False)
    plain.context.add_cookies(cookies)
    page = plain.context.new_page()
    page.goto(participation(site, "signals/rules"))
    page.get_by_label("Days after the student’s earliest post").fill("60")
    page.get_by_role("button", name="Count again").click()
    expect(page.get_by_role("group", name="Nobody has answered").locator("[data-part]")).to_have_text("0 signals now.")
    expect(page.get_by_label("Days after the student’s earliest post")).to_have_value("60")


def test_heads_stay_above_long_tables(site: Site, visit: MakeVisitor):
    page = arrive(site, visit, "signals")
    page.set_viewport_size({"width": 1100, "height": 400})
    rows, head = page.locator(".signal-list tbody tr"), page.locator(".signal-list thead th")
    page.evaluate("document.body.style.paddingBlockEnd = '100vh'")  # so that even a short page scrolls that far
    rows.first.evaluate("row => window.scrollTo(0, row.getBoundingClientRect().top + window.scrollY)")
    assert head.first.evaluate("one => Math.abs(one.getBoundingClientRect().top)") < 3
    for address, opener in (("contact", None), ("activity", "Who replies to whom as a table")):
        page.goto(participation(site, address))
        if opener:
            page.get_by_text(opener).click()
        places = page.locator(".contact-list, .network table").first.evaluate(HEAD_IN_ITS_BOX)
        assert places["scrolled"] > 50
        assert abs(places["head"] - places["box"]) < 3


def test_the_network_changes_with_the_slider(site: Site, visit: MakeVisitor):
    page = arrive(site, visit, "activity")
    figure = page.locator("figure.network")
    drawing = figure.get_by_role("img")
    expect(drawing).to_be_visible()
    expect(drawing).to_have_accessible_name(re.compile("Each shape is one of 24 students"))
    slider, words = figure.get_by_role("slider"), figure.locator("output")
    last = words.inner_text()
    arrows = drawing.locator("path").count()
    keyboard = Keyboard(page)
    keyboard.tab_to(slider)
    page.keyboard.press("Home")
    expect(words).not_to_have_text(last)
    assert drawing.locator("path").count() < arrows
    expect(slider).to_have_attribute("aria-valuetext", words.inner_text())
    page.keyboard.press("End")
    expect(words).to_have_text(last)
    figure.get_by_label("Show one student").select_option("Dana Whitfield")
    expect(drawing.get_by_text("Dana Whitfield")).to_be_attached()
    page.keyboard.press("Tab")
    assert keyboard.faults == []


def test_pictures_hold_in_all_lights_and_on_paper(site: Site, visit: MakeVisitor):
    audit, page = Audit(), arrive(site, visit, "activity")
    drawings = page.locator("figure .drawing svg[role=img]")
    expect(drawings).to_have_count(page.locator("figure").count())
    audit.look(page, "activity")
    for summary in page.locator("figure summary").all():
        summary.click()
    audit.look(page, "activity with its tables")
    page.goto(participation(site, "contact"))
    audit.look(page, "contact")
    page.goto(participation(site, "activity"))
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print", color_scheme="dark")
    expect(drawings.first).to_be_visible()
    expect(page.locator(".network-tools")).to_be_hidden()
    paper = page.evaluate("getComputedStyle(document.querySelector('.drawing svg')).color")
    assert paper == "rgb(30, 35, 40)", "dark ink on white paper"
    assert audit.findings == []


def test_without_scripts_the_tables_are_open(site: Site, visit: MakeVisitor):
    address = arrive(site, visit, "activity")
    cookies = address.context.cookies()
    plain = visit(site, java_script_enabled=False)
    plain.context.add_cookies(cookies)
    page = plain.context.new_page()
    page.goto(participation(site, "activity"))
    expect(page.locator("figure .drawing").first).to_be_hidden()
    expect(page.locator("figure.network table")).to_be_visible()
    until = page.get_by_label("Count replies until")
    until.select_option(index=0)
    page.get_by_role("button", name="Update table").click()
    expect(page.locator("figure.network table")).to_be_visible()
    assert "until=" in page.url


def test_the_course_home_counts_them_once_it_is_there(site: Site, visit: MakeVisitor):
    page = visit(site).become("miriam").open_in_tab()
    page.goto(f"{site.tool_url}/courses/1")
    expect(page.get_by_role("link", name=re.compile(r"^\d+ signals$"))).to_be_visible()

"""What the scripts add: keys of the desk, citations, word counts, time zones, and care for what is being written."""

from playwright.sync_api import Dialog, Page, expect

from tests.browser.composers import write
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.visitor import Visitor


def desk_of(visitor: Visitor, student: str) -> Page:
    page = visitor.become("miriam").open_in_tab()
    page.get_by_role("link", name="Grade", exact=True).click()
    page.get_by_role("link", name=student).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(student)
    page.wait_for_load_state()  # with its scripts
    return page


def test_keys_choose_levels(site: Site, visit: MakeVisitor):
    page = desk_of(visit(site), "Dana Whitfield")
    criteria = page.locator("fieldset")
    page.keyboard.press("2")
    expect(criteria.nth(0).get_by_role("radio").nth(1)).to_be_checked()
    expect(criteria.nth(1).get_by_role("radio").first).to_be_focused()
    page.keyboard.press("1")
    expect(criteria.nth(1).get_by_role("radio").first).to_be_checked()
    points = sum(float(radio.get_attribute("data-points") or 0) for radio in page.locator("input:checked").all())
    expect(page.locator("output")).to_have_text(f"{points:g}")


def test_enter_takes_what_is_suggested(site: Site, visit: MakeVisitor):
    page = desk_of(visit(site), "Farid Nasser")
    row = page.locator("fieldset").filter(has_text="Suggested").first
    row.get_by_role("radio").first.focus()
    page.keyboard.press("Enter")
    suggested = row.locator("[data-suggested]").get_attribute("data-suggested")
    expect(row.locator(f"input[value='{suggested}']")).to_be_checked()
    expect(page).to_have_title("Grading Farid Nasser")


def test_keys_go_to_posts_students_and_the_comment(site: Site, visit: MakeVisitor):
    page = desk_of(visit(site), "Dana Whitfield")
    posts = page.get_by_role("article")
    page.keyboard.press("j")
    expect(posts.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(posts.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(posts.nth(0)).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xinyi Zhao")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dana Whitfield")
    page.keyboard.press("c")
    expect(page.get_by_label("Comment to the student")).to_be_focused()
    page.keyboard.type("no jump, 1 point?")
    expect(page.get_by_label("Comment to the student")).to_have_value("no jump, 1 point?")
    expect(page.locator("fieldset input:checked")).to_have_count(0)


def test_keys_are_listed_and_can_be_turned_off(site: Site, visit: MakeVisitor):
    page = desk_of(visit(site), "Dana Whitfield")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    keys.get_by_label("Turn off shortcuts in this browser").check()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.locator("body").press("3")
    page.reload()
    page.locator("body").press("3")
    expect(page.locator("fieldset input:checked")).to_have_count(0)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(keys.get_by_label("Turn off shortcuts in this browser")).to_be_checked()


def test_a_citation_is_put_where_one_writes(site: Site, visit: MakeVisitor):
    page = visit(site).become("uyen").open_in_tab()
    page.get_by_label("Your post").press_sequentially("A claim ")
    page.get_by_role("button", name="Cite", exact=True).click()
    page.get_by_label("Reading", exact=True).select_option(label="Kotter 1990")
    page.get_by_label("Page", exact=True).fill("104")
    page.keyboard.press("Enter")
    editor = page.get_by_role("textbox", name="Your post")
    expect(editor).to_contain_text("A claim Kotter 1990, p. 104")
    page.keyboard.press("Control+z")
    expect(editor).not_to_contain_text("Kotter 1990")


def test_words_are_counted_as_the_server_counts_them(site: Site, visit: MakeVisitor):
    page = visit(site).become("quinn").open_in_tab()
    expect(page.get_by_text("0 of 150 words", exact=True)).to_be_visible()
    text = "> quoted words do not count\nThese are five own words [Kotter 1990, p. 104] [Kotter 1990, para. 2]."
    page.get_by_label("Your post").fill(text)
    expect(page.get_by_text("5 of 150 words", exact=True)).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("not counted yet: 145 more words needed")).to_be_visible()


def test_dates_come_in_the_zone_of_the_reader(site: Site, visit: MakeVisitor):
    visitor = visit(site, timezone_id="America/New_York")
    with visitor.page.expect_response("**/time-zone") as told:
        page = visitor.become("wanjiru").open_in_tab()
    assert told.value.status == 204
    expect(page.get_by_text("(Berlin)").first).to_be_visible()
    page.get_by_role("link", name="How participation is counted").click()
    expect(page.get_by_text("Times are in New York.")).to_be_visible()
    page.get_by_role("link", name="Are leaders and managers").first.click()
    expect(page.get_by_text("(New York)").first).to_be_visible()


def test_two_clicks_post_once(site: Site, visit: MakeVisitor):
    page = visit(site).become("viktor").open_in_tab()
    write(page, "Once is enough for this one.")
    page.get_by_role("button", name="Post", exact=True).dblclick()
    expect(page.get_by_role("status").first).to_have_text("Posted.")
    expect(page.get_by_role("article").filter(has_text="Once is enough for this one.")).to_have_count(1)


def test_history_goes_back_and_forth_without_posting_again(site: Site, visit: MakeVisitor):
    page = visit(site).become("xinyi").open_in_tab()
    write(page, "A first post of mine.")
    page.get_by_role("button", name="Post", exact=True).click()
    way = page.get_by_role("link", name="Reply 9", exact=True).get_attribute("href")
    page.goto(f"{site.tool_url}{way}")
    write(page, "An answer of mine.")
    page.get_by_role("button", name="Post reply").click()
    answer = page.get_by_role("article").filter(has_text="An answer of mine.")
    expect(answer).to_have_count(1)
    page.go_back()
    expect(page.get_by_role("button", name="Post reply")).to_be_enabled()
    page.go_forward()
    expect(answer).to_have_count(1)
    page.reload()
    expect(answer).to_have_count(1)


def test_unsent_text_is_not_lost_unasked(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    tool = visitor.become("yusuf").open()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    tool.get_by_label("Your post").press_sequentially("Half a thought")
    visitor.page.once("dialog", stay)
    tool.get_by_role("link", name="How participation is counted").click()
    expect(tool.get_by_role("textbox", name="Your post")).to_contain_text("Half a thought")
    visitor.page.once("dialog", stay)
    visitor.page.get_by_role("link", name="Gradebook", exact=True).click(no_wait_after=True)
    expect(tool.get_by_role("textbox", name="Your post")).to_contain_text("Half a thought")
    assert asked == ["beforeunload", "beforeunload"]
    tool.get_by_role("button", name="Post", exact=True).click()
    expect(tool.get_by_role("status").first).to_have_text("Posted.")
    visitor.page.get_by_role("link", name="Gradebook", exact=True).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Gradebook")
    assert len(asked) == 2

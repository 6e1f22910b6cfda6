"""Writing: drafts that save, two windows, a lost connection, a verdict that is told; and the same without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.essays import REPLY_OF_60
from tests.browser.site import Site
from tests.browser.tours import discussion_url
from tests.browser.visitor import Visitor

SAVED = re.compile(r"^Saved \d{1,2}:\d\d\s[AP]M$")


def editor(page: Page):
    return page.get_by_role("textbox", name="Your post")


def state(page: Page):
    return page.locator("[data-draft-state]")


def write(page: Page, text: str) -> None:
    """Type at the end of what is there."""
    page.locator("form.composer .toolbar").get_by_role("button", name="Bold").click()  # which fetches the editor
    expect(page.locator(".with-editor")).to_be_visible()
    page.get_by_role("button", name="Bold").click()
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def another_window(visitor: Visitor, address: str) -> Page:
    page = visitor.context.new_page()
    page.goto(address)
    return page


@pytest.fixture
def visitor(site: Site, visit: MakeVisitor) -> Visitor:
    return visit(site)


def test_what_one_types_is_saved_and_restored(visitor: Visitor):
    page = visitor.become("soren").open_in_tab()
    write(page, "My case is a clinic that moved.")
    expect(state(page)).to_have_text(SAVED)
    page.reload()  # nobody asks whether to leave: nothing is lost
    expect(page.locator("#compose")).to_contain_text("My case is a clinic that moved.")
    expect(state(page)).to_have_text(re.compile("You started this draft earlier; last saved"))
    write(page, " And more.")
    expect(state(page)).to_have_text(SAVED)
    editor(page).press("Control+A")
    page.keyboard.press("Delete")
    expect(state(page)).to_have_text("")
    page.reload()
    expect(page.locator("#compose")).not_to_contain_text("My case is a clinic")


def test_another_window_warns_and_the_writer_chooses(visitor: Visitor):
    page = visitor.become("uyen").open_in_tab()
    address = page.url
    write(page, "From the first window.")
    expect(state(page)).to_have_text(SAVED)
    second = another_window(visitor, address)
    write(second, " Going on in the second.")
    expect(state(second)).to_have_text(SAVED)
    write(page, " Going on in the first.")
    warning = page.get_by_role("alert").filter(has_text="another window")
    expect(warning).to_be_visible()
    warning.get_by_role("button", name="Use the other version").click()
    expect(page.locator("#compose")).to_contain_text("Going on in the second.")
    write(second, " And on.")
    expect(state(second)).to_have_text(SAVED)
    write(page, " No, this one.")
    expect(warning).to_be_visible()
    warning.get_by_role("button", name="Keep this version").click()
    expect(warning).to_be_hidden()
    expect(editor(page)).to_be_focused()
    expect(state(page)).to_have_text(SAVED)
    page.reload()
    expect(page.locator("#compose")).to_contain_text("No, this one.")


def test_where_the_visit_has_ended_this_browser_keeps_it(visitor: Visitor):
    page = visitor.become("tane").open_in_tab()
    cookies = visitor.context.cookies()
    visitor.context.clear_cookies()
    write(page, "Written after the visit had ended.")
    expect(state(page)).to_contain_text("kept in this browser")
    visitor.context.add_cookies(cookies)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    offer = page.get_by_role("alert").filter(has_text="was not saved")
    expect(offer).to_contain_text("Written after the visit had ended.")
    offer.get_by_role("button", name="Use that version").click()
    expect(page.locator("#compose")).to_contain_text("Written after the visit had ended.")
    expect(offer).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_a_lost_connection_is_told_and_made_good(visitor: Visitor):
    page = visitor.become("jakub").open_in_tab()
    page.get_by_role("link", name=re.compile(r"^Reply \d")).first.click()
    expect(page.get_by_role("group", name="Reply to")).to_be_visible()
    write(page, "On a train")
    visitor.context.set_offline(True)
    page.keyboard.type(" through a tunnel")
    expect(state(page)).to_contain_text("kept in this browser")
    visitor.context.set_offline(False)
    expect(state(page)).to_have_text(SAVED)
    assert page.evaluate("localStorage.length") == 0
    visitor.complaints.clear()  # the browser says that it was offline


def test_the_verdict_is_told_when_it_changes_and_only_then(visitor: Visitor):
    page = visitor.become("amara").open_in_tab()
    page.goto(discussion_url(visitor.site, "unanswered"))
    page.get_by_role("button", name="Reply").first.click()
    forecast, said = page.locator(".forecast"), page.locator("[data-guide-said]")
    expect(forecast).to_contain_text("with 50 more words")
    write(page, "I agree, great point. ")
    expect(forecast).to_contain_text("46 more words")
    hint = page.locator("[data-hint]")
    expect(hint).to_contain_text("So far this agrees")
    expect(said).to_contain_text("So far this agrees")
    expect(said).not_to_contain_text("more words")
    hint.get_by_role("button", name="Thanks").click()
    expect(editor(page)).to_be_focused()
    page.keyboard.type(REPLY_OF_60)
    expect(forecast).to_contain_text("Would count as reply")
    expect(forecast).not_to_contain_text("short")
    expect(said).to_contain_text("Would count as reply")
    page.locator("summary").filter(has_text="Type of reply").click()
    page.get_by_role("radio", name="Counter").check()
    expect(state(page)).to_have_text(SAVED)
    page.get_by_role("button", name="Post reply").click()
    post = page.get_by_role("article").filter(has_text=REPLY_OF_60[:40])
    expect(post.get_by_role("link", name="counts: reply")).to_be_visible()
    expect(page.locator(".mix")).to_contain_text("6 counter")
    expect(page.locator(".drafts")).to_have_count(0)


def test_leaving_the_composer_leaves_the_answer_to_others(visitor: Visitor):
    page = visitor.become("dana").open_in_tab()
    page.goto(discussion_url(visitor.site, "unanswered"))
    page.get_by_role("button", name="Reply").last.click()
    expect(page.get_by_text("others see that you are replying")).to_be_visible()
    with page.expect_request(re.compile("/release$")):
        page.get_by_role("link", name="Cancel").click()
    page.goto(discussion_url(visitor.site, "unanswered"))
    expect(page.get_by_role("button", name="Continue your reply")).to_have_count(0)


def test_without_scripts_a_draft_is_saved_by_a_button(site: Site, visit: MakeVisitor):
    visitor = visit(site, java_script_enabled=False)
    page = visitor.become("priya").page
    page.goto(f"{site.lms_url}/launch/placements/rl-week-3?target=window")
    for words in ("the LMS sends you to the tool", "the LMS sends your launch"):
        page.get_by_text(words).locator("..").get_by_role("button", name="Continue").click()
    page.get_by_text("New thread").click()
    page.get_by_label("Your post").fill("By hand, for later.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("status").first).to_contain_text("Draft saved.")
    page.get_by_text("New thread").click()
    expect(page.get_by_label("Your post")).to_have_value("By hand, for later.")

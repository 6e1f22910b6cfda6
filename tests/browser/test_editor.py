"""The editor over a composer: by keyboard, in the frame, with what is pasted, counted as on the server."""

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from lti_app.core.prose import clean_text
from lti_app.core.rich_reader import read
from lti_app.core.rich_text import to_text, write
from lti_app.discussion.posts.rules.compose import plain_of
from tests.browser.clipboards import GOOGLE_DOCS, GOOGLE_DOCS_CLEAN, WORD, WORD_CLEAN
from tests.browser.conftest import MakeVisitor
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site

PASTE = """(editor, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
PASTE_TEXT = PASTE.replace("text/html", "text/plain")


def editor_of(page: Page | FrameLocator) -> Locator:
    """Enter the text area, and answer with the editor that comes over it."""
    page.get_by_label("Your post").click()
    editor = page.get_by_role("textbox", name="Your post").and_(page.locator("[contenteditable]"))
    expect(editor).to_be_focused()
    return editor


def source(page: Page | FrameLocator) -> str:
    """What the form would send, as the server keeps it."""
    return write(read(page.locator("textarea[name=text]").first.input_value()))


def test_a_post_by_keyboard_in_the_frame(site: Site, visit: MakeVisitor):
    visitor = visit(site)
    tool = visitor.become("xinyi").open()
    editor = editor_of(tool)
    keys = visitor.page.keyboard
    keys.type("A ")
    keys.press("Control+b")
    keys.type("bold")
    keys.press("Control+b")
    keys.type(" claim.")
    keys.press("Enter")
    keys.type("- one")
    keys.press("Enter")
    keys.type("two")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("> theirs")
    expect(tool.locator(".count")).to_have_text("5 of 150 words")
    assert source(tool) == (
        "<p>A <strong>bold</strong> claim.</p><ul><li><p>one</p></li><li><p>two</p></li></ul>"
        "<blockquote><p>theirs</p></blockquote>"
    )
    keys.press("Tab")
    expect(editor).not_to_be_focused()
    tool.get_by_role("button", name="Post", exact=True).press("Enter")
    post = tool.get_by_role("article").filter(has_text="A bold claim.")
    expect(post.locator("strong")).to_have_text("bold")
    expect(post.get_by_role("listitem")).to_have_count(2)


def test_the_toolbar_is_one_stop_and_tells_what_is_on(site: Site, visit: MakeVisitor):
    page = visit(site).become("viktor").open_in_tab()
    editor = editor_of(page)
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Cite", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    bold = page.get_by_role("button", name="Bold")
    expect(bold).to_be_focused()
    expect(bold).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    expect(editor).to_be_focused()
    expect(bold).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-announce]").first).to_have_text("Bold: on")
    page.keyboard.press("Shift+Tab")
    expect(bold).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Redo")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Cite", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(editor).to_be_focused()


def test_citing_and_quoting_a_page_by_keyboard(site: Site, visit: MakeVisitor):
    page = visit(site).become("soren").open_in_tab()
    editor = editor_of(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reading", exact=True)).to_be_focused()
    page.get_by_label("Reading", exact=True).select_option(label="Kotter 1990")
    Keyboard(page).tab_to(page.get_by_label("Page", exact=True))
    page.keyboard.type("104-7")
    page.keyboard.press("Enter")
    expect(editor).to_be_focused()
    page.keyboard.type("indeed")
    assert plain_of(source(page)) == "[Kotter 1990, pp. 104–7] indeed"
    page.get_by_role("button", name="Cite", exact=True).click()
    page.get_by_label("Page", exact=True).fill("¶ 4")
    page.keyboard.press("Enter")
    page.keyboard.type("too")
    assert plain_of(source(page)) == "[Kotter 1990, pp. 104–7] indeed[Kotter 1990, para. 4] too"
    page.get_by_role("button", name="Cite", exact=True).click()
    expect(page.get_by_role("group", name="Cite a reading")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Cite a reading")).to_be_hidden()
    expect(editor).to_be_focused()


def test_a_link_is_set_and_a_bad_one_refused(site: Site, visit: MakeVisitor):
    page = visit(site).become("tane").open_in_tab()
    editor_of(page)
    page.keyboard.type("here")
    page.keyboard.press("Shift+Home")
    page.wait_for_function("() => getSelection().toString() === 'here'")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Link address")).to_be_focused()
    page.keyboard.type("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enter an address that starts with")).to_be_visible()
    page.get_by_label("Link address").fill("example.org/a")
    page.keyboard.press("Enter")
    assert source(page).startswith('<p><a href="https://example.org/a"')


def test_people_are_offered_and_mentioned_by_keyboard(site: Site, visit: MakeVisitor):
    page = visit(site).become("uyen").open_in_tab()
    editor = editor_of(page)
    page.keyboard.type("So says @mir")
    option = page.get_by_role("option", name="Miriam Achterberg")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(editor).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "none")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox", name="People to mention")).to_have_count(0)
    assert plain_of(source(page)) == "So says @Miriam Achterberg"
    assert 'class="mention"' in source(page)
    page.keyboard.type("@dan")
    expect(page.get_by_role("option", name="Dana Whitfield")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="People to mention")).to_be_hidden()


@pytest.mark.parametrize(
    ("who", "pasted", "clean"),
    [("wanjiru", WORD, WORD_CLEAN), ("yusuf", GOOGLE_DOCS, GOOGLE_DOCS_CLEAN)],
    ids=["Word", "Google Docs"],
)
def test_what_word_processors_paste_comes_out_clean(site: Site, visit: MakeVisitor, who: str, pasted: str, clean: str):
    page = visit(site).become(who).open_in_tab()
    editor_of(page).evaluate(PASTE, pasted)
    assert source(page) == clean


HOSTILE = "<img src=x onerror=alert(1)><a href='javascript:alert(1)'>a</a><svg onload=alert(1)>b</svg>"


def test_hostile_markup_is_not_run_when_pasted(site: Site, visit: MakeVisitor):
    page = visit(site).become("quinn").open_in_tab()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    editor_of(page).evaluate(PASTE, HOSTILE)
    assert "javascript" not in page.locator("textarea[name=text]").first.input_value()
    assert asked == []


def test_words_are_counted_as_on_the_server(site: Site, visit: MakeVisitor):
    page = visit(site).become("rosa").open_in_tab()
    editor = editor_of(page)
    for pasted in (WORD, GOOGLE_DOCS, "<p>don't <b>un</b>do 3.5 well-being</p><blockquote><p>a b</p></blockquote>"):
        editor.evaluate("(one) => { getSelection().selectAllChildren(one) }")
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        editor.evaluate(PASTE, pasted)
        plain = page.locator("textarea[name=text]").first.evaluate("(field) => field.plainText()")
        assert plain.strip() == clean_text(to_text(read(source(page)), numbered=False))


def test_a_number_that_begins_a_line_stays_text(site: Site, visit: MakeVisitor):
    """Only 1. begins a list, and nothing does in plain text that is pasted."""
    page = visit(site).become("yusuf").open_in_tab()
    editor = editor_of(page)
    editor.focus()
    for key in ("Control+a", "Delete"):
        page.keyboard.press(key)
    page.keyboard.type("1990. was the year")
    assert source(page) == "<p>1990. was the year</p>"
    page.keyboard.press("Enter")
    page.keyboard.type("1. a list")
    assert source(page) == "<p>1990. was the year</p><ol><li><p>a list</p></li></ol>"
    for key in ("Control+a", "Delete", "Backspace"):
        page.keyboard.press(key)
    editor.evaluate(PASTE_TEXT, "1990. was the year\n1991. was not")
    assert "<ol" not in source(page)
    assert "1990. was the year" in source(page)


def test_a_selected_part_of_a_post_is_quoted_in_a_reply(site: Site, visit: MakeVisitor):
    page = visit(site).become("amara").open_in_tab()
    post = page.locator("article.post:not(.own)").filter(has=page.get_by_role("link", name="Reply")).first
    words = post.locator(".prose p").first.evaluate(
        "(p) => { getSelection().selectAllChildren(p); return `${getSelection()}` }"
    )
    page.get_by_role("link", name="Quote in reply").click()
    editor = page.get_by_role("textbox", name="Your post")
    expect(editor.locator("blockquote")).to_contain_text("wrote:")
    expect(editor.locator("blockquote")).to_contain_text(words.strip())
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("But why?")
    assert plain_of(source(page)).endswith("\n\nBut why?")

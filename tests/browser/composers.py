"""How the tests write where the page has an editor."""

from playwright.sync_api import FrameLocator, Locator, Page


def write(page: Page | FrameLocator, text: str, *, name: str = "Your post") -> Locator:
    """Replace what stands in a composer, and answer with its editor.

    The plain box brings the editor when it is entered, and by itself over rich text or after a refusal. What was
    found as the plain box may so be hidden a moment later: only what is written in the editor is sure to arrive.
    """
    box = page.get_by_role("textbox", name=name)
    box.focus()
    editor = box.and_(page.locator("[contenteditable]"))
    editor.fill(text)
    return editor

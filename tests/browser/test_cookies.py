"""The session where browsers keep no third-party cookies, and where they keep no cookie in a frame at all."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.visitor import Visitor

KEPT = "(cookie) => { document.cookie = cookie; return document.cookie.includes('probe=1') }"
BLOCK = 2
"""Chromium's content setting."""


def test_only_partitioned_cookies_are_kept_in_the_frame(site: Site, visit: MakeVisitor):
    """What all other tests rest on: this browser blocks third-party cookies, and the tool works nevertheless."""
    visitor = visit(site)
    expect(visitor.open().get_by_role("heading", level=1)).to_be_visible()
    assert not visitor.tool_frame.evaluate(KEPT, "probe=1; Secure; SameSite=None")
    assert visitor.tool_frame.evaluate(KEPT, "probe=1; Secure; SameSite=None; Partitioned")
    of_tool = [cookie for cookie in visitor.context.cookies() if cookie["name"] == "__Host-colloquy"]
    assert [cookie.get("partitionKey") for cookie in of_tool] == ["http://127.0.0.1"]


def test_without_cookies_in_the_frame_the_tool_opens_in_its_own_tab(
    site: Site, browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
):
    with cookies_blocked_in_the_frame(site, browser_type, browser_type_launch_args, tmp_path) as context:
        visitor = Visitor(context, site)
        tool = visitor.become("tane").open()
        expect(tool.get_by_role("heading", level=1)).to_have_text("Open the discussion in a new tab")
        with context.expect_page() as opened:
            tool.get_by_role("link", name="Open in a new tab").click()
        tab = opened.value
        expect(tab.get_by_role("heading", level=1)).to_have_text("Are leaders and managers different kinds of people?")
        tab.get_by_role("link", name="How participation is counted").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("How participation is counted")
        assert visitor.complaints == []


@contextmanager
def cookies_blocked_in_the_frame(
    site: Site, browser_type: BrowserType, launch_args: dict[str, Any], folder: Path
) -> Iterator[BrowserContext]:
    """A profile in which a person has forbidden the tool every cookie, but only within pages of the LMS."""
    frame = f"{site.tool_url},{site.lms_url}"
    settings = {"profile": {"content_settings": {"exceptions": {"cookies": {frame: {"setting": BLOCK}}}}}}
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps(settings))
    context = browser_type.launch_persistent_context(folder, **launch_args)
    try:
        yield context
    finally:
        context.close()

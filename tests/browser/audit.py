"""A look at one page in all the ways in which it must hold: light and dark, narrow and wide; and its picture."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

import lti_app

AXE = Path(lti_app.__file__).parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN = """async (levels) => {
  const found = await axe.run({ runOnly: levels, resultTypes: ["violations"], iframes: false });
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => `${node.target} (${node.any.map((any) => any.message)})`).join("; ")}`);
}"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NARROW, WIDE, PHONE = 320, 1100, 360
PICTURES = os.environ.get("COLLOQUY_SCREENSHOTS", "")
"""A folder for pictures of every page, where somebody wants to look at them."""


@dataclass
class Audit:
    """What was found on the pages looked at so far."""

    findings: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str) -> None:
        """Check a page as it stands."""
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (WIDE, NARROW):
                page.set_viewport_size({"width": width, "height": 900})
                _settle(page, width)
                found = page.evaluate(RUN, LEVELS)
                found += [f"wider than its frame by {px} px" for f in page.frames if (px := f.evaluate(WIDER)) > 0]
                self.findings += [f"{name}, {scheme}, {width} px: {one}" for one in found]
            if PICTURES:
                _picture(page, name, scheme)
        page.set_viewport_size({"width": WIDE, "height": 900})


def _settle(page: Page, width: int) -> None:
    """Wait until a frame, which may live in another process, has the width that its page now gives it."""
    for frame in page.frames[1:]:
        frame.wait_for_function("([least, most]) => least < innerWidth && innerWidth <= most", arg=[width / 2, width])


def _picture(page: Page, name: str, scheme: str) -> None:
    """Save what a phone and a wide window show."""
    for width in (PHONE, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        _settle(page, width)
        file = f"{re.sub('[^a-z0-9]+', '-', name.lower())}-{scheme}-{width}.png"
        page.screenshot(path=Path(PICTURES) / file, full_page=True)

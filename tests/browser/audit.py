"""A look at one page in all the ways in which it must hold: light and dark, narrow and wide, zoomed, mirrored."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

import lti_app

AXE = Path(lti_app.__file__).parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules whose answer may be another in the dark: what changes there is colour alone."""
RUN = """async (runOnly) => {
  const found = await axe.run({ runOnly: [...runOnly], resultTypes: ["violations"], iframes: false });
  const menu = document.querySelector("details.post-menu[open] > ul")?.getBoundingClientRect();
  const isUnder = (node) => {
    const place = document.querySelector(node.target[0])?.getBoundingClientRect();
    return menu && place && place.bottom > menu.top && place.top < menu.bottom &&
      place.right > menu.left && place.left < menu.right;
  };
  for (const one of found.violations.filter((one) => one.id === "target-size"))
    one.nodes = one.nodes.filter((node) => !isUnder(node) || node.target[0].includes("post-menu"));
  return found.violations.filter((one) => one.nodes.length).map((one) =>
    `${one.id}: ${one.nodes.map((node) => `${node.target} (${node.any.map((any) => any.message)})`).join("; ")}`);
}"""
"""What an open menu covers in part is no target as long as the menu is open."""
OUT_OF_PLACE = """() => {
  const page = document.documentElement, wider = page.scrollWidth - page.clientWidth;
  const isCut = (one) => {
    const look = getComputedStyle(one);
    const isSeen = one.clientWidth > 1 && look.visibility === "visible" && !one.closest(".vh, select, .textLayer");
    const cuts = [look.overflowX, look.overflowY].some((way) => way === "hidden" || way === "clip");
    const isTitled = look.webkitLineClamp !== "none" && one.title === one.textContent.trim();
    return cuts && isSeen && !isTitled && one.textContent.trim() && (one.scrollWidth > one.clientWidth + 1 ||
      one.scrollHeight > one.clientHeight + 1);
  };
  const cut = [...document.querySelectorAll("main *, dialog[open] *")].filter(isCut);
  const isOutside = (words) => {
    const place = words.getBoundingClientRect();
    return place.width && (place.left < -1 || place.right > page.clientWidth + 1) && !words.closest(".scroll");
  };
  const outside = [...document.querySelectorAll("main svg text")].filter(isOutside);
  return [
    ...(wider > 0 ? [`wider than its frame by ${wider} px`] : []),
    ...cut.map((one) => `${one.tagName}.${one.className} cuts off ${one.textContent.trim().slice(0, 40)}`),
    ...outside.map((one) => `words of a picture outside the page: ${one.textContent.slice(0, 40)}`),
  ];
}"""
TURN = "(way) => { document.documentElement.dir = way }"
DRAWN = """() => document.querySelector("figure[data-picture]") &&
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"""
"""Pictures are drawn anew for another width, once the frame with that width has been laid out."""
ZOOMED = {"width": 640, "height": 512, "deviceScaleFactor": 2, "mobile": False}
"""A window of 1280 by 1024 at 200 %."""
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
        for scheme, rules in (("light", LEVELS), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            for width in (WIDE, NARROW):
                _resize(page, width)
                self._note(f"{name}, {scheme}, {width} px", _barriers(page, rules))
            if PICTURES:
                _picture(page, name, scheme)
        self.measure(page, name)
        page.emulate_media(color_scheme="light")

    def measure(self, page: Page, name: str) -> None:
        """See whether all of a page is in its place: wide, narrow, at 200 %, and each of them mirrored as well.

        Only the direction is turned; what Arabic itself looks like has a test of its own.
        """
        for width in (WIDE, NARROW):
            _resize(page, width)
            self._note_both_ways(page, f"{name}, {width} px")
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setDeviceMetricsOverride", ZOOMED)
        self._note_both_ways(page, f"{name}, 200 %")
        session.send("Emulation.clearDeviceMetricsOverride")
        session.detach()
        _resize(page, WIDE)

    def _note_both_ways(self, page: Page, name: str) -> None:
        for frame in page.frames:
            own_way = frame.evaluate("document.documentElement.dir")  # those of the LMS say none, and are not turned
            for way in {"ltr": ("rtl", "ltr"), "rtl": ("ltr", "rtl")}.get(own_way, (own_way,)):
                frame.evaluate(TURN, way)
                frame.evaluate(DRAWN)
                self._note(f"{name} {way}", frame.evaluate(OUT_OF_PLACE))

    def _note(self, name: str, found: Sequence[str]) -> None:
        self.findings += [f"{name}: {one}" for one in found]


def _barriers(page: Page, rules: Sequence[str]) -> list[str]:
    found: list[str] = page.evaluate(RUN, rules)
    return found


def _resize(page: Page, width: int) -> None:
    """Give the page this width, and wait until a frame, which may live in another process, has what it gets of it."""
    page.set_viewport_size({"width": width, "height": 900})
    for frame in page.frames[1:]:
        frame.wait_for_function("([least, most]) => least < innerWidth && innerWidth <= most", arg=[width / 2, width])


def _picture(page: Page, name: str, scheme: str) -> None:
    """Save what a phone and a wide window show."""
    for width in (PHONE, WIDE):
        _resize(page, width)
        file = f"{re.sub('[^a-z0-9]+', '-', name.lower())}-{scheme}-{width}.png"
        page.screenshot(path=Path(PICTURES) / file, full_page=True)

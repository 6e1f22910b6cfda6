"""A person who has a keyboard and nothing else, and who must always see where they are."""

from dataclasses import dataclass, field

from playwright.sync_api import Frame, Locator, Page

STOP = """async () => {
  // It has scrolled there; a frame that is out of sight draws nothing, and is not waited for.
  await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); setTimeout(done, 300); });
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const isAfter = (last) => Boolean(last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
  const follows = (last) => !last?.isConnected || last === at || isAfter(last);
  const inOrder = follows(globalThis.lastStop);
  globalThis.lastStop = at;
  // The ring may be around the composer, the form or the label, and within a date field around its calendar button.
  const ringed = [at, at.closest(".composer"), at.closest("form"), ...(at.labels ?? [])].filter(Boolean);
  const drawn = at.type === "datetime-local" || ringed.some((one) => {
    const look = getComputedStyle(one);
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  });
  const isOut = box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth;
  return {
    isPage: at === document.body,
    name: `${at.tagName} ${at.id || at.getAttribute("href") || at.textContent.trim().slice(0, 40)}`,
    inOrder, drawn, seen: !isOut && box.width > 0 && box.height > 0 && style.visibility === "visible",
  };
}"""
MOST_STOPS = 500


@dataclass
class Keyboard:
    """Goes from stop to stop by Tab; `faults` says at which stops one could not see where one was.

    With a `frame`, one looks at the stops within it, and passes through what surrounds it.
    """

    page: Page
    faults: list[str] = field(default_factory=list)
    frame: Frame | None = None

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus; fails when it is never reached."""
        target.wait_for()
        for _ in range(MOST_STOPS):
            if target.evaluate("(one) => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            self._look()
        raise AssertionError(f"{target} is not reached by Tab")

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def _look(self) -> None:
        stop = (self.frame or self.page).evaluate(STOP)
        if stop["isPage"]:
            return
        wrong = [word for word in ("inOrder", "drawn", "seen") if not stop[word]]
        if wrong:
            self.faults.append(f"{stop['name']} on {self.page.title()}: not {', '.join(wrong)}")

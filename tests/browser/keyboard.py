"""A person who has a keyboard and nothing else, and who must always see where they are."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ElementHandle, Frame, Locator, Page

STOP = """async (target) => {
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
    isPage: at === document.body, isTarget: at === target, isGone: !target.checkVisibility(),
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
        """Press Tab until the target has the focus; fails when it is never reached.

        What was found is looked for again when it is gone, or hidden: the editor takes the place of the plain box.
        """
        aim = self._found(target)
        if aim.evaluate("(one) => one === document.activeElement"):
            return
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = (self.frame or self.page).evaluate(STOP, aim)
            self._note(stop)
            if stop["isTarget"]:
                return
            if stop["isGone"]:
                aim = self._found(target)
        raise AssertionError(f"{target} is not reached by Tab")

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def _found(self, target: Locator) -> ElementHandle:
        """The element itself: to find it by its role and name again at every stop would take most of the time."""
        target.wait_for()
        found = target.element_handle()
        assert found is not None
        return found

    def _note(self, stop: dict[str, Any]) -> None:
        if stop["isPage"]:
            return
        wrong = [word for word in ("inOrder", "drawn", "seen") if not stop[word]]
        if wrong:
            self.faults.append(f"{stop['name']} on {self.page.title()}: not {', '.join(wrong)}")

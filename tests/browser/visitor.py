"""Somebody at a browser: on the pages of the LMS, and in the tool that it frames."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Frame, FrameLocator, Locator, Page, expect

from tests.browser.site import Site

WEEK_3, WEEK_4 = "Week 3: Leaders and managers", "Week 4: Leading change"
UNASKED = "Blocked attempt to show a 'beforeunload' confirmation panel"
"""What Chromium says when a test leaves a page whose text is not yet saved, and nobody has touched that page."""
PAGE_WITH_STATUS = re.compile(r"Failed to load resource: .* status of 4\d\d")


@dataclass
class Visitor:
    """One browser context with one page, beginning at the course page; `complaints` is what the browser reported."""

    context: BrowserContext
    site: Site
    page: Page = field(init=False)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("console", self._listen)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.context.new_page()

    def _listen(self, message: ConsoleMessage) -> None:
        # That a page came with 404 or 422 is what some tests are about; a missing script or style sheet is a fault.
        is_page = "/static/" not in message.location["url"]
        if message.text.startswith(UNASKED):
            return
        if message.type in ("error", "warning") and not (is_page and PAGE_WITH_STATUS.match(message.text)):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    @property
    def tool(self) -> FrameLocator:
        """The tool within the page of the LMS."""
        return self.page.frame_locator("iframe.tool")

    @property
    def tool_frame(self) -> Frame:
        """The same, to run a script in."""
        frame = self.page.locator("iframe.tool").element_handle().content_frame()
        assert frame is not None
        return frame

    def at(self, path: str) -> Page:
        """A page of the LMS."""
        self.page.goto(self.site.lms_url + path)
        return self.page

    def become(self, key: str) -> "Visitor":
        """Switch to another person of the course (by the key of the course file); the page stays the same."""
        if not self.page.url.startswith(self.site.lms_url):
            self.at("/")
        self.page.get_by_label("You are").select_option(value=self.site.lms.person(key).id)
        self.page.get_by_role("button", name="Switch").click()
        expect(self.page.get_by_label("You are")).to_have_value(self.site.lms.person(key).id)
        return self

    def open(self, activity: str = WEEK_3) -> FrameLocator:
        """Go to the course page, and from there open an activity in its frame."""
        self.at("/").get_by_role("link", name=activity, exact=True).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(activity)
        return self.tool

    def open_in_tab(self, placement: str = "rl-week-3") -> Page:
        """Launch into this very page, as “Open in a new tab” does into a new one."""
        self.page.goto(f"{self.site.lms_url}/launch/placements/{placement}?target=window")
        self.page.wait_for_url(f"{self.site.tool_url}/courses/**")
        return self.page

    def open_desk(self, student: str = "") -> FrameLocator:
        """Open the grading desk of Week 3 in its frame, and there a student by name."""
        tool = self.open()
        tool.get_by_role("link", name="Grade", exact=True).click()
        if student:
            tool.get_by_role("region", name="Students").get_by_role("link", name=student).click()
            expect(tool.get_by_role("heading", level=1, name=student)).to_be_visible()
        return tool

    def reload_until(self, locator: Locator, tries: int = 100) -> None:
        """Load the tool's page in the frame anew until something is there: what a person does who waits."""
        for _ in range(tries):
            if self._appears(locator):
                return
            try:
                self.tool_frame.goto(self.tool_frame.url)
            except Error as error:
                if "interrupted by another navigation" not in error.message:  # what was clicked before is still loading
                    raise
        expect(locator).to_be_visible()

    def _appears(self, locator: Locator) -> bool:
        try:
            expect(locator).to_be_visible(timeout=400)
        except AssertionError:
            return False
        return True

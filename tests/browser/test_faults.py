"""An LMS that fails: what the instructor sees, and what helps. Scores are sent when the test says so."""

from playwright.sync_api import FrameLocator, Locator, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.visitor import Visitor


def test_a_fault_of_the_lms_passes(resting_site: Site, visit: MakeVisitor):
    visitor = visit(resting_site)
    set_fault(visitor, "answer 500 Internal Server Error")
    release(visitor)
    resting_site.send_due()
    tool = visitor.open_desk()
    expect(row(tool)).to_contain_text("being sent")
    expect(row(tool)).to_contain_text("The LMS reported an internal error.")
    expect(tool.get_by_text("1 grade is being sent to the gradebook.")).to_be_visible()
    row(tool).get_by_role("link").click()
    expect(tool.get_by_text("We will try again automatically")).to_be_visible()
    visitor.at("/faults").get_by_role("button", name="Remove all faults").click()
    resting_site.clock.move(minutes=2)
    resting_site.send_due()
    expect(row(visitor.open_desk()).get_by_text("sent", exact=True)).to_be_visible()
    expect(gradebook(visitor)).to_contain_text("20 / 20")


def test_a_refusal_is_told_with_its_reason(resting_site: Site, visit: MakeVisitor):
    visitor = visit(resting_site)
    set_fault(visitor, "refuse with a status", status="422")
    release(visitor)
    resting_site.send_due()
    tool = visitor.open_desk()
    expect(row(tool)).to_contain_text("rejected")
    expect(row(tool)).to_contain_text("The LMS did not accept this grade.")
    row(tool).get_by_role("link").click()
    expect(tool.get_by_text("The gradebook rejected it.")).to_be_visible()
    tool.get_by_role("link", name="Send it again from the gradebook status page").click()
    visitor.at("/faults").get_by_role("button", name="Remove all faults").click()
    tool = visitor.open_desk()
    tool.get_by_role("link", name="Send again or choose on the gradebook status page").click()
    tool.get_by_role("button", name="Send 1 failed grade again").click()
    expect(tool.get_by_role("status")).to_have_text("Sending 1 grade again.")
    expect(row(tool)).to_contain_text("being sent")
    resting_site.send_due()
    expect(row(visitor.open_desk()).get_by_text("sent", exact=True)).to_be_visible()
    expect(gradebook(visitor)).to_contain_text("20 / 20")


def set_fault(visitor: Visitor, kind: str, status: str = "403") -> None:
    page = visitor.become("miriam").at("/faults")
    page.get_by_label("Service").select_option("Scores")
    page.get_by_label("Fault").select_option(kind)
    page.get_by_label("Status code (for “refuse”)").select_option(status)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Scores: ")).to_be_visible()


def release(visitor: Visitor) -> None:
    tool = visitor.open_desk("Dana Whitfield")
    for criterion in tool.locator("fieldset").all():
        criterion.get_by_role("radio").last.check()
    tool.get_by_role("button", name="Release grade").click()
    expect(tool.get_by_text("Being sent to the gradebook.", exact=True)).to_be_visible()


def row(tool: FrameLocator) -> Locator:
    return tool.get_by_role("row").filter(has_text="Dana Whitfield")


def gradebook(visitor: Visitor) -> Locator:
    return visitor.at("/gradebook").get_by_role("row", name="Dana Whitfield").get_by_role("cell")

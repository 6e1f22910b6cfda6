"""The gradebook status page: grades changed by hand in the LMS are found, and kept or replaced one by one."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.states import Desk
from tests.browser.tours import discussion_url

STUDENTS = {"dana": "Dana Whitfield", "ben": "Ben Okafor", "grace": "Grace Lim"}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_grades_changed_by_hand_are_chosen_one_by_one(resting_site: Site, visit: MakeVisitor, scripts: bool):
    visitor = visit(resting_site, java_script_enabled=scripts).become("miriam")
    page = visitor.page
    if scripts:
        visitor.open_in_tab()
    else:
        page.goto(f"{resting_site.lms_url}/launch/placements/rl-week-3?target=window")
        for words in ("the LMS sends you to the tool", "the LMS sends your launch"):
            page.get_by_text(words).locator("..").get_by_role("button", name="Continue").click()
    release_and_change(resting_site)
    page.goto(discussion_url(resting_site, "grading"))
    page.get_by_role("link", name="Gradebook status").click()
    expect(page.get_by_text("0 of 3 released grades are confirmed in the LMS.")).to_be_visible()
    page.get_by_role("button", name="Check the gradebook").click()
    read_back(resting_site)
    page.reload()
    expect(row(page, "dana")).to_contain_text("✓ confirmed")
    for student in ("ben", "grace"):
        expect(row(page, student)).to_contain_text("! the LMS shows 3 instead")
    expect(row(page, "dana").get_by_role("checkbox")).to_have_count(0)
    page.get_by_role("button", name="Send ours for the selected").click()
    expect(page.get_by_role("status")).to_contain_text("Select at least one student first.")
    page.get_by_label("Select Grace Lim").check()
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", name="Dry run: nothing was sent")).to_be_visible()
    expect(page.get_by_label("Select Grace Lim")).to_be_checked()
    expect(page.get_by_role("listitem").filter(has_text="Grace Lim")).to_have_text("Grace Lim: ours 20, LMS 3")
    page.get_by_role("button", name="Send ours for the selected").click()
    expect(page.get_by_role("status")).to_contain_text("Sending 1 grade again.")
    page.get_by_label("Select Ben Okafor").check()
    page.get_by_role("button", name="Keep theirs for the selected").click()
    expect(row(page, "ben")).to_contain_text("LMS grade kept: 3")
    override(resting_site, "grace", None)
    resting_site.send_due()
    read_back(resting_site)
    page.reload()
    expect(row(page, "grace")).to_contain_text("✓ confirmed: 20")
    expect(row(page, "ben")).to_contain_text("LMS grade kept: 3")


def test_student_reads_that_the_grade_has_arrived(resting_site: Site, visit: MakeVisitor):
    visitor = visit(resting_site).become("miriam")
    visitor.open_in_tab()
    release_and_change(resting_site)
    read_back(resting_site)
    tool = visitor.become("dana").open()
    expect(tool.get_by_role("region", name="Your grade")).to_contain_text("Sent to the gradebook")
    expect(tool.get_by_role("region", name="Your grade")).to_contain_text(", confirmed.")


def release_and_change(site: Site) -> None:
    """Three grades are sent; then two are changed by hand in the LMS."""
    desk = Desk(site)
    for key in STUDENTS:
        desk.mark(key)
        desk.release(key)
    site.send_due()
    for key in ("ben", "grace"):
        override(site, key, 3)


def override(site: Site, key: str, points: float | None) -> None:
    (item,) = site.lms.gradebook.line_items()
    site.lms.gradebook.override(item.id, site.lms.person(key).id, points)


def read_back(site: Site) -> None:
    site.clock.move(seconds=20)  # the practice LMS takes no token that was issued later than its own time
    site.parts.jobs.reader.read_due()


def row(page: Page, key: str) -> Locator:
    return page.get_by_role("row").filter(has_text=STUDENTS[key])

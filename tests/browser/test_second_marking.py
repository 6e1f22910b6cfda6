"""An assistant double-marks blind; the instructor sees the difference and decides; the student gets that grade."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.states import person_of
from tests.browser.tours import discussion_url


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_assistant_double_marks_blind(resting_site: Site, visit: MakeVisitor, scripts: bool):
    site, audit = resting_site, Audit()
    with site.parts.database.writing() as session:
        student = f"grading/{person_of(session, site, 'amara')}"
    instructor = enter(visit, site, "miriam", scripts=scripts)
    assistant = enter(visit, site, "tomas", scripts=scripts)

    instructor.goto(discussion_url(site, "grading"))
    instructor.get_by_role("link", name="Graders", exact=True).click()
    form = instructor.locator("form.assign")
    form.locator("[name=grader]").select_option(label="Tomás Reyes")
    form.locator("[name=whom]").select_option(label="Amara Osei")
    form.locator("[name=part]").select_option(label="second marker")
    form.get_by_role("button", name="Assign").click()
    expect(instructor.locator(".flashes")).to_contain_text("Grader assigned.")
    look(audit, instructor, "graders", scripts=scripts)
    instructor.get_by_role("link", name="Second marking", exact=True).click()
    instructor.get_by_label("Everybody’s").check()
    instructor.get_by_role("button", name="Save second marking").click()
    expect(instructor.locator(".flashes")).to_contain_text("Second marking saved.")
    look(audit, instructor, "second marking", scripts=scripts)

    instructor.goto(discussion_url(site, student))
    choose(instructor, [0, 0, 0, 0, 0])
    instructor.get_by_label("Comment to the student").fill("Written by the first marker.")
    instructor.get_by_role("button", name="Submit marks").click()
    expect(instructor.locator(".flashes")).to_contain_text("Marks submitted.")

    assistant.goto(discussion_url(site, "grading"))
    expect(assistant.locator("table.class-list tbody tr")).to_have_count(1)  # opens on one's own students
    assistant.get_by_role("link", name="Amara Osei").click()
    expect(assistant.get_by_text("The other grader has submitted.")).to_be_visible()
    expect(assistant.get_by_role("radio", checked=True)).to_have_count(0)
    look(audit, assistant, "marking", scripts=scripts)
    for page in (student, f"{student}/marking", f"{student}/history", "grading", "grading/second-marking"):
        assistant.goto(discussion_url(site, page))
        assert "Written by the first marker." not in assistant.content()
        assert "Miriam" not in assistant.locator("table.comparison").all_inner_texts()
    assistant.goto(discussion_url(site, student))
    choose(assistant, [2, 0, 0, 0, 0])
    assistant.get_by_role("button", name="Submit marks").click()
    assistant.goto(discussion_url(site, student))
    row = assistant.get_by_role("row").filter(has_text="Content and argument")
    expect(row.get_by_role("cell")).to_have_text(["6 Excellent", "2 Developing", "−4"])
    expect(assistant.get_by_role("button", name="Save decision")).to_have_count(0)
    look(audit, assistant, "compared", scripts=scripts)

    instructor.goto(discussion_url(site, "grading?show=decide"))
    instructor.locator("table.class-list tbody").get_by_role("link", name="Amara Osei").click()
    expect(instructor.get_by_role("row").filter(has_text="Total")).to_contain_text("−4")
    expect(instructor.get_by_role("radio", checked=True)).to_have_count(4)  # where both agree
    look(audit, instructor, "decision", scripts=scripts)
    choose(instructor, [1])
    instructor.get_by_label("Comment to the student").fill("Decided between both.")
    instructor.get_by_role("button", name="Save decision").click()
    expect(instructor.locator(".flashes")).to_contain_text("Decided.")
    instructor.get_by_role("button", name="Release grade").click()
    expect(instructor.locator(".flashes")).to_contain_text("Released.")

    student_page = enter(visit, site, "amara", scripts=scripts)
    grade = student_page.get_by_role("region", name="Your grade")
    expect(grade).to_contain_text("18 of 20")
    expect(grade).to_contain_text("Decided between both.")
    expect(grade).not_to_contain_text("Written by the first marker.")
    assert audit.findings == []


def enter(visit: MakeVisitor, site: Site, key: str, *, scripts: bool) -> Page:
    """Somebody's own browser, in the discussion of Week 3."""
    visitor = visit(site, java_script_enabled=scripts).become(key)
    if scripts:
        return visitor.open_in_tab()
    visitor.page.goto(f"{site.lms_url}/launch/placements/rl-week-3?target=window")
    for words in ("the LMS sends you to the tool", "the LMS sends your launch"):
        visitor.page.get_by_text(words).locator("..").get_by_role("button", name="Continue").click()
    return visitor.page


def choose(page: Page, levels: list[int]) -> None:
    """The nth best level of each criterion in turn; the form lists the best one last."""
    for criterion, level in zip(page.locator("fieldset.criterion").all(), levels, strict=False):
        radios = criterion.get_by_role("radio")
        radios.nth(radios.count() - 1 - level).check(force=True)


def look(audit: Audit, page: Page, name: str, *, scripts: bool) -> None:
    """Check the page where scripts can run in it."""
    if scripts:
        audit.look(page, name)

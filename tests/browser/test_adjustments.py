"""Late rules, curves, grades held back and copied, as graders meet them: in a browser and without barriers."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.models import Discussion
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.full_class import fill
from tests.browser.site import Site, running_site
from tests.browser.states import grade_in_every_way, instructor, person_of
from tests.browser.visitor import Visitor

WEEK_3 = "/courses/1/discussions/1"


@pytest.fixture(scope="module")
def graded_site(browser: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A class that is graded in every way, two of whom work together."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(sqlite_template, folder / "colloquy.db")
    with running_site(f"sqlite:///{folder}/colloquy.db", folder, with_worker=False) as site:
        with browser.new_context(timezone_id="Europe/Berlin") as context:
            Visitor(context, site).open_in_tab()
        grade_in_every_way(site)
        fill(site)
        with site.parts.database.writing() as session:
            miriam = instructor(session, site)
            pair = {person_of(session, site, key): 0 for key in ("farid", "jakub", "amara")}
            group_id = make_group(session, miriam, "Readers")
            place_students(session, miriam, dict.fromkeys(pair, group_id))
            earlier = site.clock() - timedelta(days=9, hours=2)  # some have posted before, some after
            session.execute(update(Discussion).where(Discussion.id == 1).values(first_post_due=earlier))
        yield site


def go(page: Page, site: Site, path: str) -> Page:
    page.goto(site.tool_url + WEEK_3 + path)
    return page


def test_adjusting_grades(graded_site: Site, visit: MakeVisitor):
    audit = Audit()
    page = visit(graded_site).become("miriam").open_in_tab()

    def look(name: str) -> None:
        audit.look(page, name)

    choose_rule(go(page, graded_site, "/late"), look)
    curve(go(page, graded_site, "/grading?tick=all"), look)
    hold_back(go(page, graded_site, "/grading?show=ready&tick=all"), look)
    go(page, graded_site, "/grading").get_by_role("link", name="Farid").click()
    page.get_by_role("link", name="Copy to group").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Copy grade to the group")
    look("copy")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Extend dates").click()
    look("extend")
    page.get_by_role("link", name="Cancel").click()
    look("desk")
    go(page, graded_site, "/grading").get_by_role("link", name="Dana").click()
    page.locator(".adjustment summary").first.press("Enter")
    expect(page.get_by_label("Waive the late reduction")).to_be_visible()
    look("desk late")
    assert audit.findings == []


def choose_rule(page: Page, look: Callable[[str], None]) -> None:
    page.get_by_label("Late work loses").select_option("of_earned")
    page.get_by_label("How much").fill("10")
    page.locator("#grace").fill("15")
    look("late rule")
    page.get_by_role("button", name="Save").press("Enter")
    if page.get_by_role("heading", name="Apply the late rule to graded work?").is_visible():
        look("late rule, graded work")
        page.get_by_role("button", name="Apply to graded work").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Late rule saved.")


def curve(page: Page, look: Callable[[str], None]) -> None:
    page.get_by_label("Another action for the selected students").select_option("curve")
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Curve grades")
    page.get_by_label("Rule").select_option("add")
    page.get_by_label("Points or factor").fill("1")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_role("heading", name="Preview: nothing is saved yet")).to_be_visible()
    look("curve")
    page.get_by_role("button", name="Curve").last.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("curved.")


def hold_back(page: Page, look: Callable[[str], None]) -> None:
    page.get_by_label("Another action for the selected students").select_option("hold")
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hold these grades back?")
    look("hold back")
    page.get_by_role("button", name="Hold").press("Enter")
    expect(page.get_by_text("held back").first).to_be_visible()
    look("class list")

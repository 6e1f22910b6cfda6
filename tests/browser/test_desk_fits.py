"""The rubric on the desk in the short frame of an LMS: all of it at once, in its place, with the live grade."""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from lti_app.discussion.discussions.models import Discussion
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site, running_site
from tests.browser.states import person_of

FRAME = {"width": 1280, "height": 580}
WEEK_3 = "/courses/1/discussions/1/grading"
COMMENT = "Well **argued**, with a case of your own.\n- cite the page\n- answer Ben"
RULE = {"unit": "of_earned", "rate": "10", "step": "day_begun", "most": None, "grace_minutes": 0, "first_share": None}


@contextmanager
def late_class(database_url: str, folder: Path, locale: str) -> Any:
    with running_site(database_url, folder, with_worker=False, locale=locale) as site:
        with site.parts.database.writing() as session:
            due = site.clock() - timedelta(days=9, hours=2)  # some have posted before, some after
            session.execute(update(Discussion).where(Discussion.id == 1).values(first_post_due=due, late_rule=RULE))
        yield site


MakeLate = Callable[[str], AbstractContextManager[Site]]


@pytest.fixture
def late_site(sqlite_url: str, tmp_path: Path) -> MakeLate:
    """A class of which some are late, by a rule that takes 10% a day; the language is the class's."""
    return lambda locale: late_class(sqlite_url, tmp_path, locale)


def open_desk(site: Site, visit: MakeVisitor, key: str, **options: Any) -> Page:
    page = visit(site, viewport=FRAME, **options).become("miriam").open_in_tab()
    with site.parts.database.writing() as session:
        person_id = person_of(session, site, key)
    page.goto(f"{site.tool_url}{WEEK_3}/{person_id}")
    return page


def hidden_height(page: Page) -> int:
    """How many pixels of the rubric cannot be seen without scrolling."""
    rubric = page.locator("form.marking")
    return rubric.evaluate("(rubric) => rubric.scrollHeight - Math.min(rubric.clientHeight, innerHeight)")


@pytest.mark.parametrize("locale", ["en", "de"])
def test_five_criteria_need_no_scrolling(late_site: MakeLate, visit: MakeVisitor, locale: str):
    with late_site(locale) as site:
        page = open_desk(site, visit, "dana")
        expect(page.locator("form.marking fieldset.criterion")).to_have_count(5)
        assert hidden_height(page) == 0
        top = page.locator("form.marking").bounding_box()
        page.keyboard.type("22222")
        page.locator("textarea[name=comment]").fill(COMMENT)
        expect(page.locator("[data-live=late]")).not_to_have_text("−0")
        assert hidden_height(page) == 0
        page.locator("button[value=save]").click()
        expect(page.locator(".flashes")).to_be_visible()
        assert page.locator("form.marking").bounding_box() == top
        assert hidden_height(page) == 0
        assert page.locator("button[value=release]").evaluate("(e) => e.getBoundingClientRect().bottom") <= 580


def test_the_grade_follows_the_levels_and_the_waiver(late_site: MakeLate, visit: MakeVisitor):
    with late_site("en") as site:
        page = open_desk(site, visit, "dana")
        grade = page.locator("[data-live=grade]")
        expect(grade).to_be_hidden()
        page.keyboard.type("44433")
        expect(grade).to_be_visible()
        reduced = grade.inner_text()
        page.locator(".adjustment > summary").click()
        page.get_by_label("Waive the late reduction").check()
        expect(grade).to_contain_text("Grade: 20 of 20 points")
        page.get_by_label("Waive the late reduction").uncheck()
        expect(grade).to_have_text(reduced)


def test_the_preview_opens_follows_and_closes(late_site: MakeLate, visit: MakeVisitor):
    with late_site("en") as site:
        page = open_desk(site, visit, "dana")
        page.keyboard.press("c")
        page.keyboard.type("See **page 4**")
        page.keyboard.press("Escape")
        page.keyboard.press("v")
        preview = page.locator(".comment-preview")
        expect(preview.locator("strong")).to_have_text("page 4")
        expect(page.get_by_role("button", name="Preview")).to_have_attribute("aria-expanded", "true")
        page.locator("textarea[name=comment]").fill("See *page 5*")
        expect(preview.locator("em")).to_have_text("page 5")
        page.get_by_role("button", name="Preview").click()
        expect(preview).to_be_hidden()


def test_the_preview_without_scripts(resting_site: Site, visit: MakeVisitor):
    visitor = visit(resting_site, java_script_enabled=False, viewport=FRAME).become("miriam")
    page = visitor.page
    page.goto(f"{resting_site.lms_url}/launch/placements/rl-week-3?target=window")
    for words in ("the LMS sends you to the tool", "the LMS sends your launch"):
        page.get_by_text(words).locator("..").get_by_role("button", name="Continue").click()
    page.goto(resting_site.tool_url + WEEK_3)
    page.get_by_role("link", name="Dana Whitfield").click()
    page.locator("textarea[name=comment]").fill("See **page 4**")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".comment-preview strong")).to_have_text("page 4")
    expect(page.locator("textarea[name=comment]")).to_have_value("See **page 4**")

"""Three students review one another by keyboard, without names; one reads what was said; the instructor sees it all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.rules import Calendar, DiscussionSettings
from lti_app.discussion.reviewing.rules.plans import ReviewWeights
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.participation.requirements.registry import to_stored
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site
from tests.browser.states import acting, find, instructor
from tests.factories.posts import write
from tests.factories.reviews import assign, plan_reviews

STUDENTS = ("amara", "ben", "dana")
NAMES = {"amara": "Amara", "ben": "Ben", "dana": "Dana"}


@pytest.fixture(scope="module")
def reviewed(site: Site) -> str:
    """The address of a discussion in which three students have posted and are assigned to one another."""
    now = site.clock()
    with site.parts.database.writing() as session:
        miriam = instructor(session, site)
        found = find(session, site, miriam, "Week 4")
        settings = DiscussionSettings(
            title="Does change need a crisis?",
            prompt="Kotter wants a sense of urgency. How much of it is honest?",
            points=Decimal(10),
            calendar=Calendar(first_post_due=now + timedelta(hours=1)),
            requirements=to_stored({"first_post_words": 5, "reviews_counted": "yes"}),
            post_first=True,
            reading_ids=(),
            required_ids=frozenset(),
        )
        discussion = save_settings(session, miriam, found.id, settings=settings, version=found.version, now=now)
        copy_rubric(session, discussion)
        for key in STUDENTS:
            student = acting(session, site, key, Role.STUDENT)
            write(
                session,
                student,
                discussion,
                now=now,
                text="Urgency that is staged wears off before the change is done.",
            )
        weights = ReviewWeights(Decimal(50), Decimal(50), Decimal(0))
        due = now + timedelta(days=2)
        discussion = plan_reviews(session, miriam, discussion, due=due, weights=weights)
        assign(session, miriam, discussion, now=now)
    return f"{site.tool_url}/courses/1/discussions/{discussion.id}"


def review_by_keyboard(page: Page, keyboard: Keyboard, *, level: str, words: str) -> None:
    """Choose the same level of every criterion by its number, write a comment, and submit."""
    rows = page.locator("[data-criterion]")
    keyboard.tab_to(rows.first.locator("input[type=radio]").first)
    for _ in range(rows.count()):
        page.keyboard.press(level)
    page.keyboard.press("c")
    page.keyboard.type(words)
    keyboard.tab_to(page.get_by_role("button", name="Submit review"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Review submitted.")


def test_three_students_review_one_another(site: Site, visit: MakeVisitor, reviewed: str):
    audit = Audit()
    for key in STUDENTS:
        page = visit(site, viewport={"width": 1280, "height": 580}, reduced_motion="reduce").become(key).open_in_tab()
        page.goto(reviewed)
        keyboard = Keyboard(page)
        audit.look(page, f"discussion of {key}")
        keyboard.tab_to(page.get_by_role("link", name="Open your reviews"))
        page.keyboard.press("Enter")
        for number in (1, 2):
            keyboard.tab_to(page.get_by_role("link", name=f"Classmate {number}", exact=True))
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text(f"Review of classmate {number}")
            audit.look(page, f"review {number} by {key}")
            others = [NAMES[other] for other in STUDENTS if other != key]
            assert not any(name in page.locator("main").inner_text() for name in others)
            review_by_keyboard(page, keyboard, level="1" if key == "amara" else "2", words=f"From reviewer {number}")
        audit.look(page, f"reviews done by {key}")
        expect(page.get_by_text("You can read the reviews of your posts after")).to_be_visible()
        assert keyboard.faults == []
    site.clock.move(days=2, minutes=5)
    page = visit(site).become("dana").open_in_tab()
    page.goto(f"{reviewed}/reviews")
    received = page.locator(".received-review")
    expect(received).to_have_count(2)
    audit.look(page, "reviews received")
    page.get_by_role("button", name="Helpful").first.click()
    expect(page.get_by_role("button", name="Helpful").first).to_have_attribute("aria-pressed", "true")
    page = visit(site).become("miriam").open_in_tab()
    page.goto(f"{reviewed}/reviews/overview")
    expect(page.get_by_role("region", name="Authors").get_by_role("row", name="Dana")).to_contain_text("2 of 2")
    audit.look(page, "overview")
    page.get_by_role("region", name="Authors").get_by_role("link", name="Dana").click()
    evidence = page.locator(".peer-evidence")
    evidence.locator("summary").click()
    expect(evidence).to_contain_text("2 peer reviews")
    expect(evidence.get_by_role("heading", level=3)).to_have_count(2)
    audit.look(page, "desk")
    page.goto(f"{reviewed}/reviews/settings")
    audit.look(page, "settings")
    assert audit.findings == []

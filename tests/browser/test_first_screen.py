"""What one sees of a discussion before scrolling, in the short frame of an LMS and on a phone, in three languages."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from lti_app.core.prose import to_html
from lti_app.course.courses.rules import Role
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.read_state.actions import choose_sort, mark_posts_read
from lti_app.discussion.read_state.rules import PostNumbers, Sort
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.full_class import fill
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site, running_site
from tests.browser.states import acting, find

FRAME, PHONE = {"width": 880, "height": 580}, {"width": 360, "height": 640}
"""What Moodle leaves to a tool, and a phone."""
OUT_OF_SIGHT = """(all) => all.filter((one) => {
  const box = one.getBoundingClientRect();
  return !box.width || box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth;
}).map((one) => `${one.tagName} at ${Math.round(one.getBoundingClientRect().bottom)}: ${one.textContent.trim()}`)"""
NEWS = ".news-head h2, .news-head a.primary"
ANY_FIRST_NEW = "article.post.new"


@pytest.fixture(scope="module", params=["en", "de", "ar"])
def class_site(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: Any) -> Iterator[Site]:
    """A class in which much has happened, in one language."""
    folder = tmp_path_factory.mktemp(f"first-{request.param}")
    shutil.copyfile(sqlite_template, folder / "colloquy.db")
    with running_site(f"sqlite:///{folder}/colloquy.db", folder, with_worker=False, locale=request.param) as site:
        fill(site)
        yield site


def arrive(site: Site, visit: MakeVisitor, who: str, **options: Any) -> Page:
    page = visit(site, **options).become(who).open_in_tab()
    expect(page.locator("h1")).to_be_visible()
    return page


def out_of_sight(shown: Locator) -> list[str]:
    """Those of some elements that one has to scroll to; there must be some of them."""
    visible = shown.locator("visible=true")
    assert visible.count()
    hidden: list[str] = visible.evaluate_all(OUT_OF_SIGHT)
    return hidden


@pytest.mark.parametrize("viewport", [FRAME, PHONE], ids=["frame", "phone"])
def test_a_newcomer_sees_the_first_steps_and_the_prompt(class_site: Site, visit: MakeVisitor, viewport: Any):
    page = arrive(class_site, visit, "uyen", viewport=viewport)
    assert out_of_sight(page.locator(".first-steps a")) == []
    prompt = page.locator("div.prompt")
    assert prompt.bounding_box()["y"] < viewport["height"] * 0.6
    assert out_of_sight(prompt.locator("p").first) == []
    assert page.locator(".news, .known-prompt").count() == 0
    page.locator(".first-steps a[href='#compose']").click()
    expect(page.locator("#compose")).to_be_in_viewport()


@pytest.mark.parametrize("viewport", [FRAME, PHONE], ids=["frame", "phone"])
def test_who_comes_back_sees_what_is_new_what_they_owe_and_the_way_on(
    class_site: Site, visit: MakeVisitor, viewport: Any
):
    page = arrive(class_site, visit, "amara", viewport=viewport)
    assert out_of_sight(page.locator(NEWS)) == []
    assert out_of_sight(page.locator(".arrivals li")) == []
    assert out_of_sight(page.locator("section.progress .checklist > li")) == []
    assert page.locator("section.progress a[href$='/reviews']").is_visible()
    if viewport is FRAME:
        assert out_of_sight(page.locator(".known-prompt > summary, #readings-title")) == []
    expect(page.locator("div.prompt")).to_be_hidden()
    first_new = page.locator(ANY_FIRST_NEW).first.get_attribute("id")
    page.locator(".news-head a.primary").click()
    expect(page.locator(f"[id='{first_new}']")).to_be_in_viewport()


@pytest.mark.parametrize("viewport", [FRAME, PHONE], ids=["frame", "phone"])
def test_who_teaches_sees_what_is_new_and_what_waits(class_site: Site, visit: MakeVisitor, viewport: Any):
    page = arrive(class_site, visit, "miriam", viewport=viewport)
    assert out_of_sight(page.locator(NEWS)) == []
    assert out_of_sight(page.locator(".arrivals li")) == []
    waiting = page.locator(".waiting li a")
    expect(waiting).to_have_count(3)
    assert out_of_sight(waiting) == []


@pytest.mark.parametrize("who", ["uyen", "amara", "miriam"])
def test_the_first_screen_has_no_barriers(class_site: Site, visit: MakeVisitor, who: str):
    page = arrive(class_site, visit, who)
    page.locator(".columns > :not(.thread) details").evaluate_all("(all) => all.forEach((one) => { one.open = true })")
    audit = Audit()
    audit.look(page, f"the discussion of {who}, all opened")
    assert audit.findings == []


def test_the_keyboard_comes_to_what_is_new_before_the_prompt(class_site: Site, visit: MakeVisitor):
    page = arrive(class_site, visit, "amara", viewport=FRAME, reduced_motion="reduce")
    keyboard = Keyboard(page)
    keyboard.tab_to(page.locator(".news-head a.primary"))
    keyboard.tab_to(page.locator(".arrivals a").first)
    keyboard.tab_to(page.locator("section.progress summary"))
    keyboard.tab_to(page.locator(".known-prompt > summary"))
    page.keyboard.press("Enter")
    expect(page.locator("div.prompt")).to_be_visible()
    keyboard.tab_to(page.locator(".reading-lines summary").first)
    assert keyboard.faults == []


def without_scripts(site: Site, visit: MakeVisitor, who: str) -> Page:
    page = visit(site, java_script_enabled=False, viewport=FRAME).become(who).page
    page.goto(f"{site.lms_url}/launch/placements/rl-week-3?target=window")
    for words in ("the LMS sends you to the tool", "the LMS sends your launch"):
        page.get_by_text(words).locator("..").get_by_role("button", name="Continue").click()
    return page


def test_without_scripts_the_prompt_opens_and_reading_goes_on(site: Site, visit: MakeVisitor):
    page = without_scripts(site, visit, "dana")
    expect(page.locator("div.prompt")).to_be_hidden()
    page.locator(".known-prompt > summary").click()
    expect(page.locator("div.prompt")).to_be_visible()
    page.locator(".reading-lines summary").first.click()
    expect(page.get_by_role("link", name="Citations Zaleznik 1977")).to_be_visible()
    first_new = page.locator(ANY_FIRST_NEW).first.get_attribute("id")
    page.get_by_role("link", name="Continue reading").click()
    expect(page.locator(f"[id='{first_new}']")).to_be_in_viewport()
    newcomer = without_scripts(site, visit, "uyen")
    newcomer.get_by_role("link", name="Write your first post").click()
    expect(newcomer.locator("#compose")).to_be_in_viewport()


def test_reading_goes_on_where_it_stopped_on_a_later_page(site: Site, visit: MakeVisitor):
    with site.parts.database.writing() as session:
        grace, ben = (acting(session, site, key, Role.STUDENT) for key in ("grace", "ben"))
        discussion = find(session, site, ben, "Are leaders")
        for number in range(50):
            text = f"Thought {number} about the two accounts, and about who is responsible for what in a ferry company."
            create_post(session, grace, discussion, PostContent(to_html(text)), parent_id=None, now=site.clock())
        discussion = find(session, site, ben, "Are leaders")
        stopped = discussion.post_count - 20
        mark_posts_read(session, ben, discussion, PostNumbers.of(range(1, stopped)))
        choose_sort(session, ben, discussion, Sort.OLDEST)
    page = arrive(site, visit, "ben", viewport=FRAME)
    expect(page.locator(ANY_FIRST_NEW)).to_have_count(0)
    expect(page.locator(".news-head h2")).to_have_text("21 new posts")
    page.get_by_role("link", name="Continue reading").click()
    place = page.locator(f"article[data-n='{stopped}']")
    expect(place).to_be_in_viewport()
    expect(page.locator(ANY_FIRST_NEW).first).to_have_attribute("data-n", f"{stopped}")

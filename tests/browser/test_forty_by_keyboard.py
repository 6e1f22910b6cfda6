"""A class of forty, graded by keyboard: rubric, marks and comments, bulk actions, release, and what comes after."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lti_app.practice_lms.config import default_course_file
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site, running_site
from tests.browser.tours import discussion_url
from tests.browser.visitor import Visitor

STUDENTS = 40
BEST, SECOND = ("4", "4", "4", "3", "3"), ("3", "3", "3", "2", "2")
"""The keys of levels: those from the lowest up, for criteria of four, four, four, three and three levels."""
CANVAS_CSV = (
    "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range,Rating Name,Rating Description,"
    "Rating Points,Rating Name,Rating Description,Rating Points\n"
    "Week 3 discussion,Argument,Takes a position,false,Full,Argued from both texts,10,None,,0\n"
    "Week 3 discussion,Replies,,true,Full,,5,None,,0\n"
)


@pytest.fixture
def large_site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """The demonstration course with forty students, most of whom have not posted."""
    course = json.loads(default_course_file().read_text(encoding="utf-8"))
    students = [person for person in course["people"] if person["role"] == "student"]
    for number in range(STUDENTS - len(students)):
        more = {"key": f"more-{number}", "id": f"more-{number}", "email": f"more-{number}@example.edu"}
        course["people"].append({**students[0], **more, "given_name": f"Sam {number}", "family_name": "Zuber"})
    file = tmp_path / "course.json"
    file.write_text(json.dumps(course), encoding="utf-8")
    with running_site(sqlite_url, tmp_path, course_file=file) as site:
        yield site


def test_a_class_of_forty(large_site: Site, visit: MakeVisitor, tmp_path: Path):
    visitor = visit(large_site, viewport={"width": 1280, "height": 580}, accept_downloads=True)
    page = visitor.become("miriam").open_in_tab()
    take_a_rubric_in_and_out(visitor, page, tmp_path)
    change_the_rubric(visitor, page)
    grade_all_who_posted(visitor, page)
    grade_and_release_together(visitor, page)
    keep_what_was_changed_in_the_lms(visitor, page)
    reopen_one(visitor, page)
    answer_a_second_look(visitor)


def desk(site: Site, *more: object) -> str:
    return discussion_url(site, "grading", *more)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def load_until(page: Page, url: str, words: str) -> None:
    """Open a page again and again until it says something: the class list and scores come from the worker."""
    for _ in range(100):
        page.goto(url)
        if page.get_by_text(words).first.is_visible():
            return
        page.wait_for_load_state("networkidle")
    expect(page.get_by_text(words).first).to_be_visible()


def take_a_rubric_in_and_out(visitor: Visitor, page: Page, folder: Path) -> None:
    """What Canvas exports comes out as it went in."""
    page.goto(f"{visitor.site.tool_url}/courses/1/rubrics/import")
    (folder / "canvas.csv").write_text(CANVAS_CSV, encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(folder / "canvas.csv")
    page.get_by_role("button", name="Preview").press("Enter")
    page.get_by_role("button", name="Add to the library").press("Enter")
    page.get_by_text("Download", exact=True).press("Enter")
    with page.expect_download() as told:
        page.get_by_role("link", name="Canvas").press("Enter")
    assert told.value.path().read_text(encoding="utf-8") == CANVAS_CSV


def change_the_rubric(visitor: Visitor, page: Page) -> None:
    """Nobody is graded yet, so that nothing is asked."""
    page.goto(discussion_url(visitor.site, "rubric"))
    page.locator("#c4-title").focus()
    press(page, "Control+a")
    page.keyboard.type("Clear writing")
    page.get_by_role("button", name="Save rubric").press("Enter")
    expect(page.get_by_role("status").first).to_be_visible()


def grade_all_who_posted(visitor: Visitor, page: Page) -> None:
    """By keys alone: levels, a comment, and on to the next."""
    load_until(page, desk(visitor.site), f"0 of {STUDENTS} grades released.")
    page.goto(f"{desk(visitor.site)}?work=complete&show=ungraded")
    names = page.locator(".class-list tbody th").all_inner_texts()
    assert len(names) > 3
    page.get_by_role("link", name=names[0]).press("Enter")
    for place, name in enumerate(names):
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        press(page, *(BEST if place == 0 else SECOND), "c")
        expect(page.get_by_label("Comment to the student")).to_be_focused()
        page.keyboard.type(f"Well argued, {name.split()[0]}.")
        press(page, "Control+Enter")
        expect(page.get_by_role("status").first).to_have_text("Saved. The student can’t see it until you release it.")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press(page, "Escape")
    page.goto(f"{page.url.partition('?')[0]}")
    press(page, "u")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(names[-1])


def grade_and_release_together(visitor: Visitor, page: Page) -> None:
    """Two bulk actions: the lowest grade for all who are left, and the release."""
    page.goto(f"{desk(visitor.site)}?show=ungraded&tick=all")
    page.get_by_role("button", name="Give lowest grade …").press("Enter")
    expect(page.get_by_role("heading", name="Give the lowest grade?")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Give").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Lowest grade saved for")
    page.goto(desk(visitor.site))
    page.get_by_role("button", name=f"Release {STUDENTS} grades").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text(f"{STUDENTS} grades released.")
    confirmed = f"{STUDENTS} of {STUDENTS} released grades are confirmed in the LMS."
    load_until(page, desk(visitor.site, "passback"), confirmed)


def keep_what_was_changed_in_the_lms(visitor: Visitor, page: Page) -> None:
    lms = visitor.at("/gradebook")
    lms.get_by_role("row", name="Amara Osei").get_by_role("spinbutton").fill("15.5")
    lms.get_by_role("row", name="Amara Osei").get_by_role("button", name="Change").press("Enter")
    expect(lms.get_by_text("changed here: 15.5")).to_be_visible()
    visitor.open_in_tab()
    page.goto(desk(visitor.site, "passback"))
    page.get_by_role("button", name="Check the gradebook").press("Enter")
    load_until(page, desk(visitor.site, "passback"), "! the LMS shows 15.5, changed there")
    page.get_by_label("Select Amara Osei").press("Space")
    page.get_by_role("button", name="Keep theirs for the selected").press("Enter")
    expect(page.get_by_role("status").first).to_have_text("1 LMS grade kept.")
    expect(page.get_by_text("LMS grade kept: 15.5")).to_be_visible()


def reopen_one(visitor: Visitor, page: Page) -> None:
    """Taken back, changed, and released again: the newer score arrives."""
    page.goto(desk(visitor.site))
    page.get_by_role("link", name="Dana Whitfield").press("Enter")
    expect(page.get_by_text("✓ confirmed")).to_be_visible()
    press(page, "z")
    expect(page.get_by_role("status").first).to_contain_text("Taken back.")
    press(page, "1", "r")
    expect(page.get_by_role("status").first).to_contain_text("Released.")
    total = page.locator("[data-total]").inner_text()
    load_until(page, page.url, f"✓ confirmed: {total}")
    cell = visitor.at("/gradebook").get_by_role("row", name="Dana Whitfield").get_by_role("cell")
    expect(cell).to_contain_text(f"{total} / 20")


def answer_a_second_look(visitor: Visitor) -> None:
    """A student reads the marked rubric and asks; the instructor answers on the desk."""
    page = visitor.become("dana").open_in_tab()
    grade = page.get_by_role("region", name="Your grade")
    expect(grade).to_contain_text("Well argued, Dana.")
    grade.get_by_text("By criterion").press("Enter")
    expect(grade.get_by_text("Clear writing")).to_be_visible()
    grade.get_by_text("Ask for a second look").press("Enter")
    grade.get_by_role("textbox").press_sequentially("My second reply cites Kotter.")
    grade.get_by_role("button", name="Ask").press("Enter")
    expect(grade).to_contain_text("Not answered yet.")
    visitor.become("miriam").open_in_tab()
    page.goto(f"{desk(visitor.site)}?show=asked")
    page.get_by_role("link", name="Dana Whitfield").press("Enter")
    page.get_by_label("Your answer").press_sequentially("It does. I have changed the grade.")
    page.get_by_role("button", name="Send answer").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Answer sent.")
    visitor.become("dana").open_in_tab()
    expect(grade).to_contain_text("It does. I have changed the grade.")

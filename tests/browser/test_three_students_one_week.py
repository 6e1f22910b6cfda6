"""One rule and three students: on time, late and silent. Every place gives the same verdicts."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from lti_app.course.courses.rules import Role
from tests.browser.composers import write
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site, running_site
from tests.browser.states import acting, find
from tests.browser.visitor import WEEK_4, Visitor
from tests.factories import posts
from tests.resilience.processes import free_port

ZONE = ZoneInfo("Europe/Berlin")
TITLE = "Does change need a crisis?"
ON_TIME, LATE, SILENT = "Tane Ngata", "Dana Whitfield", "Viktor Petrov"
REQUIREMENTS = ("First post", "Replies", "Days", "Kotter 1990", "Zaleznik 1977")
CITING = "Kotter says so [Kotter 1990, p. 104], and Zaleznik does not [Zaleznik 1977, p. 70]. "


def essay(words: int, about: str) -> str:
    """A text of so many words, different for each subject."""
    return f"{about} " * (words // len(about.split()) + 1)


@pytest.fixture
def week_site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """The demonstration course, whose worker works only when it is told to, and whose mail the LMS takes."""
    with running_site(sqlite_url, tmp_path, with_worker=False, mail_port=free_port()) as site:
        yield site


def test_the_same_verdicts_everywhere(week_site: Site, visit: MakeVisitor):
    visitor = visit(week_site, accept_downloads=True)
    compose_the_rule(visitor)
    write_as_classmates(week_site)
    post_on_time(visitor)
    week_site.clock.move(days=1)
    reply_on_time(visitor)
    remind_the_others(visitor, about="Your first post is due", to=("dana", "viktor"))
    week_site.clock.move(days=2)
    post_late(visitor)
    remind_the_others(visitor, about="Your replies are due", to=("dana", "viktor"))
    week_site.clock.move(days=2)
    reply_late(visitor)
    see_checklists(visitor)
    see_the_table(visitor)
    see_the_desk(visitor)
    see_the_gradebook(visitor)


def compose_the_rule(visitor: Visitor) -> None:
    """The sentence of the syllabus: its parts are fields, and the preview says it as students will read it."""
    tool = visitor.become("miriam").open(WEEK_4)
    tool.get_by_label("Title", exact=True).first.fill(TITLE)
    write(tool, "Kotter wants a sense of urgency. How much of it is honest?", name="Prompt")
    for name in ("Kotter, J. P.", "Zaleznik, A."):
        tool.get_by_role("listitem").filter(has_text=name).get_by_role("checkbox").first.check()
        tool.get_by_role("listitem").filter(has_text=name).get_by_role("checkbox").last.check()
    today = visitor.site.clock().astimezone(ZONE).date()
    for label, value in {
        "Minimum words in the first post": "200",
        "Replies to different classmates": "2",
        "Minimum words in each reply": "75",
        "Different days with a post": "2",
        "First post due": f"{today + timedelta(days=1)}T23:59",
        "Replies due": f"{today + timedelta(days=3)}T23:59",
    }.items():
        tool.get_by_label(label, exact=True).fill(value)
    preview = tool.locator("[data-rule-preview]")
    expect(preview).to_contain_text("Write a first post of at least 200 words by")
    expect(preview).to_contain_text("Reply to 2 different classmates with at least 75 words each by")
    expect(preview).to_contain_text("Post on at least 2 different days by")
    expect(preview).to_contain_text("Cite each of these readings:")
    tool.get_by_label("Students must post before seeing other posts").uncheck()
    tool.get_by_role("button", name="Save and show to the class").click()
    expect(tool.get_by_role("status").first).to_contain_text("This is what your students see.")


def write_as_classmates(site: Site) -> None:
    """Keala and Ben post, so that there is somebody to reply to."""
    with site.parts.database.writing() as session:
        for key in ("keala", "ben"):
            actor = acting(session, site, key, Role.STUDENT)
            posts.write(session, actor, find(session, site, actor, TITLE), now=site.clock(), text=essay(200, key))


def post_on_time(visitor: Visitor) -> None:
    """The checklist changes with what is written."""
    tool = visitor.become("tane").open(WEEK_4)
    expect(progress(tool)).to_contain_text("First post of at least 200 words")
    write(tool, CITING + essay(200, "My aunt ran the harbour ferries"))
    tool.get_by_role("button", name="Post", exact=True).click()
    expect(progress(tool).locator("li").filter(has_text="First post")).to_contain_text("Done:")
    expect(progress(tool)).to_contain_text("Kotter 1990 cited")
    expect(progress(tool)).to_contain_text("Posts on 1 of 2 days")


def reply_on_time(visitor: Visitor) -> None:
    tool = visitor.become("tane").open(WEEK_4)
    for address in ("1", "2"):
        reply(tool, to=address, text=essay(75, f"The ferries answer thread {address}"))
    expect(progress(tool)).to_contain_text("All requirements are complete.")


def remind_the_others(visitor: Visitor, *, about: str, to: tuple[str, ...]) -> None:
    """Those who owe something get one mail, those who do not get none."""
    site = visitor.site
    site.remind()
    site.remind()
    mails = [mail for mail in site.lms.mailbox.all() if about in mail.text and TITLE in mail.text]
    recipients = [mail.recipient for mail in mails]
    for key in to:
        assert recipients.count(site.lms.person(key).email) == 1, recipients
    assert site.lms.person("tane").email not in recipients


def post_late(visitor: Visitor) -> None:
    tool = visitor.become("dana").open(WEEK_4)
    write(tool, CITING + essay(200, "A community clinic opened late"))
    tool.get_by_role("button", name="Post", exact=True).click()
    expect(progress(tool).locator("li").filter(has_text="First post")).to_contain_text("Done, late:")


def reply_late(visitor: Visitor) -> None:
    tool = visitor.become("dana").open(WEEK_4)
    for address in ("1", "2"):
        reply(tool, to=address, text=essay(75, f"The clinic answers thread {address}"))


def see_checklists(visitor: Visitor) -> None:
    for key, said in {"tane": "Done:", "dana": "Done, late:", "viktor": "Overdue:"}.items():
        tool = visitor.become(key).open(WEEK_4)
        for line in ("First post", "Replies to", "Posts on"):
            expect(progress(tool).locator("li").filter(has_text=line)).to_contain_text(said)


def see_the_table(visitor: Visitor) -> None:
    """In the browser and in the file."""
    page = visitor.become("miriam").open_in_tab("rl-week-4")
    page.get_by_role("navigation", name="For instructors").get_by_role("link", name="Participation").click()
    for name, state in {ON_TIME: "complete", LATE: "late", SILENT: "missing"}.items():
        cells = page.get_by_role("row", name=name).get_by_role("cell")
        assert cells.evaluate_all("cells => cells.map((cell) => cell.className)")[:4] == [state] * 4
    with page.expect_download() as told:
        page.get_by_role("link", name="Export CSV").click()
    rows = {row["Student"]: row for row in csv.DictReader(io.StringIO(told.value.path().read_text("utf-8-sig")))}
    for name, state in {ON_TIME: "complete", LATE: "late", SILENT: "missing"}.items():
        assert [rows[name][column] for column in ("Work", *REQUIREMENTS[:3])] == [state] * 4
    assert [rows[name]["Replies: done"] for name in (ON_TIME, LATE, SILENT)] == ["2", "2", "0"]


def see_the_desk(visitor: Visitor) -> None:
    """The evidence, and a grade for each."""
    page = visitor.page
    page.get_by_role("link", name="Grade", exact=True).click()
    page.wait_for_url("**/grading")
    class_list = page.url
    for name, state in {ON_TIME: "complete", LATE: "late", SILENT: "missing"}.items():
        expect(page.locator(".class-list").get_by_role("row", name=name)).to_contain_text(state)
    for name, key in {ON_TIME: "last", LATE: "first"}.items():
        page.get_by_role("link", name=name).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        facts = page.locator(".fact")
        expect(facts.filter(has_text=re.compile("^.*Replies to 2 of 2 people")).first).to_be_visible()
        assert facts.filter(has_text="late").count() == (0 if name == ON_TIME else 3)
        choose(page, key)
        page.get_by_role("button", name="Release grade").click()
        expect(page.get_by_role("status").first).to_be_visible()
        page.goto(class_list)


def choose(page: Page, which: str) -> None:
    """The best or the lowest level of every criterion."""
    for criterion in page.locator("fieldset").filter(has=page.get_by_role("radio")).all():
        radios = criterion.get_by_role("radio")
        (radios.last if which == "last" else radios.first).check()


def see_the_gradebook(visitor: Visitor) -> None:
    visitor.site.send_due()
    gradebook = visitor.at("/gradebook")
    for name, score in {ON_TIME: "20", LATE: "0"}.items():
        expect(gradebook.get_by_role("row", name=name)).to_contain_text(score)


def progress(tool: FrameLocator) -> Locator:
    return tool.get_by_role("region", name="Your participation")


def reply(tool: FrameLocator, *, to: str, text: str) -> None:
    tool.get_by_role("link", name=f"Reply {to}", exact=True).click()
    expect(tool.get_by_role("group", name="Reply to")).to_be_visible()
    write(tool, text)
    tool.get_by_role("button", name="Post reply").click()
    expect(tool.get_by_role("status").first).to_have_text("Posted.")

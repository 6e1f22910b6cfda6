"""A week of discussion in the frame of the LMS, by keyboard alone: two students read, argue and are read and graded."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import FrameLocator, Locator, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.essays import FIRST_POST, REPLY_OF_60
from tests.browser.keyboard import Keyboard
from tests.browser.site import Site
from tests.browser.test_reader import ARTICLE, give
from tests.browser.visitor import Visitor
from tests.factories import files


@dataclass
class Member:
    """One person of the class at a browser of their own, in the frame, with a keyboard."""

    visitor: Visitor
    keys: Keyboard = field(init=False)
    faults: list[str] = field(default_factory=list)

    def come(self) -> None:
        """Open the discussion from the course page."""
        self.visitor.open()
        expect(self.tool.get_by_role("heading", level=1)).to_be_visible()
        self.keys = Keyboard(self.visitor.page, self.faults, self.visitor.tool_frame)

    @property
    def tool(self) -> FrameLocator:
        return self.visitor.tool

    def press(self, target: Locator) -> None:
        """Go there by Tab and press Enter."""
        self.keys.tab_to(target)
        self.keys.press("Enter")

    def follow(self, name: str) -> None:
        self.press(self.tool.get_by_role("link", name=name, exact=True).first)

    def push(self, name: str) -> None:
        self.press(self.tool.get_by_role("button", name=name, exact=True).first)

    def type(self, text: str) -> None:
        self.visitor.page.keyboard.type(text)

    def write(self, text: str) -> None:
        """Go to the composer, and put a text at the end of what stands there."""
        box = self.tool.get_by_role("textbox", name="Your post")
        self.keys.tab_to(box)
        expect(box.and_(self.tool.locator("[contenteditable]"))).to_be_focused()
        self.keys.press("Control+End")
        self.visitor.page.keyboard.insert_text(text)

    def open_menu(self, address: str) -> None:
        self.press(self.tool.locator(f'[id="p{address}"] .post-menu > summary'))

    def post_with(self, words: str) -> Locator:
        return self.tool.get_by_role("article").filter(has_text=words)


ANSWER = FIRST_POST.replace("harbour ferries", "night buses").replace("life jackets", "tickets")
REASON = "Please tell it without the council."


def test_a_week(resting_site: Site, visit: MakeVisitor):
    site = resting_site
    give(site, files.pdf(*ARTICLE))
    tane, uyen, miriam = (
        Member(visit(site, reduced_motion="reduce").become(who)) for who in ("tane", "uyen", "miriam")
    )
    read_and_cite(tane)
    address = post_first(tane)
    answer_with_a_mention(uyen, address)
    find_the_answer_and_edit(tane)
    report(uyen, address)
    hide(miriam, address)
    learn_of_it(tane)
    search(uyen)
    take_a_copy(uyen)
    grade(miriam, "Uyen Tran")
    site.send_due()
    see_the_grade(miriam, uyen)
    assert [tane.faults, uyen.faults, miriam.faults] == [[], [], []]


def read_and_cite(student: Member) -> None:
    student.come()
    expect(student.tool.get_by_role("article")).to_have_count(0)
    student.follow("Read Zaleznik 1977")
    expect(student.tool.locator("[data-ready]")).to_be_attached()
    student.keys.tab_to(student.tool.get_by_label("Search in this text"))
    student.type("two distinctive")
    student.keys.press("Enter")
    expect(student.tool.get_by_role("status").last).to_have_text("Match 1 of 1, on page 104")
    student.keys.tab_to(student.tool.get_by_role("button", name="Next match"))
    student.keys.press("c")
    expect(student.tool.get_by_label("Words to quote")).to_have_value("two distinctive")
    student.press(student.tool.locator("#cite-form").get_by_role("button", name="Cite in my post"))
    expect(student.tool.get_by_role("textbox", name="Your post")).to_contain_text("p. 104")


def post_first(student: Member) -> str:
    """Answer with the post's address."""
    student.write(FIRST_POST)
    student.push("Post")
    own = student.post_with("harbour ferries")
    expect(own).to_contain_text("counts as first post")
    expect(own).to_be_in_viewport()
    expect(student.tool.get_by_role("article").nth(1)).to_be_attached()  # the gate is open
    return (own.get_attribute("id") or "").removeprefix("p")


def answer_with_a_mention(student: Member, address: str) -> None:
    """A first post of their own opens the gate; then they answer."""
    student.come()
    expect(student.post_with("harbour ferries")).to_have_count(0)
    student.write(ANSWER)
    student.push("Post")
    expect(student.post_with("night buses")).to_be_in_viewport()
    student.follow(f"Reply {address}")
    student.write(REPLY_OF_60 + " ")
    student.type("@tan")
    expect(student.tool.get_by_role("option", name="Tane Ngata")).to_be_visible()
    student.keys.press("Enter")
    student.push("Post reply")
    expect(student.tool.get_by_role("status").first).to_have_text("Posted.")
    reply = student.post_with("convinced you of the opposite")
    expect(reply).to_contain_text("counts: reply 1 of 2")
    expect(reply).to_contain_text("@Tane Ngata")
    expect(reply).to_be_in_viewport()


def find_the_answer_and_edit(student: Member) -> None:
    """The next new post is theirs to read; then they go on with their own."""
    student.come()
    student.follow("Next new post")
    student.press(student.post_with("harbour ferries").first.get_by_role("link", name="Edit"))
    student.write(" And so it went.")
    student.push("Save changes")
    own = student.post_with("And so it went.")
    expect(own).to_contain_text("edited")
    expect(own).to_be_in_viewport()


def report(student: Member, address: str) -> None:
    student.come()
    student.open_menu(address)
    student.press(student.tool.locator(f'[id="p{address}"]').get_by_role("link", name="Report …"))
    student.keys.tab_to(student.tool.get_by_role("radio").first)
    student.keys.press("Space")
    student.keys.tab_to(student.tool.get_by_role("textbox"))
    student.type("It names the council.")
    student.push("Send report")
    expect(student.tool.get_by_role("status").first).to_contain_text("Thank you")


def hide(instructor: Member, address: str) -> None:
    """From the queue, with a reason."""
    instructor.come()
    instructor.press(instructor.tool.get_by_role("link", name=re.compile("^Moderation: [1-9]")))
    expect(instructor.tool.get_by_text("It names the council.")).to_be_visible()
    instructor.follow(f"Hide … {address}")
    instructor.keys.tab_to(instructor.tool.get_by_role("textbox"))
    instructor.type(REASON)
    instructor.push("Hide")
    expect(instructor.tool.get_by_role("status").first).to_contain_text("hidden")
    expect(instructor.tool.get_by_text("It names the council.")).to_have_count(0)


def learn_of_it(author: Member) -> None:
    """The author reads why, beside their own words, and that the first post is to be done again."""
    author.come()
    expect(author.tool.get_by_role("region", name="Your participation")).to_contain_text("To do: First post")
    author.follow("Go to my next post")
    own = author.post_with(REASON)
    expect(own).to_be_in_viewport()
    expect(own).to_contain_text("harbour ferries")


def search(student: Member) -> None:
    """What is hidden is found by nobody; the rest with the words marked, one step from the post."""
    student.come()
    student.follow("Search")
    words = student.tool.get_by_role("searchbox", name="Search for")
    student.keys.tab_to(words)
    student.type("harbour ferries")
    student.keys.press("Enter")
    expect(student.tool.get_by_role("heading", name="No results")).to_be_visible()
    student.keys.tab_to(words)
    student.keys.press("Control+a")
    student.type("night buses")
    student.keys.press("Enter")
    expect(student.tool.locator("mark").first).to_be_visible()
    student.press(student.tool.get_by_role("main").get_by_role("listitem").get_by_role("link").first)
    expect(student.post_with("night buses").first).to_be_in_viewport()


def take_a_copy(student: Member) -> None:
    """What the student may read, and nothing that is hidden from them."""
    student.come()
    student.follow("Export")
    with student.visitor.page.expect_download() as download:
        student.press(student.tool.get_by_role("link", name="Web page (All posts I can read)"))
    copy = download.value.path().read_text("utf-8")
    assert "night buses" in copy
    assert "harbour ferries" not in copy


def grade(instructor: Member, student: str) -> None:
    """The second level of each criterion, a comment, and out it goes."""
    instructor.come()
    instructor.follow("Grade")
    instructor.press(instructor.tool.get_by_role("region", name="Students").get_by_role("link", name=student))
    expect(instructor.tool.get_by_role("heading", level=1, name=student)).to_be_visible()
    for criterion in instructor.tool.locator("fieldset").all():
        instructor.keys.tab_to(criterion.get_by_role("radio").first)
        instructor.keys.press("Space", "ArrowRight")
        expect(criterion.get_by_role("radio").nth(1)).to_be_checked()
    instructor.keys.tab_to(instructor.tool.get_by_label("Comment to the student"))
    instructor.type("The tickets carry the argument.")
    instructor.push("Release grade")
    expect(instructor.tool.get_by_role("status").first).to_contain_text("Released.")


def see_the_grade(instructor: Member, student: Member) -> None:
    """In the gradebook of the LMS, and beside the discussion."""
    cell = instructor.visitor.at("/gradebook").get_by_role("row", name="Uyen Tran").get_by_role("cell")
    expect(cell).to_contain_text("The tickets carry the argument.")
    student.come()
    expect(student.tool.get_by_role("region", name="Your grade")).to_contain_text("The tickets carry the argument.")

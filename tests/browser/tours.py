"""Ways through all pages. Each step opens a page and answers with its name."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.composers import write
from tests.browser.site import Site
from tests.browser.visitor import Visitor

NOTHING = "/courses/1/discussions/999"
UNKNOWN_ISSUER = "iss=https://unknown.example&login_hint=1&target_link_uri=https://tool.example/lti/launch"


def discussion_url(site: Site, *more: object) -> str:
    """The address of Week 3, or of something below it."""
    return "/".join(map(str, [f"{site.tool_url}/courses/1/discussions/1", *more]))


def before_ones_first_post(visitor: Visitor) -> Iterator[str]:
    """A student who has written nothing."""
    page = visitor.become("soren").open_in_tab("rl-week-4")
    yield "not open yet"
    visitor.open_in_tab()
    yield "discussion before the first post"
    write(page, "  ")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "first post refused"
    page.goto(discussion_url(visitor.site, "participation"))
    yield "how it is counted, nothing written"
    page.goto(f"{visitor.site.tool_url}/courses/1")
    yield "course home of a student"


def in_the_discussion(visitor: Visitor) -> Iterator[str]:
    """A student who has written, and has a grade."""
    page = visitor.become("amara").open_in_tab()
    yield "discussion with a grade"
    page.get_by_text("By criterion").click()
    page.get_by_text("Rubric, 20 points").click()
    page.get_by_text("New thread").click()
    yield "discussion with everything unfolded"
    page.get_by_role("article").nth(39).scroll_into_view_if_needed()
    expect(page.locator(".further article").first).to_be_attached()
    yield "discussion with the posts that came by themselves"
    page.goto(discussion_url(visitor.site) + "?sort=oldest&at=14#p14")
    yield "last page of the discussion"
    visitor.open_in_tab()
    page.get_by_role("link", name="Reply 2", exact=True).click()  # a page, for there is a grade
    yield "reply"
    write(page, "  ")
    page.get_by_role("button", name="Post reply").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "reply refused"
    page.goto(discussion_url(visitor.site, "participation"))
    yield "how it is counted"
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("link", name="Edit").first.click()
    yield "edit"
    page.go_back()
    page.get_by_role("link", name="Delete").first.click()
    yield "delete"


def composing(visitor: Visitor) -> Iterator[str]:
    """A student who answers somebody that waits, and goes on later."""
    page = visitor.become("jakub").open_in_tab()
    page.goto(discussion_url(visitor.site, "unanswered"))
    yield "who waits for an answer"
    page.get_by_role("button", name="Reply").first.click()
    page.locator("summary").filter(has_text="Type of reply").click()
    page.get_by_label("Bold").click()  # which fetches the editor
    expect(page.locator(".with-editor")).to_be_visible()
    page.get_by_role("textbox", name="Your post").click()
    page.keyboard.type("I agree, great point.")
    expect(page.locator("[data-hint]")).to_be_visible()
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved")
    page.locator("[data-draft-elsewhere], [data-draft-local]").evaluate_all("all => all.forEach(e => e.hidden = false)")
    yield "reply with a draft, advice, another window and a version of this browser"
    visitor.open_in_tab()
    expect(page.get_by_role("region", name="Your drafts")).to_be_visible()
    yield "discussion with a draft"


def at_the_desk(visitor: Visitor) -> Iterator[str]:
    """The instructor, grading."""
    page = visitor.become("miriam").open_in_tab()
    yield "discussion of the instructor"
    page.goto(discussion_url(visitor.site, "grading"))
    yield "class list"
    page.goto(discussion_url(visitor.site, "grading/passback"))
    yield "gradebook status"
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", name="Dry run: nothing was sent")).to_be_visible()
    yield "gradebook status, dry run"
    for student, state in (
        ("Dana Whitfield", "in the gradebook"),
        ("Ben Okafor", "refused"),
        ("Grace Lim", "delayed"),
        ("Elif Kaya", "changed since"),
        ("Farid Nasser", "draft"),
        ("Priya Raman", "ungraded"),
        ("Tane Ngata", "without posts"),
    ):
        page.goto(discussion_url(visitor.site, "grading"))
        page.get_by_role("link", name=student).click()
        yield f"desk, {state}"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "desk, keys"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Release grade").click()
    yield "desk, release refused"


def setting_up(visitor: Visitor) -> Iterator[str]:
    """The instructor, preparing."""
    page = visitor.become("miriam").open_in_tab("rl-week-4")
    yield "set-up, new"
    page.get_by_text("Add a reading", exact=True).click()
    page.get_by_role("textbox", name="Link optional").fill("not an address")
    page.get_by_role("button", name="Add this reading").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "set-up, reading refused"
    page.get_by_label("Title", exact=True).first.fill("")
    page.get_by_role("button", name="Save and show").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "set-up refused"
    page.goto(discussion_url(visitor.site, "settings"))
    yield "set-up, changing"
    page.goto(discussion_url(visitor.site, "posts", 1, "delete"))
    yield "remove a post of another"
    page.goto(f"{visitor.site.tool_url}/courses/1")
    yield "course home of the instructor"


def adding(visitor: Visitor) -> Iterator[str]:
    """The instructor, adding an activity from the LMS."""
    page = visitor.become("miriam").at("/launch/deep-linking?target=window")
    page.wait_for_url("**/add/**")
    yield "add a discussion"
    address = page.url
    page.get_by_label("Points in the gradebook").fill("-1")
    page.locator("form").evaluate("(form) => { form.noValidate = true }")
    page.get_by_role("button", name="Add to the course").click()
    expect(page.get_by_text("must be").first).to_be_visible()
    yield "add a discussion, refused"
    page.get_by_label("Points in the gradebook").fill("10")
    page.route("**/deep-linking/return", lambda route: route.fulfill(status=204))  # so that the page before it stays
    page.get_by_role("button", name="Add to the course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The discussion is ready to add")
    yield "add a discussion, done"
    page.unroute("**/deep-linking/return")
    page.get_by_role("button", name="Back to the course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Activity added to the course page")
    yield "LMS: activities added"
    page.goto(address)
    yield "add a discussion, over"


def strayed(visitor: Visitor) -> Iterator[str]:
    """Pages that say what went wrong."""
    page = visitor.become("soren").open_in_tab()
    for name, address in (
        ("not found", visitor.site.tool_url + NOTHING),
        ("forbidden", discussion_url(visitor.site, "grading")),
        ("launch refused", f"{visitor.site.tool_url}/lti/launch"),
        ("login refused", f"{visitor.site.tool_url}/lti/login?{UNKNOWN_ISSUER}"),
    ):
        page.goto(address)
        if page.get_by_text("For administrators").is_visible():
            page.get_by_text("For administrators").click()
        yield name
    visitor.open_in_tab()
    write(page, "A thought that must not be lost.")
    visitor.context.clear_cookies()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Copy it before you leave")).to_be_visible()
    yield "visit over, text kept"
    page.goto(begun_without_cookies(visitor))
    expect(page.get_by_role("link", name="Open in a new tab")).to_be_visible()
    yield "open in its own tab"


def begun_without_cookies(visitor: Visitor) -> str:
    """Begin a launch, and answer where the browser would go next if it had kept the cookie."""
    lms = visitor.site.lms
    fields: dict[str, str | float | bool] = {**lms.login_fields(lms.launch("soren", "rl-week-3"))}
    begun = visitor.context.request.post(f"{visitor.site.tool_url}/lti/login", form=fields, max_redirects=0)
    visitor.context.clear_cookies()
    return visitor.site.tool_url + begun.headers["location"]


def around(visitor: Visitor) -> Iterator[str]:
    """The LMS's own pages."""
    page = visitor.become("miriam").at("/")
    yield "LMS: course of the instructor"
    for name, path in (
        ("gradebook", "/gradebook"),
        ("log", "/log"),
        ("faults", "/faults"),
        ("nothing there", "/placements/none"),
        ("back from the tool", "/return?lti_errormsg=It+failed&lti_msg=It+worked"),
        ("unknown tool", "/auth"),
    ):
        page.goto(visitor.site.lms_url + path)
        yield f"LMS: {name}"
    page.goto(f"{visitor.site.lms_url}/log")
    page.locator("summary").first.click()
    yield "LMS: log, one opened"
    visitor.open()
    expect(visitor.tool.get_by_role("heading", level=1)).to_be_visible()
    yield "LMS: activity of the instructor"
    visitor.become("soren").at("/")
    yield "LMS: course of a student"
    page.goto(f"{visitor.site.lms_url}/gradebook")
    yield "LMS: gradebook of a student"


def closed(visitor: Visitor) -> Iterator[str]:
    """After the last day."""
    page: Page = visitor.become("amara").open_in_tab()
    expect(page.get_by_text("This discussion is closed.")).to_be_visible()
    yield "discussion, closed"
    visitor.become("soren").open_in_tab("rl-week-4")
    yield "not open yet, with its date"
    visitor.become("miriam").open_in_tab("rl-week-4")
    yield "discussion of the instructor before it opens"

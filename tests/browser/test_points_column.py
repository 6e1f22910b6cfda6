"""Points for participation: chosen in the settings, sent with a grade, seen in the LMS’s gradebook and by students."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.states import Desk
from tests.browser.test_passback import read_back
from tests.browser.tours import discussion_url

TITLE = "Are leaders and managers different kinds of people?"
COLUMN = f"{TITLE}: participation"


def test_points_reach_the_gradebook_with_the_grade_and_by_hand(resting_site: Site, visit: MakeVisitor):
    visitor = visit(resting_site).become("miriam")
    page = visitor.open_in_tab()
    choose_a_column(page, resting_site)
    desk = Desk(resting_site)
    desk.mark("dana")
    desk.release("dana")
    resting_site.send_due()
    assert scores(resting_site, "dana") == {TITLE: 20, COLUMN: 5}
    gradebook = visitor.at("/gradebook")
    expect(gradebook.get_by_role("columnheader", name=COLUMN)).to_contain_text("out of 5")
    tool = visitor.become("dana").open()
    own = tool.get_by_role("region", name="Your participation")
    expect(own).to_contain_text(f"5 of 5 points. In your gradebook as “{COLUMN}”: 5 of 5.")
    page = visitor.become("miriam").open_in_tab()
    page.goto(discussion_url(resting_site, "grading", "points"))
    expect(row(page, "Dana Whitfield")).to_contain_text("sent")
    page.get_by_role("link", name="all", exact=True).click()
    page.get_by_label("Select Grace Lim").uncheck()
    page.get_by_role("button", name="Send participation points").click()
    expect(page.get_by_role("status")).to_contain_text("Sending the points of 22 students.")
    resting_site.send_due()
    page.get_by_role("button", name="Check the gradebook").click()
    read_back(resting_site)
    page.reload()
    expect(page.get_by_text("23 of 23 scores are confirmed in the LMS.")).to_be_visible()
    expect(row(page, "Dana Whitfield")).to_contain_text("✓ confirmed")
    expect(row(page, "Grace Lim")).to_contain_text("nothing yet")
    assert scores(resting_site, "grace") == {}
    (item,) = (each for each in resting_site.lms.gradebook.line_items() if each.label == COLUMN)
    assert (item.tag, item.resource_link_id, item.score_maximum) == ("colloquy-points", None, 5)


def choose_a_column(page: Page, site: Site) -> None:
    """Give points to what is required; students have posted already, so the page shows first what changes for them."""
    page.goto(discussion_url(site, "settings"))
    page.get_by_text("Optional requirements and points").click()
    page.get_by_label("First post: points").fill("2")
    page.get_by_label("Replies: points").fill("3")
    page.get_by_label("Participation points go to").select_option(label="A separate gradebook column")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", level=1, name="Before you save")).to_be_visible()
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("status").first).to_contain_text("Discussion saved.")


def scores(site: Site, key: str) -> dict[str, float | None]:
    """The grades of somebody in the LMS, by the name of their column."""
    labels = {item.id: item.label for item in site.lms.gradebook.line_items()}
    found = site.lms.gradebook.scores(user_id=site.lms.person(key).id)
    return {labels[score.line_item_id]: score.score_given for score in found}


def row(page: Page, name: str):
    return page.get_by_role("row", name=name)

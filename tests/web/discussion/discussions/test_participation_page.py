"""GET …/participation: how participation is counted, and what the reader's own numbers were counted from."""

from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Calendar
from tests.cast import MONDAY
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address


@pytest.mark.parametrize("who", ["ines", "tariq", "ana", "olga"])
def test_rules_are_told_to_everybody(site, cast, with_readings, who):
    answer = site.browser(getattr(cast, who)).get(address(with_readings, "participation"))
    assert answer.status == 200
    for words in (
        "at least 5 words",
        "2 different classmates",
        "Cite each of these readings: Kotter 1990; Zaleznik 1977.",
    ):
        assert words in answer.text
    assert "[Kotter 1990, p. 104]" in answer.text
    assert bool(answer.page.all("table")) == (who == "ana")


def test_only_what_is_asked_for_is_explained(site, cast):
    discussion = site.discussion(first_post_words=0, replies_wanted=0, reply_words=0, calendar=Calendar())
    answer = site.browser(cast.ana).get(address(discussion, "participation"))
    assert [heading.text for heading in answer.page.all("h2")] == ["Always"]


def test_own_count_names_the_posts(site, cast, discussion):
    first = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    site.write(cast.ana, discussion, to=first)
    table = site.browser(cast.ana).get(address(discussion, "participation")).page.one("tbody")
    rows = [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]
    assert rows == [
        ["First post, 7 of 5 words", "Done", "2", "Mon, Mar 2, 10:00 AM, 3 days early"],
        ["Replies to 1 of 2 people", "Started", "1.1 to Ben Carter", "due Sun, Mar 8, 10:00 AM (in 6 days)"],
    ]


@pytest.mark.parametrize("more", [(), ("participation",)])
def test_what_is_overdue_still_counts_until_the_discussion_closes(site, cast, discussion, more):
    told = "still counts, marked late"

    def shown():
        return " ".join(site.browser(cast.ana).get(address(discussion, *more)).page.one("main").text.split())

    assert told not in shown()
    site.clock.move(days=4)
    assert shown().count(f"was due Thu, Mar 5, 10:00 AM, {told}") == 1
    site.write(cast.ana, discussion)
    assert told not in shown()
    site.clock.move(days=4)
    assert "was due" in shown()
    assert told not in shown()


def test_what_is_not_open_is_not_told(site, cast):
    discussion = site.discussion(calendar=Calendar(opens_at=MONDAY + timedelta(days=1)))
    assert "at least 5 words" in site.browser(cast.ines).get(address(discussion, "participation")).text
    answer = site.browser(cast.ana).get(address(discussion, "participation"))
    assert (answer.status, "at least 5 words" in answer.text) == (200, False)


def test_other_courses_discussion_is_not_there(site, cast, foreign):
    refused(site.browser(cast.ines).get(f"/courses/{cast.course_id}/discussions/{foreign.id}/participation"), 404)


def test_no_visit_is_told_to_come_from_the_course_page(site, discussion):
    refuses_no_visit(site, address(discussion, "participation"))


def test_wrong_methods_are_refused(site, cast, discussion):
    refuses_methods(site, cast.ana, address(discussion, "participation"), "POST", "DELETE")


def test_statements_do_not_grow_with_the_posts(site, cast, with_readings):
    browser = site.browser(cast.ana)
    few = costs(site, lambda: browser.get(address(with_readings, "participation")))
    site.write(cast.ana, with_readings)
    for student in cast.students * 3:
        site.write(cast.ana, with_readings, "I cite. [Kotter 1990]", to=site.write(student, with_readings))
    assert costs(site, lambda: browser.get(address(with_readings, "participation"))) == few <= 7

"""GET /courses/<id>: the discussions of the course with their dates."""

import json
from datetime import timedelta

import pytest

from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.rules import Calendar
from lti_app.grading.assessments.actions.bulk import excuse
from tests.cast import MONDAY
from tests.factories.discussions import WEEK
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address


@pytest.mark.parametrize("who", ["ines", "tariq", "ana", "olga"])
def test_every_role_sees_the_discussions(site, discussion, who):
    actor = getattr(site.cast, who)
    answer = site.browser(actor).get(f"/courses/{actor.course_id}")
    assert answer.status == 200
    assert answer.page.one("h1").text == "Leading Change"
    links = [link.attrs["href"] for link in answer.page.one("main").all("a")]
    home = f"/courses/{actor.course_id}"
    staff = [address(discussion, "grading")] if actor.is_staff else []
    rubrics = [f"{home}/rubrics", f"{home}/comments"] if actor.is_staff else []
    own = [f"{home}/people/{actor.person_id}/grades"] if who == "ana" else []
    taught = [f"{home}/participation", f"{home}/participation/signals", f"{home}/messages/new"]
    own += taught if actor.is_staff else []
    own += [f"{home}/notices"]
    own += [address(discussion), address(discussion, "participation")] if who == "ana" else []
    before, after = ([f"{home}/readings/add"], [f"{home}/settings"]) if who == "ines" else ([], [])
    assert links == [*own, address(discussion), *staff, *before, *rubrics, *after]


def test_discussions_stand_with_their_dates(site, cast):
    def dated(title, **dates):
        site.discussion(title=title, calendar=Calendar(**{k: MONDAY + timedelta(days=v) for k, v in dates.items()}))

    dated("Later", opens_at=2, first_post_due=4)
    dated("Now", first_post_due=1, replies_due=2)
    dated("Over", closes_at=0)
    dated("Always")
    page = site.browser(cast.olga).get(f"/courses/{cast.course_id}").page
    assert [item.text for item in page.one("ul", class_="discussion-list").all("li")] == [
        "Now first post due Tue, Mar 3, 10:00 AM (in 1 day) replies due Wed, Mar 4, 10:00 AM (in 2 days)",
        "Later opens Wed, Mar 4, 10:00 AM (in 2 days)",
        "Over closed Mon, Mar 2, 10:00 AM",
        "Always open",
    ]


def test_students_are_not_told_of_what_is_being_prepared(site, cast):
    site.reserve()
    path = f"/courses/{cast.course_id}"
    assert "not set up yet" in site.browser(cast.ines).get(path).text
    for actor in (cast.ana, cast.olga):
        answer = site.browser(actor).get(path)
        assert "not set up yet" not in answer.text
        assert "No discussions are available yet." in answer.text


def test_empty_course_says_what_to_do(site, cast):
    assert "Add the activity to your course page" in site.browser(cast.ines).get(f"/courses/{cast.course_id}").text


def test_course_of_others_is_closed(site, discussion, foreign, cast):
    refused(site.browser(cast.ines).get(f"/courses/{foreign.course_id}"), 401)
    refused(site.browser(cast.ines).get("/courses/4711"), 401)
    assert "Managers and leaders" in site.browser(cast.elsewhere).get(f"/courses/{foreign.course_id}").text


def test_no_visit_is_told_to_come_from_the_course_page(site, cast):
    refuses_no_visit(site, f"/courses/{cast.course_id}")


def test_wrong_methods_are_refused(site, cast):
    refuses_methods(site, cast.ines, f"/courses/{cast.course_id}", "POST", "PUT", "DELETE", "PATCH")


def test_statements_do_not_grow_with_the_course(site, cast):
    browser = site.browser(cast.ana)
    site.discussion()
    few = costs(site, lambda: browser.get(f"/courses/{cast.course_id}"))
    for number in range(6):
        site.discussion(title=f"Week {number}", reading_ids=site.readings())
    assert costs(site, lambda: browser.get(f"/courses/{cast.course_id}")) == few <= 7


def test_those_who_teach_see_what_waits(site, cast, discussion):
    other = site.discussion(title="Week 4")
    for who in cast.students:
        site.write(who, discussion)
    site.write(cast.ana, other)
    site.mark(discussion, cast.ana)
    site.clock.now = WEEK.first_post_due - timedelta(hours=23)
    home = f"/courses/{cast.course_id}"
    signals = len(site.browser(cast.ines).get(f"{home}/participation/signals").page.all("button"))
    for who in (cast.ines, cast.tariq):
        page = site.browser(who).get(home).page
        desks = {link.attrs["href"]: link.text for link in page.one("ul", class_="discussion-list").all("a")}
        assert desks[address(discussion, "grading")] == f"2 students to grade {discussion.title}"
        assert desks[address(other, "grading")] == "1 student to grade Week 4"
        (found,) = [each for each in page.all("a") if each.attrs["href"] == f"{home}/participation/signals"]
        assert found.text == "Signals"
        assert json.loads(site.browser(who).get(found.attrs["data-words"]).body) == f"{signals} signals"
    assert signals > 1


def test_students_and_observers_are_told_of_neither(site, cast, discussion):
    site.write(cast.ana, discussion)
    site.clock.now = WEEK.first_post_due - timedelta(hours=23)
    for who in (cast.ana, cast.olga):
        answer = site.browser(who).get(f"/courses/{cast.course_id}")
        assert "to grade" not in answer.text
        assert "signal" not in answer.text
        refused(site.browser(who).get(f"/courses/{cast.course_id}/participation/signals/count"), 403)
    preview = site.browser(cast.ines, role=cast.ana.role).get(f"/courses/{cast.course_id}")
    assert "to grade" not in preview.text
    assert "signal" not in preview.text


def test_a_dismissed_signal_is_not_counted(site, cast, discussion):
    site.write(cast.ana, discussion)
    site.clock.now = WEEK.first_post_due - timedelta(hours=23)
    browser, home = site.browser(cast.ines), f"/courses/{cast.course_id}"
    page = f"{home}/participation/signals"

    def told():
        return int(json.loads(browser.get(f"{page}/count").body).split()[0])

    before = told()
    form = next(row for row in browser.get(page).page.all("tr") if row.all("form")).one("form")
    browser.post(form.attrs["action"], **values_of(form))
    assert told() == before - 1


def test_statements_for_those_who_teach_do_not_grow_with_the_course(site, cast, discussion):
    browser = site.browser(cast.ines)
    few = costs(site, lambda: browser.get(f"/courses/{cast.course_id}"))
    for number in range(4):
        further = site.discussion(title=f"Week {number}", reading_ids=site.readings())
        for who in cast.students:
            site.write(who, further, f"A thought on {number} by {who.name}.")
    assert costs(site, lambda: browser.get(f"/courses/{cast.course_id}")) == few <= 9


def owed(site, who):
    """What a student still has to do, by discussion."""
    page = site.browser(who).get(f"/courses/{who.course_id}").page
    return {each.one("h3").text: [item.text for item in each.all("li")] for each in page.all("div", class_="owed")}


def test_a_student_sees_what_is_owed_the_next_due_first(site, cast):
    def dated(title, first, replies):
        days = [MONDAY + timedelta(days=day) for day in (first, replies)]
        return site.discussion(title=title, calendar=Calendar(first_post_due=days[0], replies_due=days[1]))

    dated("Next week", 8, 9)
    done, begun = dated("Done in part", 1, 9), dated("Tomorrow", 1, 2)
    site.write(cast.ana, done)
    site.write(cast.ana, begun, "Too short.")
    found = owed(site, cast.ana)
    assert list(found) == ["Tomorrow", "Next week", "Done in part"]
    assert found["Done in part"] == ["To do: Replies to 0 of 2 people due Wed, Mar 11, 10:00 AM (in 9 days)"]
    assert found["Tomorrow"][0] == "Started: First post, 2 of 5 words due Tue, Mar 3, 10:00 AM (in 1 day)"
    page = site.browser(cast.ana).get(f"/courses/{cast.course_id}").page
    assert [each.one("b").text for each in page.all("div", class_="soon")] == ["Due tomorrow"]
    assert "○ in progress" in page.one("ul", class_="discussion-list").text


def test_what_is_overdue_still_counts_until_the_discussion_closes(site, cast, discussion):
    site.clock.move(days=4)
    first, replies = owed(site, cast.ana)[discussion.title]
    assert first.startswith("To do: Replies")
    assert replies == "Overdue: First post of at least 5 words was due Thu, Mar 5, 10:00 AM, still counts, marked late"
    site.clock.move(days=4)
    answer = site.browser(cast.ana).get(f"/courses/{cast.course_id}")
    assert "Nothing is due from you at the moment." in answer.text
    assert "✗ missing" in answer.text


def test_nothing_is_owed_by_the_excused_nor_by_others(site, cast, discussion):
    with site.database.writing() as session:
        excuse(session, cast.ines, discussion, [cast.ana.person_id], is_excused=True, now=site.clock())
    assert not owed(site, cast.ana)
    assert owed(site, cast.ben)
    for who in (cast.ines, cast.tariq, cast.olga):
        assert "Your participation" not in site.browser(who).get(f"/courses/{cast.course_id}").text


def test_an_extension_moves_what_is_due(site, cast, discussion):
    later = Calendar(first_post_due=MONDAY + timedelta(days=5))
    with site.database.writing() as session:
        about = {"person_id": cast.ana.person_id, "dates": later, "note": "", "now": site.clock()}
        extend(session, cast.ines, discussion, **about)
    assert "Sat, Mar 7" in owed(site, cast.ana)[discussion.title][0]
    assert "Thu, Mar 5" in owed(site, cast.ben)[discussion.title][0]

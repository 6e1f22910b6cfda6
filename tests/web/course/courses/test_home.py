"""GET /courses/<id>: the discussions of the course with their dates."""

from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Calendar
from tests.cast import MONDAY
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
    own = [f"{home}/people/{actor.person_id}/grades"] if who in ("ana", "ben", "chi") else []
    before, after = ([f"{home}/readings/add"], [f"{home}/settings"]) if who == "ines" else ([], [])
    assert links == [*own, address(discussion), *staff, *before, *rubrics, *after]


def test_discussions_stand_with_their_dates(site, cast):
    def dated(title, **dates):
        site.discussion(title=title, calendar=Calendar(**{k: MONDAY + timedelta(days=v) for k, v in dates.items()}))

    dated("Later", opens_at=2, first_post_due=4)
    dated("Now", first_post_due=1, replies_due=2)
    dated("Over", closes_at=0)
    dated("Always")
    items = [item.text for item in site.browser(cast.ana).get(f"/courses/{cast.course_id}").page.all("li")]
    assert items == [
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
    assert costs(site, lambda: browser.get(f"/courses/{cast.course_id}")) == few <= 3

"""GET …/people/<person>/grades: what one student has done in all discussions."""

from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Anonymity, Calendar
from lti_app.grading.assessments.actions.bulk import excuse
from tests.factories.discussions import PAID
from tests.web.questions import costs, refused, refuses_no_visit


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/people/{cast.ana.person_id}/grades"


def grade(site, student, discussion, level):
    site.mark(discussion, student, level=level, comment="Well <begun>.")
    site.release(discussion, student)


def test_each_discussion_tells_what_counted_and_the_released_grade(site, cast, discussion, path):
    post = site.write(cast.ana, discussion)
    waiting = site.discussion(title="Week 4")
    grade(site, cast.ana, discussion, 1)
    site.mark(waiting, cast.ana)
    for who in (cast.ana, cast.ines, cast.tariq):
        answer = site.browser(who).get(path)
        graded, ungraded = answer.page.all("ol", class_="term-lines")[0].all("h2")
        assert ungraded.text == "Week 4"
        assert graded.one("a").text == discussion.title
        assert "Well <begun>." in answer.text
        assert answer.text.count("No grade yet") == 1
        assert len(answer.page.all("ol", class_="checklist")) == 2
        assert f"in {post.address}" in answer.page.all("ol", class_="checklist")[0].text
        assert not answer.page.all("svg")


def test_grades_are_drawn_and_told_in_percent(site, cast, discussion, path):
    second, third = site.discussion(title="Week 4"), site.discussion(title="Week 5")
    for each, level in ((discussion, 0), (second, 1), (third, -1)):
        grade(site, cast.ana, each, level)
    page = site.browser(cast.ana).get(path).page
    told = [row.one("td").text for row in page.one("tbody").all("tr")]
    assert told[0] == "100%"
    assert told[2] == "0%"
    heights = [float(point.attrs["cy"]) for point in page.all("circle")]
    assert heights == sorted(heights)
    assert len(set(heights)) == 3
    assert [row.one("th").text for row in page.one("tbody").all("tr")] == [discussion.title, "Week 4", "Week 5"]


def test_points_for_participation_are_told_where_it_gives_any(site, cast, discussion, path):
    assert "points for participation" not in site.browser(cast.ana).get(path).text
    site.write(cast.ana, site.discussion(title="Paid", **PAID))
    for who in (cast.ana, cast.ines):
        page = site.browser(who).get(path).page
        assert [each.text for each in page.all("p", class_="points-line")] == ["2 of 5 points for participation"]


def test_what_is_overdue_still_counts_until_the_discussion_closes(site, cast, discussion, path):
    told = "still counts, marked late"
    assert told not in site.browser(cast.ana).get(path).text
    site.clock.move(days=4)
    assert site.browser(cast.ana).get(path).text.count(told) == 1
    site.clock.move(days=4)
    assert told not in site.browser(cast.ana).get(path).text


def test_nobody_but_the_student_and_graders_sees_it(site, cast, discussion, path):
    for who in (cast.ben, cast.olga):
        refused(site.browser(who).get(path), 403)
    here = f"/courses/{cast.course_id}/people"
    for person in (cast.ines.person_id, cast.olga.person_id, cast.stranger.person_id, 4711):
        refused(site.browser(cast.tariq).get(f"{here}/{person}/grades"), 404)
    refused(site.browser(cast.olga).get(f"{here}/{cast.olga.person_id}/grades"), 404)
    refused(
        site.browser(cast.elsewhere).get(f"/courses/{cast.elsewhere.course_id}/people/{cast.ana.person_id}/grades"), 404
    )
    refuses_no_visit(site, path)


def test_a_draft_is_not_told_even_after_a_release(site, cast, discussion, path):
    grade(site, cast.ana, discussion, 0)
    site.mark(discussion, cast.ana, version=1, lowest=True, comment="Lower.")
    for who in (cast.ana, cast.ines):
        answer = site.browser(who).get(path)
        assert "20 of 20 points" in answer.text
        assert "Lower." not in answer.text


def test_a_blind_discussion_tells_graders_nothing_of_a_named_student(site, cast, path):
    discussion = site.discussion(anonymity=Anonymity.BLIND, title="Unnamed")
    site.write(cast.ana, discussion, "A thought on ferries.")
    answer = site.browser(cast.ines).get(path)
    assert "Names are hidden in this discussion" in answer.text
    assert not answer.page.all("ol", class_="checklist")
    own = site.browser(cast.ana).get(path)
    assert "Names are hidden" not in own.text
    assert len(own.page.all("ol", class_="checklist")) == 1


def test_an_excused_student_and_a_discussion_to_come(site, cast, discussion, path):
    site.discussion(title="Later", calendar=Calendar(site.clock() + timedelta(days=9)))
    with site.database.writing() as session:
        excuse(session, cast.ines, discussion, [cast.ana.person_id], is_excused=True, now=site.clock())
    answer = site.browser(cast.ana).get(path)
    assert "Excused" in answer.text
    assert "Later" not in answer.text


def test_ways_lead_there(site, cast, discussion, path):
    grade(site, cast.ana, discussion, 0)
    home = f"/courses/{cast.course_id}"
    for page, who in ((home, cast.ana), (f"{home}/discussions/{discussion.id}", cast.ana)):
        assert path in {link.attrs.get("href") for link in site.browser(who).get(page).page.all("a")}
    desk = f"{home}/discussions/{discussion.id}/grading/{cast.ana.person_id}"
    assert path in {link.attrs.get("href") for link in site.browser(cast.ines).get(desk).page.all("a")}


def test_statements_do_not_grow_with_the_term(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    grade(site, cast.ana, discussion, 0)
    browser = site.browser(cast.ana)
    few = costs(site, lambda: browser.get(path))
    for title in ("Week 4", "Week 5", "Week 6"):
        further = site.discussion(title=title)
        site.write(cast.ana, further, f"A thought on {title}.")
        grade(site, cast.ana, further, 1)
    assert costs(site, lambda: browser.get(path)) == few <= 8

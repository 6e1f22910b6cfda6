"""Reviews on the screen: setting them up, assigning, writing, reading, and what graders see."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.rules import Structure
from lti_app.discussion.moderation.actions import change_post
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.reviewing.rules.plans import Pairing, ReviewNames
from lti_app.grading.assessments.actions.rescoring import change_rubric
from lti_app.grading.rubrics.rules.plans import plan_of
from tests.cast import MONDAY
from tests.factories.reviews import DUE, again, assign, plan_reviews, tasks_of
from tests.web.questions import costs, refused
from tests.web.site import address

PLAN = {
    "peers": "2",
    "time_zone": "UTC",
    "due": "2026-03-08T23:59",
    "pairing": "anyone",
    "names": "both_hidden",
    "posted_first": "y",
    "automatic": "y",
    "instructor": "60",
    "peer_weight": "40",
    "own_weight": "0",
}


@pytest.fixture
def assigned(site, cast, discussion):
    """Three students have posted, and review one another."""
    for student in cast.students:
        site.write(student, discussion)
    with site.database.writing() as session:
        discussion = plan_reviews(session, cast.ines, discussion, self_review=True)
        assign(session, cast.ines, discussion, now=site.clock())
    return discussion


def task(site, reviewer, author, discussion):
    with site.read() as session:
        tasks = tasks_of(session, reviewer, discussion, now=site.clock())
    return next(each for each in tasks if each.author_id == author.person_id)


def submit(site, reviewer, author, discussion, *, level=0, comment="", action="submit"):
    """Through the page, as a browser does without scripts."""
    here = address(discussion, "reviews", "write", task(site, reviewer, author, discussion).key)
    chosen = {f"criterion-{each.key}": str(each.levels[level].key) for each in site.rubric(discussion).criteria}
    return site.browser(reviewer).post_form(here, here, **chosen, comment=comment, action=action)


def test_instructor_sets_reviews_up_and_assigns_them(site, cast, discussion):
    for student in cast.students:
        site.write(student, discussion)
    browser = site.browser(cast.ines)
    settings = address(discussion, "reviews", "settings")
    assert browser.post_form(settings, settings, **PLAN).status == 303
    overview = address(discussion, "reviews", "overview")
    page = browser.get(overview)
    assert "Each gets 2 reviews by classmates." in page.text
    assert "6 to add" in page.text
    assert browser.post_form(address(discussion, "reviews", "assign"), overview).status == 303
    assert "Everything is assigned." in browser.get(overview).text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"due": ""}, "Enter the date by which reviews are due."),
        ({"due": "2026-03-04T12:00"}, "Choose a date after first posts are due."),
        ({"instructor": "70"}, "must add up to 100"),
        ({"peers": "6"}, "Number must be between"),
        ({"instructor": "NaN"}, "Not a valid decimal value"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_what_was_typed(site, cast, discussion, changes, told):
    settings = address(discussion, "reviews", "settings")
    answer = site.browser(cast.ines).post_form(settings, settings, **{**PLAN, **changes})
    assert answer.status == 422
    assert told in answer.text
    assert 'value="40"' in answer.html


def test_two_instructors_do_not_overwrite_each_other(site, cast, discussion):
    settings = address(discussion, "reviews", "settings")
    browser = site.browser(cast.ines)
    browser.get(settings)
    assert browser.post_form(settings, settings, **PLAN).status == 303
    answer = browser.post_form(settings, settings, **{**PLAN, "version": "0"})
    assert answer.status == 409
    assert "someone else changed these settings" in answer.text


def test_a_student_writes_a_draft_then_submits_it(site, cast, assigned):
    assert submit(site, cast.ana, cast.ben, assigned, action="save", comment="So far").status == 303
    mine = address(assigned, "reviews")
    assert "draft saved" in site.browser(cast.ana).get(mine).text
    assert submit(site, cast.ana, cast.ben, assigned, comment="Done").status == 303
    page = site.browser(cast.ana).get(mine)
    assert "submitted" in page.text


def test_an_incomplete_review_is_not_submitted_and_nothing_is_lost(site, cast, assigned):
    here = address(assigned, "reviews", "write", task(site, cast.ana, cast.ben, assigned).key)
    answer = site.browser(cast.ana).post_form(here, here, comment="Half a review", action="submit")
    assert answer.status == 422
    assert "choose a level for every criterion" in answer.text
    assert "Half a review" in answer.text


def test_a_review_that_is_submitted_can_be_changed_until_it_is_due(site, cast, assigned):
    submit(site, cast.ana, cast.ben, assigned)
    assert submit(site, cast.ana, cast.ben, assigned, level=1, comment="Second thoughts").status == 303
    site.clock.now = DUE + timedelta(minutes=1)
    assert submit(site, cast.ana, cast.ben, assigned, level=0).status == 422


def test_a_late_review_is_submitted_once_and_told(site, cast, assigned):
    site.clock.now = DUE + timedelta(minutes=1)
    browser = site.browser(cast.ana)
    assert submit(site, cast.ana, cast.ben, assigned).status == 303
    assert "late" in browser.get(address(assigned, "reviews")).text


def test_nobody_else_opens_a_review(site, cast, assigned):
    here = address(assigned, "reviews", "write", task(site, cast.ana, cast.ben, assigned).key)
    for other in (cast.ben, cast.chi, cast.ines, cast.tariq, cast.olga):
        refused(site.browser(other).get(here), 404)


def test_hidden_names_are_in_no_page_and_no_address(site, cast, assigned):
    """Neither the reviewer for the author nor the author for the reviewer: no name, no id, no time."""
    for reviewer in (cast.ana, cast.chi):
        submit(site, reviewer, cast.ben, assigned, comment="Well argued")
    writes = site.browser(cast.ana).get(
        address(assigned, "reviews", "write", task(site, cast.ana, cast.ben, assigned).key)
    )
    site.clock.now = DUE + timedelta(minutes=1)
    reads = site.browser(cast.ben).get(address(assigned, "reviews"))
    assert reads.text.count("Well argued") == 2
    for page, hidden in ((reads, (cast.ana, cast.chi)), (writes, (cast.ben,))):
        main = page.html[page.html.index("<main") :]
        for person in hidden:
            assert person.name not in main
            assert person.name.split()[0] not in main
            targets = " ".join(re.findall(r'(?:href|action|src)="([^"]*)"', main)).replace(address(assigned), "")
            assert not re.search(rf"/{person.person_id}\b", targets.replace(f"/courses/{cast.course_id}", ""))
            assert "?at=" not in targets  # nor the way to the post in its thread
    received = reads.html[reads.html.index("Reviews of your posts") :]
    assert "<time" not in received


def test_own_posts_are_reviewed_likewise(site, cast, assigned):
    assert submit(site, cast.ana, cast.ana, assigned, comment="I could cite more").status == 303
    site.clock.now = DUE + timedelta(minutes=1)
    assert (
        "I could cite more"
        not in site.browser(cast.ana).get(address(assigned, "reviews")).text.split("Reviews of your")[1]
    )


def test_home_and_discussion_tell_what_is_owed(site, cast, assigned):
    browser = site.browser(cast.ana)
    assert "3 reviews to write" in browser.get(f"/courses/{cast.course_id}").text
    assert "0 of 3 submitted" in browser.get(address(assigned)).text
    submit(site, cast.ana, cast.ben, assigned)
    assert "2 reviews to write" in browser.get(f"/courses/{cast.course_id}").text


def test_first_look_after_the_date_assigns(site, cast, discussion):
    for student in cast.students:
        site.write(student, discussion)
    with site.database.writing() as session:
        plan_reviews(session, cast.ines, discussion)
    mine = address(discussion, "reviews")
    assert "No reviews are assigned" in site.browser(cast.ana).get(mine).text
    site.clock.now = MONDAY + timedelta(days=3, minutes=1)
    assert site.browser(cast.ana).get(mine).text.count("Classmate ") == 2


def test_overview_shows_done_missing_and_spread(site, cast, assigned):
    submit(site, cast.ana, cast.ben, assigned)
    submit(site, cast.chi, cast.ben, assigned, level=1)
    page = site.browser(cast.tariq).get(address(assigned, "reviews", "overview"))
    assert "2 of 2" in page.text
    assert "missing" in page.text
    assert "Assign reviews" not in page.text  # that is for instructors


def test_desk_shows_peer_marks_as_evidence_with_the_weighted_total(site, cast, assigned):
    desk = address(assigned, "grading", cast.ben.person_id)
    assert "No peer reviews yet" in site.browser(cast.tariq).get(desk).text
    submit(site, cast.ana, cast.ben, assigned, comment="Well argued")
    submit(site, cast.chi, cast.ben, assigned, level=1)
    page = site.browser(cast.tariq).get(desk)
    assert "2 peer reviews" in page.text
    assert "Review by Ana Brandt" in page.text
    assert "Well argued" in page.text
    assert "60% your saved marks: missing" in page.text
    site.mark(assigned, cast.ben)
    page = site.browser(cast.tariq).get(desk)
    assert "60% your saved marks: 20" in page.text
    assert "This is a suggestion" in page.text


def test_an_excluded_review_counts_for_nothing_and_its_author_does_not_see_it(site, cast, assigned):
    submit(site, cast.ana, cast.ben, assigned, comment="Rude words")
    desk = address(assigned, "grading", cast.ben.person_id)
    forms = site.browser(cast.tariq).get(desk).page.all("form")
    (action,) = [found for form in forms if "/count/" in (found := form.attrs.get("action", ""))]
    browser = site.browser(cast.tariq)
    assert browser.post_form(action, desk, action="exclude", reason="").status == 303
    assert "1 peer review:" in browser.get(desk).text  # without a reason nothing is excluded
    assert browser.post_form(action, desk, action="exclude", reason="An insult").location.endswith("#reviews")
    page = browser.get(desk)
    assert "Excluded: An insult" in page.text
    assert "No peer reviews yet" in page.text
    assert "An insult" in browser.get(address(assigned, "reviews", "overview")).text
    site.clock.now = DUE + timedelta(minutes=1)
    assert "Rude words" not in site.browser(cast.ben).get(address(assigned, "reviews")).text


def test_an_author_marks_a_review_helpful_and_reports_it(site, cast, assigned):
    submit(site, cast.ana, cast.ben, assigned)
    site.clock.now = DUE + timedelta(minutes=1)
    mine, browser = address(assigned, "reviews"), site.browser(cast.ben)
    actions = [form.attrs["action"] for form in browser.get(mine).page.all("form")]
    (helpful,), (report,) = ([each for each in actions if each.endswith(end)] for end in ("/helpful", "/report"))
    browser.post_form(helpful, mine)
    assert 'aria-pressed="true"' in browser.get(mine).html
    browser.post_form(report, mine, words="This is about another post")
    assert "You have reported this review" in browser.get(mine).text
    assert "reported" in site.browser(cast.tariq).get(address(assigned, "reviews", "overview")).text
    assert "This is about another post" in site.browser(cast.tariq).get(address(assigned, "reviews", "overview")).text
    for other in (cast.ana, cast.chi):  # also not its reviewer
        stranger = site.browser(other)
        token = {"csrf_token": stranger.token(mine)}
        refused(stranger.send(helpful, "POST", data=token), 404)


def test_pages_cost_a_fixed_number_of_statements(site, cast, assigned):
    """Whatever the number of reviews; the desk costs two more for them."""
    mine = address(assigned, "reviews")
    write_page = address(assigned, "reviews", "write", task(site, cast.ana, cast.ben, assigned).key)
    overview = address(assigned, "reviews", "overview")
    desk = address(assigned, "grading", cast.ben.person_id)
    ana, tariq = site.browser(cast.ana), site.browser(cast.tariq)
    for reviewer in (cast.ana, cast.chi):
        submit(site, reviewer, cast.ben, assigned)
    submit(site, cast.ben, cast.ana, assigned)
    assert costs(site, lambda: tariq.get(overview)) <= 10
    assert costs(site, lambda: tariq.get(desk)) <= 14
    assert costs(site, lambda: ana.get(write_page)) <= 10
    site.clock.now = DUE + timedelta(minutes=1)
    assert costs(site, lambda: ana.get(mine)) <= 10
    assert costs(site, lambda: ana.get(address(assigned))) <= 12


def test_the_second_of_two_clicks_changes_nothing_and_another_window_is_told(site, cast, assigned):
    found = task(site, cast.ana, cast.ben, assigned)
    here, browser = address(assigned, "reviews", "write", found.key), site.browser(cast.ana)
    chosen = {f"criterion-{each.key}": str(each.levels[0].key) for each in site.rubric(assigned).criteria}
    stale = {"version": "0", "action": "save"}
    assert browser.post_form(here, here, **chosen, **stale, comment="One").status == 303
    assert browser.post_form(here, here, **chosen, **stale, comment="One").status == 303
    answer = browser.post_form(here, here, **chosen, **stale, comment="Two")
    assert answer.status == 409
    assert "another window" in answer.text
    assert "Two" in " ".join(answer.kept)


def test_a_reviewer_reads_no_more_than_in_the_discussion(site, cast, discussion):
    """Hidden and deleted posts are not shown, nor any before the reviewer may read those of others."""
    post = site.write(cast.ben, discussion, "Words that get hidden")
    reply = site.write(cast.ben, discussion, "Words that stay", to=post)
    site.write(cast.ana, discussion)
    with site.database.writing() as session:
        plan_reviews(session, cast.ines, discussion, peers=1)
        assign(session, cast.ines, again(session, cast.ines, discussion, now=site.clock()), now=site.clock())
        change_post(
            session, cast.ines, discussion, post.id, ModerationAction.HIDE, reason="Off topic", now=site.clock()
        )
    here = address(discussion, "reviews", "write", task(site, cast.ana, cast.ben, discussion).key)
    page = site.browser(cast.ana).get(here).text
    assert "Words that stay" in page
    assert "Words that get hidden" not in page
    with site.database.writing() as session:
        delete_post(session, cast.ben, discussion, reply.id, now=site.clock())
    assert "There are no posts here that you can read" in site.browser(cast.ana).get(here).text


def test_with_separate_groups_reviewers_come_from_the_same_group(site, cast):
    discussion = site.discussion(structure=Structure.GROUPS)
    with site.database.writing() as session:
        one, two = make_group(session, cast.ines, "One"), make_group(session, cast.ines, "Two")
        placed = {cast.ana.person_id: one, cast.ben.person_id: one, cast.chi.person_id: two}
        place_students(session, cast.ines, placed)
    for student in cast.students:
        site.write(student, discussion)
    with site.database.writing() as session:
        discussion = plan_reviews(session, cast.ines, discussion, peers=2, pairing=Pairing.OTHER_GROUPS)
        assign(session, cast.ines, discussion, now=site.clock())
        of = {who: tasks_of(session, who, discussion, now=site.clock()) for who in cast.students}
    assert [each.author_id for each in of[cast.ana]] == [cast.ben.person_id]
    assert of[cast.chi] == []


def test_a_changed_rubric_leaves_reviews_as_they_were_written(site, cast, assigned):
    submit(site, cast.ana, cast.ben, assigned, comment="By the first version")
    before = site.rubric(assigned)
    first, *others = plan_of(before).criteria
    changed = replace(plan_of(before), criteria=(replace(first, title="Claim"), *others))
    with site.database.writing() as session:
        change_rubric(session, cast.ines, assigned, changed, version=before.version, now=site.clock())
    assert site.rubric(assigned).id != before.id
    page = site.browser(cast.tariq).get(address(assigned, "grading", cast.ben.person_id))
    assert "1 peer review" in page.text
    assert "Claim" in page.text
    site.clock.now = DUE + timedelta(minutes=1)
    assert "By the first version" in site.browser(cast.ben).get(address(assigned, "reviews")).text


def test_names_are_shown_where_the_instructor_says_so(site, cast, discussion):
    for student in cast.students:
        site.write(student, discussion)
    with site.database.writing() as session:
        discussion = plan_reviews(session, cast.ines, discussion, names=ReviewNames.SHOWN)
        assign(session, cast.ines, discussion, now=site.clock())
    assert "Ben Carter" in site.browser(cast.ana).get(address(discussion, "reviews")).text
    submit(site, cast.ana, cast.ben, discussion)
    site.clock.now = DUE + timedelta(minutes=1)
    assert "Review by Ana Brandt" in site.browser(cast.ben).get(address(discussion, "reviews")).text


@pytest.fixture
def weighed(site, cast, assigned):
    """Ben is marked with 20 points, and his reviewers gave full and lower marks; posts the button of the desk."""
    submit(site, cast.ana, cast.ben, assigned)
    submit(site, cast.chi, cast.ben, assigned, level=1)
    site.mark(assigned, cast.ben)
    desk = address(assigned, "grading", cast.ben.person_id)
    browser = site.browser(cast.tariq)

    def use(version=1):
        answer = browser.post(address(assigned, "reviews", cast.ben.person_id, "weighted"), version=version)
        assert (answer.status, answer.location) == (303, desk)
        return browser.get(desk)

    return use


def test_the_weighted_total_becomes_the_grade_until_the_marks_change(site, cast, assigned, weighed):
    page = weighed()
    assert "The grade is the weighted total now." in page.text
    line = page.page.one("div", class_="adjustments").text
    assert "Peer and self-review −" in line
    assert "by the weights of this discussion" in line
    assert "Weighted total used" in site.browser(cast.ines).get(f"{page_of(assigned, cast.ben)}/history").text
    site.mark(assigned, cast.ben, level=1, version=2)
    shown = site.browser(cast.tariq).get(page_of(assigned, cast.ben)).page
    assert "Peer and self-review" not in "".join(each.text for each in shown.all("div", class_="adjustments"))


def test_the_weighted_total_of_a_grade_that_has_changed_is_not_used(weighed):
    assert "someone else changed this grade" in weighed(version=0).text


def test_released_with_the_weighted_total(site, cast, assigned, weighed):
    weighed()
    site.release(assigned, cast.ben)
    given = site.passbacks(assigned)[cast.ben.person_id].given
    assert 0 < given < 20
    card = site.browser(cast.ben).get(address(assigned)).page.one("section", class_="grade").text
    assert "Peer and self-review −" in card


def test_without_marks_there_is_nothing_to_weigh(site, cast, assigned):
    submit(site, cast.ana, cast.ben, assigned)
    browser = site.browser(cast.tariq)
    browser.post(address(assigned, "reviews", cast.ben.person_id, "weighted"), version=0)
    assert "Mark every criterion first" in browser.get(page_of(assigned, cast.ben)).text


def page_of(discussion, student):
    return address(discussion, "grading", student.person_id)

"""Grading one criterion across the class: order, what is hidden, what a save changes, and the results."""

import re

import pytest

from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.assessments.queries.grades import get_assessment
from lti_app.grading.assessments.rules import in_pass
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_unsafe_posts
from tests.web.site import address

NAMES = ("Brandt", "Carter", "Nguyen")


@pytest.fixture
def criterion(site, discussion):
    return site.rubric(discussion).criteria[0]


@pytest.fixture
def written(site, cast, discussion):
    for student in (cast.ana, cast.ben, cast.chi):
        post = site.write(student, discussion, f"About case {student.person_id}.")
        site.write(student, discussion, to=post)


@pytest.fixture
def at(discussion, criterion):
    return lambda place, seed="a1": address(discussion, "grading", "criteria", criterion.id, place) + f"?seed={seed}"


def assessment(site, discussion, student):
    with site.read() as session:
        return get_assessment(session, site.cast.ines, discussion, student.person_id)


def student_at(cast, answer):
    (found,) = {int(number) for number in re.findall(r"About case (\d+)\.", answer.html)}
    return next(each for each in (cast.ana, cast.ben, cast.chi) if each.person_id == found)


def target(path):
    """Where the form of a place is sent."""
    return re.sub(r"/\d+\?", "?", path)


def give(browser, path, criterion, level=0, **more):
    fields = {f"criterion-{criterion.id}": str(criterion.levels[level].id), **more}
    return browser.post_form(target(path), path, **fields)


@pytest.mark.usefixtures("written")
def test_every_seed_has_its_order_and_each_student_once(site, cast, at):
    browser = site.browser(cast.tariq)
    orders = {
        tuple(student_at(cast, browser.get(at(place, f"{seed}"))).person_id for place in (1, 2, 3))
        for seed in range(12)
    }
    assert {frozenset(order) for order in orders} == {
        frozenset(each.person_id for each in (cast.ana, cast.ben, cast.chi))
    }
    assert len(orders) > 2
    refused(browser.get(at(4)), 404)
    refused(browser.get(at(0)), 404)


@pytest.mark.usefixtures("written")
def test_names_and_earlier_marks_are_not_in_the_page(site, cast, discussion, at):
    for student in (cast.ana, cast.ben, cast.chi):
        site.mark(discussion, student, comment="An earlier comment.")
    browser = site.browser(cast.tariq)
    for place in (1, 2, 3):
        answer = browser.get(at(place))
        assert f"Student {place} of 3" in answer.text
        for words in (*NAMES, "An earlier comment.", " checked", "20"):
            assert words not in answer.page.one("main").text
        assert " checked" not in answer.html
        assert not [name for name in NAMES if name in answer.html]


@pytest.mark.usefixtures("written")
def test_a_save_changes_this_criterion_alone(site, cast, discussion, criterion, at):
    browser = site.browser(cast.tariq)
    student = student_at(cast, browser.get(at(1)))
    site.mark(discussion, student, comment="Stays.", lowest=True)
    before = assessment(site, discussion, student)
    answer = give(browser, at(1), criterion, **{f"comment-{criterion.id}": "Clear."})
    assert (answer.status, answer.location) == (303, at(2))
    after = assessment(site, discussion, student)
    assert after.marks.pop(criterion.id).level_id == criterion.levels[0].id
    before.marks.pop(criterion.id)
    assert (after.marks, after.comment, after.version) == (before.marks, "Stays.", before.version + 1)
    page = browser.get(at(1))
    assert values_of(page.page.one("form", class_="marking"))[f"criterion-{criterion.id}"] == str(
        criterion.levels[0].id
    )
    assert " checked" not in browser.get(at(1, "b2")).html or student_at(cast, browser.get(at(1, "b2"))).person_id
    give(browser, at(1), criterion)
    assert assessment(site, discussion, student).marks[criterion.id].comment == "Clear."


@pytest.mark.usefixtures("written")
def test_an_unseen_comment_is_kept_and_a_seen_one_replaced(site, cast, discussion, criterion, at):
    browser, field = site.browser(cast.tariq), f"comment-{criterion.id}"
    student = student_at(cast, browser.get(at(1)))
    give(browser, at(1), criterion, **{field: "First."})
    there = next(at(n, "b2") for n in (1, 2, 3) if student_at(cast, browser.get(at(n, "b2"))) == student)
    give(browser, there, criterion, 1, **{field: "Second."})
    assert assessment(site, discussion, student).marks[criterion.id].comment == "First.\nSecond."
    give(browser, there, criterion, 1, **{field: "Third."})
    assert assessment(site, discussion, student).marks[criterion.id].comment == "Third."


@pytest.mark.usefixtures("written")
def test_another_graders_save_is_not_overwritten_without_a_word(site, cast, discussion, criterion, at):
    browser = site.browser(cast.ines)
    page = browser.get(at(1))
    student, fields = student_at(cast, page), values_of(page.page.one("form", class_="marking"))
    site.mark(discussion, student, lowest=True)
    fields[f"criterion-{criterion.id}"] = str(criterion.levels[0].id)
    answer = browser.post(target(at(1)), **fields)
    assert answer.status == 409
    assert "Not saved: Tariq" in answer.text
    shown = values_of(answer.page.one("form", class_="marking"))
    assert (shown["version"], shown[f"criterion-{criterion.id}"]) == ("1", str(criterion.levels[0].id))
    assert browser.post(target(at(1)), **shown).status == 303
    assert assessment(site, discussion, student).marks[criterion.id].level_id == criterion.levels[0].id


@pytest.mark.usefixtures("written")
def test_nothing_chosen_and_bad_input_change_nothing(site, cast, discussion, criterion, at):
    browser = site.browser(cast.tariq)
    student = student_at(cast, browser.get(at(1)))
    site.mark(discussion, student)
    answer = browser.post_form(target(at(1)), at(1))
    assert answer.status == 422
    assert "Not saved: no level is chosen." in answer.text
    answer = give(browser, at(1), criterion, **{f"comment-{criterion.id}": "x" * 1001})
    assert answer.status == 422
    refused(give(browser, at(1), criterion, student="elsewhere"), 404)
    assert assessment(site, discussion, student).version == 1
    for seed in ("", "A", "<b>", "x" * 33):
        assert browser.get(at(1, seed)).location == address(discussion, "grading", "criteria")
    refused(browser.get(address(discussion, "grading", "criteria", 4711, 1) + "?seed=a1"), 404)
    refuses_unsafe_posts(site, cast.ines, target(at(1)))


def test_a_form_is_for_its_student_wherever_they_are_now(site, cast, discussion, criterion, at):
    site.write(cast.ana, discussion, f"About case {cast.ana.person_id}.")
    browser = site.browser(cast.tariq)
    seed = next(seed for seed in map(str, range(50)) if _is_before(cast.ben, cast.ana, seed))
    fields = values_of(browser.get(at(1, seed)).page.one("form", class_="marking"))
    site.write(cast.ben, discussion, f"About case {cast.ben.person_id}.")
    fields[f"criterion-{criterion.id}"] = str(criterion.levels[0].id)
    assert browser.post(target(at(1, seed)), **fields).status == 303
    assert assessment(site, discussion, cast.ana).version == 1
    assert assessment(site, discussion, cast.ben).version == 0


def _is_before(one, other, seed):
    return in_pass(seed, f"{one.person_id}") < in_pass(seed, f"{other.person_id}")


def test_results_show_the_spread_and_three_students_again(site, cast, discussion, criterion, at):
    for student in (cast.ana, cast.ben):
        site.write(student, discussion, f"About case {student.person_id}.")
    browser = site.browser(cast.tariq)
    give(browser, at(1), criterion)
    assert give(browser, at(2), criterion, 1).location == at("end")
    answer = browser.get(at("end"))
    assert "2 of 2 students marked in this pass." in answer.text
    rows = [row.text for row in answer.page.one("table", class_="spread").one("tbody").all("tr")]
    assert [int(row.rsplit(" ", 1)[-1]) for row in rows][:2] == [1, 1]
    assert len(answer.page.all("section", class_="anchor")) == 2
    assert [link.attrs["href"] for link in answer.page.all("a") if link.text == "Change"] == [at(1), at(2)]
    assert "Chi Nguyen" in answer.text
    assert "Ana" not in answer.page.one("main").text
    listed = browser.get(address(discussion, "grading", "criteria")).text
    assert "2 of 3 students marked" in listed
    assert "Grade by criterion" in browser.get(address(discussion, "grading")).text


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("who", ["ana", "ben", "olga"])
def test_others_may_not(site, cast, discussion, at, who):
    browser = site.browser(getattr(cast, who))
    refused(browser.get(address(discussion, "grading", "criteria")), 403)
    for path in (at(1), at("end")):
        refused(browser.get(path), 403)
    refused(browser.post(target(at(1))), 403)


def test_a_blind_pass_has_no_ids_of_people(site, cast):
    discussion = site.discussion(anonymity=Anonymity.BLIND)
    site.write(cast.ana, discussion)
    criterion = site.rubric(discussion).criteria[0]
    path = address(discussion, "grading", "criteria", criterion.id, 1) + "?seed=a1"
    browser = site.browser(cast.ines)
    assert give(browser, path, criterion).status == 303
    assert assessment(site, discussion, cast.ana).marks[criterion.id].level_id == criterion.levels[0].id


@pytest.mark.usefixtures("written")
def test_statements_do_not_grow(site, cast, discussion, at):
    browser = site.browser(cast.tariq)
    few = costs(site, lambda: browser.get(at(1)))
    for student in (cast.ana, cast.ben, cast.chi):
        site.mark(discussion, student)
        site.write(student, discussion, f"About case {student.person_id}.")
    assert costs(site, lambda: browser.get(at(1))) == few <= 14

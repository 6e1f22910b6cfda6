"""…/discussions/<discussion>/rubric: the discussion's own copy, and the question what becomes of grades."""

import pytest

from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.assessments.queries.grades import get_assessment
from lti_app.grading.rubrics.actions.library import create_rubric
from lti_app.grading.rubrics.queries import list_library
from lti_app.grading.rubrics.rules.ready import HOLISTIC
from tests.web.grading.editing import Editor
from tests.web.page import values_of
from tests.web.questions import refused, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "rubric")


def asked(answer):
    return next(form for form in answer.page.all("form") if "rescoring-form" in form.classes)


def choose(editor, answer, choice):
    """Press one of the buttons of the question."""
    form = asked(answer)
    data = {}
    for field in form.all("input"):
        data.setdefault(field.attrs["name"], []).append(field.attrs["value"])
    return editor.browser.send(editor.path, data={**data, "do": choice})


def total(site, discussion, student):
    with site.database.read() as session:
        found = get_assessment(session, site.cast.ines, discussion, student.person_id)
    return found.total, found.rubric.version


def test_settings_and_grading_lead_to_the_editor(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    for place in ("settings", "grading"):
        links = [e.attrs["href"] for e in browser.get(address(discussion, place)).page.all("a")]
        assert any(link.partition("?")[0] == path for link in links), place
    page = site.browser(cast.tariq).get(address(discussion, "grading")).page
    assert not [e for e in page.all("a") if e.attrs["href"].startswith(path)]


def test_a_rubric_nobody_is_graded_by_is_saved_at_once(site, cast, discussion, path):
    editor = Editor(site.browser(cast.ines), path)
    assert editor.values["c0-title"] == "Content and argument"
    answer = editor.press("save", c0__title="Argument")
    assert (answer.status, answer.location) == (303, address(discussion, "settings"))
    assert site.rubric(discussion).criteria[0].title == "Argument"
    back = Editor(site.browser(cast.ines), f"{path}?to=grading").press("save", title="Ours")
    assert back.location == address(discussion, "grading")


@pytest.mark.parametrize(("choice", "after"), [("rescore", (19, 2)), ("ungraded_only", (20, 1))])
def test_with_grades_the_page_asks_first(site, cast, discussion, path, *, choice, after):
    site.mark(discussion, cast.ana)
    site.mark(discussion, cast.ben, lowest=True)
    site.release(discussion, cast.ana)
    editor = Editor(site.browser(cast.ines), path)
    answer = editor.press("save", c0__l0__points="5", c0__description="Say\r\nwhy")
    assert answer.status == 200
    assert "2 students are graded by the current rubric. Nothing is saved yet." in answer.text
    assert "Ana Brandt 20 of 20 19 of 19 released" in answer.text
    assert "Ben Carter" not in answer.text
    assert "The grade of 1 student stays the same." in answer.text
    assert site.rubric(discussion).version == 1
    assert choose(editor, answer, choice).status == 303
    assert total(site, discussion, cast.ana) == after
    newest = site.rubric(discussion)
    assert (newest.version, newest.maximum, newest.criteria[0].description) == (2, 19, "Say\nwhy")
    grade = site.browser(cast.ana).get(address(discussion)).page.one("section", class_="grade").text
    assert "20 of 20" in grade


def test_back_to_editing_has_everything_that_was_typed(site, cast, discussion, path):
    site.mark(discussion, cast.ana)
    editor = Editor(site.browser(cast.ines), path)
    before = editor.values
    answer = editor.press("save", c0__title="Argument", c1__weight="2.5", title="Ours <b>")
    again = choose(editor, answer, "back")
    assert again.status == 200
    editor.read(again)
    changed = {"c0-title": "Argument", "c1-weight": "2.5", "title": "Ours <b>"}
    assert {k: v for k, v in editor.values.items() if k != "csrf_token"} == {
        k: v for k, v in (before | changed).items() if k != "csrf_token"
    }


def test_two_who_edit_at_once_lose_nothing(site, cast, discussion, path):
    one, other = (Editor(site.browser(cast.ines), path) for _ in range(2))
    assert one.press("save", title="First").status == 303
    answer = other.press("save", title="Second")
    assert answer.status == 409
    assert "Someone else changed this rubric" in answer.text
    assert other.values["title"] == "Second"
    assert other.press("save").status == 303
    assert site.rubric(discussion).title == "Second"


def test_another_rubric_is_filled_in_and_what_is_typed_is_kept_in_the_library(site, cast, discussion, path):
    with site.database.writing() as session:
        rubric_id = create_rubric(session, cast.ines, HOLISTIC)
    editor = Editor(site.browser(cast.ines), path)
    editor.press("fill", **{"from": f"library:{rubric_id}"})
    assert editor.values["title"] == "Holistic"
    editor.press("fill", **{"from": "ready:weekly"})
    assert editor.values["title"] == "Short weekly post"
    assert "no longer available" in editor.press("fill", **{"from": "library:999"}).text
    answer = editor.press("keep", title="Weekly, ours")
    assert (answer.status, editor.values["title"]) == (200, "Weekly, ours")
    with site.database.read() as session:
        assert [line.title for line in list_library(session, cast.ines)] == ["Holistic", "Weekly, ours"]
    assert site.rubric(discussion).version == 1
    assert editor.press("keep", title="").status == 422


def test_a_blind_discussion_asks_with_pseudonyms(site, cast):
    blind = site.discussion(anonymity=Anonymity.BLIND)
    site.mark(blind, cast.ana)
    answer = Editor(site.browser(cast.ines), address(blind, "rubric")).press("save", c0__l0__points="5")
    assert "20 of 20" in answer.text
    assert not {"Ana", "Brandt"} & set(answer.text.split())
    assert "Name not available" not in answer.text


def test_a_new_discussion_begins_with_the_chosen_rubric(site, cast):
    here = f"/courses/{cast.course_id}/discussions/{site.reserve()}"
    browser = site.browser(cast.ines)
    typed = {"title": "Week 1", "prompt": "Who leads?", "rubric": "ready:holistic"}
    assert browser.post_form(f"{here}/settings", f"{here}/settings", **typed).status == 303
    assert "Contribution as a whole" in browser.get(here).text
    refused(browser.get("/courses/1/discussions/999/rubric"), 404)


def test_a_rubric_that_is_gone_is_told_beside_the_field(site, cast):
    here = f"/courses/{cast.course_id}/discussions/{site.reserve()}"
    browser = site.browser(cast.ines)
    typed = {"title": "Week 1", "prompt": "Who leads?", "rubric": "library:77"}
    answer = browser.post_form(f"{here}/settings", f"{here}/settings", **typed)
    assert answer.status == 422
    assert "no longer available" in answer.beside("rubric")


def test_students_see_names_ranges_and_what_counts(site, cast, discussion, path):
    editor = Editor(site.browser(cast.ines), path)
    editor.press("fill", **{"from": "ready:holistic"})
    editor.press("add")
    typed = {"c1__title": "Style", "scoring": "complete", "complete_from": "12,5", "c0__weight": "1"}
    del editor.values["c1-counts"]
    assert editor.press("save", **typed).status == 303
    text = site.browser(cast.ana).get(address(discussion)).text
    for words in ("17.01–20 Excellent", "Style not part of the grade", "Complete from 12.5 of 20 points"):
        assert words in text


def test_forged_posts_are_refused(site, cast, discussion, path):
    refuses_unsafe_posts(site, cast.ines, path, do="save", title="x")
    assert site.rubric(discussion).version == 1


def test_the_question_can_be_answered_only_with_what_is_valid(site, cast, discussion, path):
    site.mark(discussion, cast.ana)
    editor = Editor(site.browser(cast.ines), path)
    assert editor.press("rescore", title="").status == 422
    assert values_of(editor.form)["c0-title"]


def test_a_grader_whose_page_has_the_old_rubric_is_told_and_keeps_the_choices(site, cast, discussion, path):
    student = address(discussion, "grading", cast.ana.person_id)
    grader = site.browser(cast.tariq)
    page = grader.get(student).page
    typed = values_of(next(form for form in page.all("form") if "marking" in form.classes))
    first, second = site.rubric(discussion).criteria[:2]
    typed |= {f"criterion-{first.id}": str(first.levels[1].id), f"comment-{second.id}": "Which page?"}
    assert Editor(site.browser(cast.ines), path).press("save", c0__title="Argument").status == 303
    answer = grader.send(student, data={**typed, "action": "save"})
    assert answer.status == 409
    assert "the rubric has changed since you opened it" in answer.text
    again = values_of(next(form for form in answer.page.all("form") if "marking" in form.classes))
    assert again.items() >= {f"criterion-{first.id}": str(first.levels[1].id)}.items()
    assert again[f"comment-{second.id}"] == "Which page?"
    assert grader.send(student, data={**again, "action": "save"}).status == 303
    assert total(site, discussion, cast.ana) == (4, 2)

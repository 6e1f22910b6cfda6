"""/courses/<course>/rubrics: the library, the editor without scripts, and what other courses share."""

import pytest
from sqlalchemy import update

from lti_app.course.courses.models import Course
from lti_app.grading.rubrics.actions.library import create_rubric, share_rubric
from lti_app.grading.rubrics.queries import get_library_rubric, list_library
from lti_app.grading.rubrics.rules.criteria import Evidence, Scoring
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC, READY
from tests.web.grading.editing import Editor
from tests.web.questions import costs, refused, refuses_unsafe_posts
from tests.web.site import Site


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/rubrics"


@pytest.fixture
def rubric_id(site, cast):
    with site.database.writing() as session:
        return create_rubric(session, cast.ines, DEFAULT_RUBRIC)


def of_one_tenant(site: Site, cast):
    with site.database.writing() as session:
        courses = (cast.course_id, cast.elsewhere.course_id)
        session.execute(update(Course).where(Course.id.in_(courses)).values(tenant_id=7))


def stored(site, actor):
    with site.database.read() as session:
        (line,) = list_library(session, actor)
        return get_library_rubric(session, actor, line.id).rubric


def test_a_rubric_is_built_with_the_buttons_alone(site, cast, path):
    editor = Editor(site.browser(cast.ines), f"{path}/new")
    assert editor.values["c0-l0-points"] == "2"
    editor.press("add", title="Close reading", c0__title="Claim")
    editor.press("add", c1__title="Evidence", c1__evidence="readings")
    editor.press("up:2", c2__title="Questions")
    assert [editor.values[f"c{n}-title"] for n in range(3)] == ["Claim", "Questions", "Evidence"]
    editor.press("delete:1")
    assert [editor.values[f"c{n}-title"] for n in range(2)] == ["Claim", "Evidence"]
    editor.press("split:0:0", c0__l0__points="4", c0__l0__name="Excellent", c0__l0__description="Sharp")
    assert editor.values.items() >= {"c0-l1-points": "2.5", "c0-l1-description": "Sharp", "c0-l2-points": "1"}.items()
    editor.press("merge:0:1", c0__l1__name="Good", c0__l2__name="Fair")
    assert editor.values.items() >= {"c0-l1-points": "2.5", "c0-l1-name": "Good / Fair", "c0-l2-points": "0"}.items()
    editor.press("add-level:0")
    editor.press("delete-level:0:3")
    editor.press("down:0", c0__weight="1,5")
    assert editor.form.one("output").text == "8"  # 4 × 1.5 and 2
    answer = editor.press("save")
    assert answer.status == 303
    rubric = stored(site, cast.ines)
    assert [each.title for each in rubric.criteria] == ["Evidence", "Claim"]
    assert (rubric.title, rubric.maximum, rubric.criteria[0].evidence) == ("Close reading", 8, Evidence.READINGS)
    assert [str(level.points) for level in rubric.criteria[1].levels] == ["4.00", "2.50", "0.00"]
    assert "Rubric saved to the library." in editor.browser.get(answer.location).text


def test_all_that_is_wrong_is_told_and_nothing_typed_is_lost(site, cast, path):
    editor = Editor(site.browser(cast.ines), f"{path}/new")
    typed = {"title": " ", "c0__title": "Claim", "c0__l0__points": "many", "c0__l1__points": "0", "c0__weight": "0"}
    answer = editor.press("save", **typed, c0__description="What is\r\nclaimed")
    assert answer.status == 422
    assert "Enter a title." in answer.beside("title")
    assert "from 0 to 1000" in answer.beside("c0-l0-points")
    assert "same points" in answer.beside("c0-l2-points")
    assert "from 0.01 to 100" in answer.beside("c0-weight")
    assert "Criterion 1, level 1, Points: Enter a number" in answer.text
    assert editor.values.items() >= {"c0-l0-points": "many", "c0-weight": "0", "c0-title": "Claim"}.items()
    assert "What is\nclaimed" in answer.kept
    assert site.browser(cast.ines).get(path).text.count("Claim") == 0


def test_odd_requests_are_taken_for_what_they_can_be(site, cast, path):
    editor = Editor(site.browser(cast.ines), f"{path}/new")
    odd = ("up:9", "delete:x", "merge:0:2", "split:0:-1", "", "down:99999999999999", "add-level:7", "merge:0:0:0:0")
    for button in odd:
        assert editor.press(button).status == 200
    for _ in range(19):
        editor.press("add")
    assert "disabled" in next(e for e in editor.form.all("button") if e.attrs.get("value") == "add").attrs
    editor.press("add")
    assert "c20-title" not in editor.values
    many = {"c": [str(n) for n in range(5000)], "do": "save", "title": "x" * 300}
    many |= {"csrf_token": editor.values["csrf_token"]}
    assert "up to 20 criteria" in editor.browser.send(editor.path, "POST", data=many).text


def test_two_who_edit_at_once_lose_nothing(site, cast, path, rubric_id):
    one, other = (Editor(site.browser(cast.ines), f"{path}/{rubric_id}/edit") for _ in range(2))
    assert one.press("save", title="First").status == 303
    answer = other.press("save", title="Second", c0__title="Mine")
    assert answer.status == 409
    assert "Someone else changed this rubric" in answer.text
    assert (other.values["title"], other.values["c0-title"]) == ("Second", "Mine")
    assert stored(site, cast.ines).title == "First"
    assert other.press("save").status == 303
    assert stored(site, cast.ines).title == "Second"


def test_a_ready_rubric_is_looked_at_and_copied(site, cast, path):
    browser = site.browser(cast.ines)
    for key in READY:
        assert READY[key].title in browser.get(f"{path}/ready/{key}").text
    editor = Editor(browser, f"{path}/new?from=ready:participation")
    assert editor.press("save").status == 303
    rubric = stored(site, cast.ines)
    assert (rubric.scoring, rubric.pass_mark) == (Scoring.COMPLETE, 9)
    copy = Editor(browser, f"{path}/new?from=library:{rubric.id}")
    assert copy.values["title"] == "Participation only"
    refused(browser.get(f"{path}/ready/nothing"), 404)
    refused(browser.get(f"{path}/new?from=ready:nothing"), 404)
    refused(browser.get(f"{path}/new?from=library:999"), 404)


def test_sharing_shows_course_and_title_and_no_names(site, cast, path, rubric_id):
    of_one_tenant(site, cast)
    mine, theirs = site.browser(cast.ines), site.browser(cast.elsewhere)
    there = f"/courses/{cast.elsewhere.course_id}/rubrics"
    refused(theirs.get(f"{there}/{rubric_id}"), 404)
    assert mine.post_form(f"{path}/{rubric_id}/share", f"{path}/{rubric_id}", shared="yes").status == 303
    listed = theirs.get(there)
    assert "Leading Change" in listed.text
    shown = theirs.get(f"{there}/{rubric_id}")
    for answer in (listed, shown):
        assert "Ines" not in answer.html
    assert "Delete" not in shown.text
    refused(theirs.get(f"{there}/{rubric_id}/edit"), 403)
    assert Editor(theirs, f"{there}/new?from=library:{rubric_id}").press("save").status == 303
    assert "No shared rubric matches." in theirs.get(f"{there}?q=nobody").text
    assert mine.post_form(f"{path}/{rubric_id}/share", f"{path}/{rubric_id}", shared="no").status == 303
    refused(theirs.get(f"{there}/{rubric_id}"), 404)


def test_delete(site, cast, path, rubric_id):
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{path}/{rubric_id}/delete", f"{path}/{rubric_id}")
    assert (answer.status, answer.location) == (303, path)
    assert "“Argument from the readings” deleted." in browser.get(path).text
    refused(browser.get(f"{path}/{rubric_id}"), 404)


def test_assistants_look_and_do_not_touch(site, cast, path, rubric_id):
    browser = site.browser(cast.tariq)
    assert "New rubric" not in browser.get(path).text
    assert "Edit" not in browser.get(f"{path}/{rubric_id}").text
    refused(browser.get(f"{path}/{rubric_id}/edit"), 403)


def test_what_pages_cost(site, cast, path, rubric_id):
    of_one_tenant(site, cast)
    browser = site.browser(cast.ines)
    before = costs(site, lambda: browser.get(path))
    with site.database.writing() as session:
        for _ in range(3):
            create_rubric(session, cast.ines, DEFAULT_RUBRIC)
            share_rubric(session, cast.elsewhere, create_rubric(session, cast.elsewhere, DEFAULT_RUBRIC), wanted=True)
    assert before <= costs(site, lambda: browser.get(path)) <= 5
    assert costs(site, lambda: browser.get(f"{path}/{rubric_id}/edit")) <= 3


def test_forged_posts_are_refused(site, cast, path, rubric_id):
    refuses_unsafe_posts(site, cast.ines, f"{path}/{rubric_id}/share", shared="yes")
    with site.database.read() as session:
        assert not get_library_rubric(session, cast.ines, rubric_id).is_shared

"""POST …/grading/<person>: marks and a comment are saved, and released if the button says so."""

import pytest

from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_unsafe_posts
from tests.web.site import address

COMMENT = "You argue well.\r\n\r\nCite <pages> & read on."
KEPT = COMMENT.replace("\r\n", "\n")


@pytest.fixture
def path(cast, discussion):
    return address(discussion, "grading", cast.ana.person_id)


@pytest.fixture
def best(site, discussion):
    """The top level of every criterion, as the form sends it."""
    return {f"criterion-{c.id}": str(c.levels[0].id) for c in site.rubric(discussion).criteria}


def saved(site, path):
    page = site.browser(site.cast.tariq).get(path).page
    return values_of(next(form for form in page.all("form") if "marking" in form.classes))


def sees(site, discussion):
    """What the student is told."""
    cards = site.browser(site.cast.ana).get(address(discussion)).page.all("section", class_="grade")
    return cards[0].text if cards else ""


@pytest.mark.parametrize("who", ["ines", "tariq"])
def test_draft_is_saved_and_not_told(site, cast, discussion, path, best, *, who):
    browser = site.browser(getattr(cast, who))
    answer = browser.post_form(path, path, **best, comment=COMMENT, action="save")
    assert (answer.status, answer.location) == (303, path)
    assert "Saved. The student can’t see it until you release it." in browser.get(path).text
    assert saved(site, path).items() >= {**best, "comment": KEPT, "version": "1"}.items()
    assert (sees(site, discussion), site.bell.rings, site.passbacks(discussion)) == ("", [], {})


def test_save_and_next_goes_on_to_the_next_student(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    last = address(discussion, "grading", cast.chi.person_id)
    to_ben = browser.post_form(path, path, action="save_next").location
    assert to_ben == address(discussion, "grading", cast.ben.person_id)
    assert browser.post_form(last, last, action="save_next").location == last


def test_release_is_told_and_queued_and_the_bell_rings_once(site, cast, discussion, path, best):
    browser = site.browser(cast.ines)
    answer = browser.post_form(path, path, **best, comment=COMMENT, action="release")
    assert (answer.status, answer.location) == (303, path)
    assert "Released. The student can see the grade" in browser.get(path).text
    assert "20 of 20 points You argue well. Cite <pages> & read on." in sees(site, discussion)
    assert site.bell.rings == [1]  # after the commit: the score is there for the worker to see
    report = site.passbacks(discussion)[cast.ana.person_id]
    assert (report.state, report.given) == ("pending", 20)


def test_incomplete_grade_is_saved_but_not_released(site, cast, discussion, path, best):
    browser = site.browser(cast.ines)
    first = dict(list(best.items())[:4])
    answer = browser.post_form(path, path, **first, comment=COMMENT, action="release")
    assert (answer.status, answer.location) == (303, path)
    flash = browser.get(path).page.one("p", class_="flash-warning")
    assert flash.text == "Saved, but not released. Choose a level for every criterion first."
    assert saved(site, path)["comment"] == KEPT
    assert (sees(site, discussion), site.bell.rings, site.passbacks(discussion)) == ("", [], {})


def test_release_again_sends_the_new_grade(site, cast, discussion, path, best):
    browser = site.browser(cast.ines)
    browser.post_form(path, path, **best, action="release")
    site.lms_answers()
    worst = {f"criterion-{c.id}": str(c.levels[-1].id) for c in site.rubric(discussion).criteria}
    browser.post_form(path, path, **worst, action="release")
    assert "0 of 20 points" in sees(site, discussion)
    report = site.passbacks(discussion)[cast.ana.person_id]
    assert (report.state, report.given, len(site.bell.rings)) == ("pending", 0, 2)


@pytest.mark.parametrize("who", ["ana", "ben", "olga"])
def test_others_may_not(site, cast, discussion, path, best, *, who):
    browser = site.browser(getattr(cast, who))
    refused(browser.post(path, **best, comment=COMMENT, version="0", action="release"), 403, kept=KEPT)
    assert (saved(site, path)["version"], site.passbacks(discussion)) == ("0", {})


def test_nobody_but_students_of_the_course_is_graded(site, cast, discussion, foreign, best):
    browser, data = site.browser(cast.ines), {**best, "comment": COMMENT, "version": "0", "action": "release"}
    for person in (cast.stranger.person_id, cast.tariq.person_id, cast.olga.person_id, 0, 4711, 10**30):
        refused(browser.post(address(discussion, "grading", person), **data), 404, kept=KEPT)
    there = f"/courses/{cast.course_id}/discussions/{foreign.id}/grading"
    refused(browser.post(f"{there}/{cast.stranger.person_id}", **data), 404, kept=KEPT)
    assert (site.passbacks(discussion), site.passbacks(foreign), site.bell.rings) == ({}, {}, [])


def test_another_grader_was_first(site, cast, discussion, path, best):
    site.mark(discussion, cast.ana, comment="Tariq's words.", lowest=True)
    answer = site.browser(cast.ines).post(path, **best, comment=COMMENT, version="0", action="release")
    assert answer.status == 409
    notice = answer.page.one("div", role="alert").text
    assert "Not saved: Tariq" in notice
    assert "Content and argument: 0 of 6" in notice
    assert "Tariq's words." in notice
    mine = values_of(next(form for form in answer.page.all("form") if "marking" in form.classes))
    assert mine.items() >= {**best, "comment": KEPT, "version": "1"}.items()  # saving again replaces the other's
    assert saved(site, path)["comment"] == "Tariq's words."
    assert (sees(site, discussion), site.bell.rings) == ("", [])


def test_second_click_is_no_conflict(site, cast, path, best):
    browser = site.browser(cast.ines)
    data = {**best, "comment": COMMENT, "version": "0", "action": "save"}
    assert [browser.post(path, **data).status for _ in range(2)] == [303, 303]


def test_too_long_a_comment_comes_back_with_the_marks(site, cast, discussion, path, best):
    long = "A line of ten.\n" * 268
    answer = site.browser(cast.ines).post_form(path, path, **best, comment=long.replace("\n", "\r\n"), action="release")
    assert answer.status == 422
    assert "up to 4000 characters" in answer.beside("comment")
    form = values_of(next(form for form in answer.page.all("form") if "marking" in form.classes))
    assert form.items() >= {**best, "comment": long}.items()
    assert (saved(site, path)["version"], site.bell.rings) == ("0", [])


@pytest.mark.parametrize("version", ["", "one", None, "9" * 5000])
def test_forged_version_saves_nothing(site, cast, path, version):
    answer = site.browser(cast.ines).post_form(path, path, comment=COMMENT, version=version)
    assert (answer.status, [text for text in answer.kept if text]) == (422, [KEPT])
    assert saved(site, path)["version"] == "0"


def test_levels_that_are_none_are_passed_over(site, cast, discussion, path, best):
    """Levels of another rubric, of another criterion, and what is no number at all."""
    other = site.rubric(site.discussion(title="Week 2")).criteria
    names = list(best)
    wild = {
        names[0]: str(other[0].levels[0].id),
        names[1]: best[names[0]],
        names[2]: "9" * 5000,
        names[3]: "²",
        names[4]: best[names[4]],
        f"criterion-{other[0].id}": str(other[0].levels[0].id),
        "criterion-x": "1",
    }
    answer = site.browser(cast.ines).post_form(path, path, **wild, action="release")
    assert answer.status == 303
    assert {n: v for n, v in saved(site, path).items() if n.startswith("criterion")} == {names[4]: best[names[4]]}
    assert site.passbacks(discussion) == {}


def test_unknown_button_only_saves(site, cast, discussion, path, best):
    assert site.browser(cast.ines).post_form(path, path, **best, action="release_everything").status == 303
    assert (saved(site, path)["version"], site.passbacks(discussion)) == ("1", {})


def test_unsafe_posts_are_refused(site, cast, discussion, path, best):
    fields = {**best, "comment": COMMENT, "version": "0", "action": "release"}
    refuses_unsafe_posts(site, cast.ines, path, KEPT, **fields)
    assert (saved(site, path)["version"], site.passbacks(discussion)) == ("0", {})


def test_statements_do_not_grow_with_the_class(site, cast, discussion, path, best):
    browser, numbers = site.browser(cast.ines), iter(range(100))

    def save():
        comment = f"Thought {next(numbers)}"
        assert browser.post_form(path, path, **best, comment=comment, action="release").status == 303

    few = costs(site, save)
    for student in cast.students:
        site.write(student, discussion)
    for student in (cast.ben, cast.chi):
        site.mark(discussion, student)
    assert costs(site, save) == few <= 42

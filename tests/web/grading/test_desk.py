"""GET …/grading: the class, what is graded, and what the LMS has got."""

import pytest

from lti_app.course.courses.rules import Role
from lti_app.course.groups.actions import make_group, place_students
from tests.cast import arrive
from tests.web.questions import costs, refused, refuses_no_visit
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "grading")


def rows(answer):
    """Name, posts, work, grading, points and gradebook of each student."""
    return [[cell.text for cell in row.all("th", "td")][1:] for row in answer.page.one("tbody").all("tr")]


@pytest.mark.parametrize("who", ["ines", "tariq"])
def test_staff_see_who_wrote_what(site, cast, discussion, path, who):
    first = site.write(cast.ana, discussion)
    site.write(cast.ben, discussion)
    site.write(cast.ben, discussion, to=first)
    answer = site.browser(getattr(cast, who)).get(path)
    assert answer.status == 200
    assert [row[:4] for row in rows(answer)] == [
        ["Ana Brandt", "1", "○ in progress", "not graded"],
        ["Ben Carter", "2", "○ in progress", "not graded"],
        ["Chi Nguyen", "none", "– nothing yet", "not graded"],
    ]
    assert "0 of 3 grades released." in answer.text
    links = [link.attrs["href"] for link in answer.page.one("tbody").all("a")]
    assert links == [f"{path}/{student.person_id}" for student in cast.students]


def test_every_state_of_grading_has_its_words(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    site.mark(discussion, cast.ana)
    site.mark(discussion, cast.ben, criteria=2)
    assert [row[3:] for row in rows(browser.get(path))] == [
        ["ready to release", "20", ""],
        ["partly graded", "11", ""],
        ["not graded", "", ""],
    ]
    site.release(discussion, cast.ana)
    assert rows(browser.get(path))[0][3:] == ["released", "20", "being sent"]
    site.lms_answers()
    assert rows(browser.get(path))[0][3:] == ["released", "20", "sent"]
    site.mark(discussion, cast.ana, version=1, lowest=True)
    assert rows(browser.get(path))[0][3] == "changed after release"


def test_refusal_stands_beside_the_name(site, cast, discussion, path):
    site.mark(discussion, cast.ana)
    site.release(discussion, cast.ana)
    site.lms_answers(refusal="locked")
    answer = site.browser(cast.ines).get(path)
    assert "The LMS rejected 1 grade." in answer.text
    assert rows(answer)[0][5] == "✗ rejected The grade is locked in the LMS. Unlock it there, then send again."
    assert [form.attrs["action"] for form in answer.page.all("form")] == [
        f"{path}/release",
        path,
        f"{path}/bulk",
    ]
    assert f"{path}/passback" in [link.attrs["href"] for link in answer.page.all("a")]


def test_course_without_students_says_so(site, cast, foreign):
    here = site.discussion(cast.elsewhere)
    with site.database.writing() as session:
        lonely = arrive(session, foreign.course_id, "Lea Lone", Role.INSTRUCTOR, now=site.clock())
    assert "Sam Stone" in site.browser(lonely).get(address(here, "grading")).text
    site.remove(cast.stranger)
    assert "There are no students here yet." in site.browser(lonely).get(address(here, "grading")).text


def names(answer):
    return [row[0].split()[0] for row in rows(answer)] if answer.page.all("tbody") else []


def test_the_class_is_narrowed_and_sorted_by_the_address(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    site.write(cast.ben, discussion)
    site.mark(discussion, cast.ana)
    site.mark(discussion, cast.chi, lowest=True)
    site.release(discussion, cast.chi)
    with site.database.writing() as session:
        group = make_group(session, cast.ines, "Readers")
        place_students(session, cast.ines, {cast.chi.person_id: group, cast.ben.person_id: group})
    for query, found in {
        "": ["Ana", "Ben", "Chi"],
        "show=ungraded": ["Ben"],
        "show=ready": ["Ana"],
        "show=released": ["Chi"],
        "show=excused": [],
        "work=nothing": ["Ana", "Chi"],
        "work=started": ["Ben"],
        f"group={group}": ["Ben", "Chi"],
        f"group={group}&show=released": ["Chi"],
        "group=4711": [],
        "sort=posts": ["Ben", "Ana", "Chi"],
        "sort=points": ["Ana", "Chi", "Ben"],
        "show=made-up&work=none&group=x&sort=y": ["Ana", "Ben", "Chi"],
        f"group={'9' * 400}": ["Ana", "Ben", "Chi"],
    }.items():
        assert names(browser.get(f"{path}?{query}")) == found, query
    answer = browser.get(f"{path}/{cast.ben.person_id}?group={group}")
    assert [link.attrs["href"] for link in answer.page.all("a", rel="next")] == [
        f"{path}/{cast.chi.person_id}?group={group}"
    ]
    assert "No student matches this filter." in browser.get(f"{path}?show=excused").text


def test_whoever_is_open_stays_in_the_list(site, cast, discussion, path):
    site.mark(discussion, cast.ben)
    answer = site.browser(cast.ines).get(f"{path}/{cast.ben.person_id}?show=ungraded")
    assert [link.text.split()[0] for link in answer.page.one("nav", class_="students").one("ol").all("a")] == [
        "Ana",
        "Ben",
        "Chi",
    ]


@pytest.mark.parametrize("who", ["ana", "olga"])
def test_others_may_not(site, cast, path, who):
    refused(site.browser(getattr(cast, who)).get(path), 403)


def test_other_courses_discussion_is_not_there(site, cast, foreign):
    refused(site.browser(cast.ines).get(f"/courses/{cast.course_id}/discussions/{foreign.id}/grading"), 404)
    refused(site.browser(cast.ana).get(f"/courses/{cast.course_id}/discussions/{foreign.id}/grading"), 404)


def test_no_visit_is_told_to_come_from_the_course_page(site, path):
    refuses_no_visit(site, path)


def test_wrong_methods_are_refused(site, cast, path):
    browser = site.browser(cast.ines)
    for method in ("POST", "PUT", "DELETE"):
        refused(browser.send(path, method), 405)


def test_statements_do_not_grow_with_the_class(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    few = costs(site, lambda: browser.get(path))
    with site.database.writing() as session:
        more = [arrive(session, cast.course_id, f"Student {n}", Role.STUDENT, now=site.clock()) for n in range(12)]
    for student in (*cast.students, *more):
        site.write(student, discussion)
        site.mark(discussion, student)
    site.release(discussion, *more)
    assert costs(site, lambda: browser.get(path)) == few <= 11

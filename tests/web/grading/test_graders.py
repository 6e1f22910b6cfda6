"""…/grading/graders and the class list by grader: who takes whom, and how much each has left to do."""

import pytest

from lti_app.course.groups.actions import make_group, place_students
from tests.web.questions import costs
from tests.web.site import address


@pytest.fixture
def here(discussion):
    return address(discussion, "grading", "graders")


def names(browser, path):
    page = browser.get(path).page
    return [row.one("a").text for row in page.one("tbody").all("tr")] if page.all("tbody") else []


def assign(browser, here, grader, whom, **fields):
    return browser.post_form(f"{here}/assign", here, grader=str(grader.person_id), whom=whom, **fields)


def test_a_section_goes_to_an_assistant_whose_list_opens_on_it(site, cast, discussion, here):
    with site.database.writing() as session:
        group = make_group(session, cast.ines, "Section A")
        place_students(session, cast.ines, {cast.ana.person_id: group, cast.chi.person_id: group})
    ines, tariq, desk = site.browser(cast.ines), site.browser(cast.tariq), address(discussion, "grading")
    assert assign(ines, here, cast.tariq, f"group-{group}").status == 303
    assert "Tariq Haddad : Section A" in ines.get(here).page.one("ul", class_="assignments").text
    assert names(tariq, desk) == ["Ana Brandt", "Chi Nguyen"]
    assert names(tariq, f"{desk}?grader=all") == ["Ana Brandt", "Ben Carter", "Chi Nguyen"]
    assert names(ines, desk) == ["Ana Brandt", "Ben Carter", "Chi Nguyen"]
    assert names(ines, f"{desk}?grader={cast.tariq.person_id}") == ["Ana Brandt", "Chi Nguyen"]
    assert names(ines, f"{desk}?grader=none") == ["Ben Carter"]
    page = tariq.get(f"{desk}/{cast.ana.person_id}").page
    assert page.one("a", rel="next").attrs["href"] == f"{desk}/{cast.chi.person_id}?grader=me"
    assert tariq.get(f"{desk}/{cast.ben.person_id}").status == 200  # a division of work, no wall


def test_one_student_goes_before_a_section_and_a_discussion_before_the_course(site, cast, discussion, here):
    ines, desk = site.browser(cast.ines), address(discussion, "grading")
    assign(ines, here, cast.tariq, str(cast.ana.person_id), where="course")
    other = site.discussion()
    assert names(ines, address(other, "grading") + f"?grader={cast.tariq.person_id}") == ["Ana Brandt"]
    assign(ines, here, cast.ines, str(cast.ana.person_id))
    assert names(ines, f"{desk}?grader=me") == ["Ana Brandt"]
    assert names(ines, f"{desk}?grader={cast.tariq.person_id}") == []
    buttons = ines.get(here).page.all("button", name="assignment")
    ines.post_form(f"{here}/remove", here, assignment=buttons[1].attrs["value"])
    assert names(ines, f"{desk}?grader={cast.tariq.person_id}") == ["Ana Brandt"]


def test_students_without_a_grader_are_distributed_evenly(site, cast, discussion, here):
    ines, both = site.browser(cast.ines), [str(cast.tariq.person_id), str(cast.ines.person_id)]
    assert "3 students have no grader." in ines.get(here).text
    ines.post_form(f"{here}/distribute", here, grader=both)
    text = ines.get(here).text
    assert "3 students have a grader now." in text
    rows = [row.text for row in ines.get(here).page.one("tbody").all("tr")]
    assert sorted(int(row.split()[3]) for row in rows) == [1, 2]
    ines.post(f"{here}/distribute", grader=both[0])
    assert "Nothing was changed." in ines.get(here).text


@pytest.mark.parametrize(
    "wrong", [{"whom": "group-99"}, {"whom": "99"}, {"whom": ""}, {"grader": "99"}, {"grader": "x"}]
)
def test_wrong_choices_change_nothing(site, cast, here, wrong):
    ines = site.browser(cast.ines)
    good = {"grader": str(cast.tariq.person_id), "whom": str(cast.ana.person_id)}
    ines.post_form(f"{here}/assign", here, **{**good, **wrong})
    page = ines.get(here)
    assert "Nothing was changed." in page.text
    assert not page.page.all("ul", class_="assignments")


def test_statements_do_not_grow(site, cast, discussion, here):
    ines = site.browser(cast.ines)
    assign(ines, here, cast.tariq, str(cast.ana.person_id))
    few = costs(site, lambda: ines.get(here))
    for student in (cast.ben, cast.chi):
        assign(ines, here, cast.tariq, str(student.person_id))
        site.mark(discussion, student)
    assert costs(site, lambda: ines.get(here)) == few <= 12


def test_instructors_see_how_grades_are_distributed(site, cast, discussion, here):
    assert "Grades by grader" not in site.browser(cast.ines).get(here).text
    for student in cast.students:
        site.mark(discussion, student)
    assert "Grades by grader" not in site.browser(cast.tariq).get(here).text
    page = site.browser(cast.ines).get(here).page
    tables = page.all("table")
    assert "3 20 20 0" in tables[1].text
    assert "80 to 100 % 3" in tables[2].text
    assert "Excellent 100 %, Good 0 %" in page.one("details", class_="distribution").text

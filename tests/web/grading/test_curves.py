"""…/grading/curve, and what the class list holds back, takes back, waives, copies and extends."""

from datetime import timedelta

import pytest

from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.rules import Anonymity
from tests.factories.discussions import WEEK
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_unsafe_posts
from tests.web.site import address

LATE = {"unit": "of_earned", "rate": "10", "step": "day_begun", "grace_unit": "minutes"}


@pytest.fixture
def desk(discussion):
    return address(discussion, "grading")


@pytest.fixture
def path(desk):
    return f"{desk}/curve"


@pytest.fixture
def graded(site, cast, discussion):
    """Ana has full marks, Ben less, Chi nothing."""
    site.mark(discussion, cast.ana)
    site.mark(discussion, cast.ben, level=1)
    return site.browser(cast.ines)


def rows(browser, desk, query=""):
    page = browser.get(f"{desk}{query}").page
    return {row.one("th").text.split()[0]: [cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")}


def bulk(browser, desk, action, *students, query="", confirmed=True, **more):
    """Tick students, choose an action, and press the button of the page that asks."""
    keys = [str(student.person_id) for student in students]
    answer = browser.post_form(f"{desk}/bulk{query}", desk, action="more", more=action, student=keys)
    if not confirmed or answer.status != 200:
        return answer
    sent = values_of(next(form for form in answer.page.all("form") if "confirmed" in values_of(form)))
    return browser.post(f"{desk}/bulk{query}", **{**sent, "student": keys, **more})


def curve_form(answer):
    return values_of(next(form for form in answer.page.all("form") if "curve-form" in form.classes))


def preview(browser, path, *students, **rule):
    keys = [str(student.person_id) for student in students]
    return browser.post_form(path, path, do="preview", student=keys, **rule)


def test_a_curve_is_previewed_then_applied_then_seen(site, cast, discussion, desk, graded):
    path = f"{desk}/curve"
    before = float(rows(graded, desk)["Ben"][4])
    shown = preview(graded, path, cast.ana, cast.ben, kind="add", value="2")
    assert shown.status == 200
    assert "Preview: nothing is saved yet" in shown.text
    assert "Curve 2 grades" in shown.text
    assert float(rows(graded, desk)["Ben"][4]) == before
    keys = [str(cast.ana.person_id), str(cast.ben.person_id)]
    answer = graded.post(path, **{**curve_form(shown), "do": "apply", "student": keys})
    assert (answer.status, answer.location) == (303, desk)
    assert "2 grades curved." in graded.get(desk).text
    assert float(rows(graded, desk)["Ben"][4]) == before + 2
    student = f"{desk}/{cast.ben.person_id}"
    assert "Curve +2 add 2 points" in graded.get(student).page.one("div", class_="adjustments").text
    graded.post_form(student, student, action="release")
    card = site.browser(cast.ben).get(address(discussion)).page.one("section", class_="grade").text
    assert "Curve +2 add 2 points" in card
    assert "Curve +2" in graded.get(f"{student}/history").page.one("main").text
    again = preview(graded, path, cast.ana, cast.ben, kind="add", value="2")
    assert "2 students have this curve already" in again.text
    assert "Curve 2 grades" not in again.text
    bulk(graded, desk, "uncurve", cast.ana, cast.ben)
    assert "Curve removed from 2 grades." in graded.get(desk).text
    assert "changed after release" in rows(graded, desk)["Ben"][3]


def test_ticked_students_of_the_class_list_are_the_ones(site, cast, desk, path, graded):
    answer = bulk(graded, desk, "curve", cast.ben)
    assert (answer.status, answer.location) == (307, path)
    form = graded.get(desk).page.all("form")
    token = values_of(next(each for each in form if "more" in values_of(each)))["csrf_token"]
    page = graded.post(path, csrf_token=token, student=str(cast.ben.person_id)).page
    boxes = [box for box in page.one("tbody").all("input") if "checked" in box.attrs]
    assert [box.attrs["value"] for box in boxes] == [str(cast.ben.person_id)]
    assert [row.one("th").text for row in page.one("tbody").all("tr")] == ["Ana Brandt", "Ben Carter"]


def test_a_preview_that_is_out_of_date_is_not_applied(site, cast, discussion, path, graded):
    shown = preview(graded, path, cast.ana, cast.ben, kind="mean", value="15")
    site.mark(discussion, cast.ben, version=1, lowest=True)
    keys = [str(cast.ana.person_id), str(cast.ben.person_id)]
    answer = graded.post(path, **{**curve_form(shown), "do": "apply", "student": keys})
    assert answer.status == 409
    assert "Not applied" in answer.text
    answer = graded.post(path, **{**curve_form(answer), "do": "apply", "student": keys})
    assert answer.status == 303


@pytest.mark.parametrize("rule", [{"kind": "add"}, {"kind": "mean", "value": "x"}, {"kind": "x", "value": "1"}])
def test_a_rule_without_its_number_is_refused(site, cast, path, graded, rule):
    answer = preview(graded, path, cast.ana, **rule)
    assert answer.status == 422
    assert answer.page.one("div", class_="error-summary")


def test_nobody_ticked_is_told(site, path, graded):
    answer = preview(graded, path, kind="mean", value="10")
    assert answer.status == 422
    assert "nobody is selected" in answer.text


def test_names_stay_hidden_in_the_preview(site, cast):
    discussion = site.discussion(anonymity=Anonymity.BLIND)
    site.mark(discussion, cast.ana)
    page = site.browser(cast.ines).get(address(discussion, "grading", "curve")).page
    assert "Ana" not in page.one("main").text
    assert len(page.one("tbody").all("tr")) == 1


def test_only_instructors_curve(site, cast, desk, path, graded):
    for who in (cast.tariq, cast.ana, cast.olga):
        refused(site.browser(who).get(path), 403)
        refused(site.browser(who).post(path, kind="add", value="1", do="apply"), 403)
    assistant = site.browser(cast.tariq)
    assert "Curve grades" not in assistant.get(desk).text
    refused(bulk(assistant, desk, "uncurve", cast.ana, confirmed=False), 403)
    refused(site.browser(cast.ines).get("/courses/1/discussions/999/grading/curve"), 404)
    refuses_unsafe_posts(site, cast.ines, path, do="preview")


def test_the_preview_costs_the_same_for_any_number(site, cast, path, graded):
    one = costs(site, lambda: preview(graded, path, cast.ana, kind="add", value="1"))
    assert one == costs(site, lambda: preview(graded, path, cast.ana, cast.ben, kind="add", value="1"))


def test_held_grades_are_left_out_shown_and_let_go(site, cast, discussion, desk, graded):
    bulk(graded, desk, "hold", cast.ana, cast.chi)
    assert "held back" in rows(graded, desk)["Ana"][3]
    assert set(rows(graded, desk, "?show=held")) == {"Ana", "Chi"}
    graded.post_form(f"{desk}/release", desk)
    assert set(site.passbacks(discussion)) == {cast.ben.person_id}
    assert "2 grades are held back" in graded.get(desk).text
    bulk(graded, desk, "let_go", cast.ana)
    graded.post_form(f"{desk}/release", desk)
    assert set(site.passbacks(discussion)) == {cast.ana.person_id, cast.ben.person_id}


def test_several_grades_are_taken_back(site, cast, discussion, desk, graded):
    graded.post_form(f"{desk}/release", desk)
    asked = bulk(graded, desk, "take_back", cast.ana, cast.ben, cast.chi, confirmed=False)
    assert "1 selected student is left as is" in asked.text
    bulk(graded, desk, "take_back", cast.ana, cast.ben)
    assert "2 grades taken back." in graded.get(desk).text
    assert rows(graded, desk)["Ana"][3] == "ready to release"
    assert site.browser(cast.ana).get(address(discussion)).page.all("section", class_="grade") == []


def test_a_filter_all_its_students_and_one_release(site, cast, discussion, desk, graded):
    group_id = grouped(site, cast, cast.ana, cast.chi)
    page = graded.get(f"{desk}?group={group_id}&tick=all").page
    keys = [box.attrs["value"] for box in page.one("tbody").all("input") if "checked" in box.attrs]
    assert keys == [str(cast.ana.person_id), str(cast.chi.person_id)]
    query = f"?group={group_id}"
    answer = graded.post_form(f"{desk}/bulk{query}", f"{desk}{query}", action="release", student=keys)
    sent = values_of(next(form for form in answer.page.all("form") if "confirmed" in values_of(form)))
    assert graded.post(f"{desk}/bulk{query}", **sent).location == f"{desk}{query}"
    assert set(site.passbacks(discussion)) == {cast.ana.person_id}


@pytest.fixture
def late(site, cast, discussion, graded):
    """Ana posts a day late by a rule that takes 10%."""
    path = address(discussion, "late")
    answer = graded.post_form(path, path, **LATE)
    assert answer.status == 303
    site.clock.now = WEEK.first_post_due + timedelta(hours=5)
    site.write(cast.ana, discussion)
    return site.browser(cast.ines)


def test_a_reduction_is_waived_for_several(site, cast, desk, late):
    assert rows(late, desk)["Ana"][4] == "18"
    asked = bulk(late, desk, "waive", cast.ana, cast.ben, confirmed=False)
    assert "late: −2" in asked.text
    assert "1 selected student is left as is" in asked.text
    bulk(late, desk, "waive", cast.ana, reason="The LMS was down.")
    assert rows(late, desk)["Ana"][4] == "20"
    assert "The LMS was down." in late.get(f"{desk}/{cast.ana.person_id}/history").text
    bulk(late, desk, "not_waive", cast.ana)
    assert rows(late, desk)["Ana"][4] == "18"


def test_later_dates_take_the_reduction_away(site, cast, discussion, desk, late):
    answer = bulk(late, desk, "extend", cast.ana, cast.ben)
    assert (answer.status, answer.location) == (307, f"{desk}/extend")
    here = f"{desk}/extend?student={cast.ana.person_id}&student={cast.ben.person_id}"
    assert "Ben Carter" in late.get(here).page.one("main").text
    form = values_of(next(each for each in late.get(here).page.all("form") if "sheet" in each.classes))
    due = (WEEK.first_post_due + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    keys = [str(cast.ana.person_id), str(cast.ben.person_id)]
    wrong = late.post(f"{desk}/extend", **{**form, "student": keys, "do": "extend"})
    assert wrong.status == 422
    assert "Enter at least one later date." in wrong.text
    answer = late.post(f"{desk}/extend", **{**form, "student": keys, "first_post_due": due, "do": "extend"})
    assert (answer.status, answer.location) == (303, desk)
    assert rows(late, desk)["Ana"][4] == "20"
    one = late.get(f"{desk}/{cast.ana.person_id}").page
    link = next(each.attrs["href"] for each in one.all("a") if "/extend?" in each.attrs.get("href", ""))
    assert "has an extension, which is replaced" in late.get(link).text
    form = values_of(next(each for each in late.get(link).page.all("form") if "sheet" in each.classes))
    answer = late.post(link, **{**form, "first_post_due": due, "do": "extend"})
    assert answer.location == f"{desk}/{cast.ana.person_id}"


def test_who_extends(site, cast, desk, graded):
    for who in (cast.tariq, cast.ana):
        refused(site.browser(who).get(f"{desk}/extend?student={cast.ana.person_id}"), 403)
    assert graded.get(f"{desk}/extend").location == desk
    refuses_unsafe_posts(site, cast.ines, f"{desk}/extend", do="extend")
    blind = site.discussion(anonymity=Anonymity.BLIND)
    there = address(blind, "grading")
    key = values_of(site.browser(cast.ines).get(f"{there}?tick=all").page.all("form")[-1])["student"]
    assert graded.get(f"{there}/extend?student={key}").location == there


def grouped(site, cast, *students):
    with site.database.writing() as session:
        group_id = make_group(session, cast.ines, "Readers")
        place_students(session, cast.ines, {student.person_id: group_id for student in students})
    return group_id


def test_a_grade_is_copied_to_those_of_the_group_who_are_ticked(site, cast, discussion, desk, graded):
    here = f"{desk}/{cast.ana.person_id}/copy"
    assert graded.get(here).location == f"{desk}/{cast.ana.person_id}"
    grouped(site, cast, *cast.students)
    page = graded.get(here).page
    shown = {row.one("th").text: "checked" in row.one("input").attrs for row in page.one("tbody").all("tr")}
    assert shown == {"Ben Carter": False, "Chi Nguyen": True}
    form = next(each for each in page.all("form") if "version" in values_of(each))
    answer = graded.post(form.attrs["action"], **values_of(form))
    assert (answer.status, answer.location) == (303, f"{desk}/{cast.ana.person_id}")
    assert (rows(graded, desk)["Chi"][-2], rows(graded, desk)["Ben"][-2] != "20") == ("20", True)
    history = graded.get(f"{desk}/{cast.chi.person_id}/history").text
    assert "Marks copied from another member of the group" in history
    stale = {**values_of(form), "student": f"{cast.ben.person_id}:7"}
    answer = graded.post(form.attrs["action"], **stale)
    assert answer.status == 409
    assert "Nothing was copied" in answer.text
    assert rows(graded, desk)["Ben"][4] != "20"


def test_who_copies(site, cast, discussion, desk, graded):
    group_id = grouped(site, cast, *cast.students)
    here = f"{desk}/{cast.ana.person_id}/copy?group={group_id}"
    refused(site.browser(cast.ben).get(here), 403)
    refused(graded.get(f"{desk}/{cast.chi.person_id}/copy"), 404)  # nothing to copy
    refused(graded.get(f"{desk}/{cast.ana.person_id}/copy?group=999"), 404)
    refuses_unsafe_posts(site, cast.ines, here, version="1")
    blind = site.discussion(anonymity=Anonymity.BLIND)
    refused(graded.get(address(blind, "grading", cast.ana.person_id, "copy")), 404)


def test_who_posted_nothing_though_all_dates_have_passed_is_missing(site, cast, discussion, desk):
    assert "nothing yet" in rows(site.browser(cast.ines), desk)["Ana"][2]
    site.clock.now = WEEK.replies_due - timedelta(hours=1)
    site.write(cast.ben, discussion)
    assert (
        "something missing" in rows(site.browser(cast.ines), desk)["Ana"][2]
    )  # the first post; replies can still come
    boxes = site.browser(cast.ines).get(f"{desk}?tick=absent").page.one("tbody").all("input")
    assert not any("checked" in box.attrs for box in boxes)
    site.clock.move(hours=2)
    browser = site.browser(cast.ines)
    assert "missing: no posts" in rows(browser, desk)["Ana"][2]
    assert "something missing" in rows(browser, desk)["Ben"][2]
    assert set(rows(browser, desk, "?work=absent")) == {"Ana", "Chi"}
    boxes = browser.get(f"{desk}?tick=absent").page.one("tbody").all("input")
    assert sum("checked" in box.attrs for box in boxes) == 2

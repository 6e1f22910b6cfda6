"""POST …/grading/bulk: what is done for several students at once, after a look at whom it concerns."""

import pytest

from tests.web.page import values_of
from tests.web.questions import refused, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def desk(discussion):
    return address(discussion, "grading")


@pytest.fixture
def path(desk):
    return f"{desk}/bulk"


def statuses(browser, desk):
    rows = browser.get(desk).page.one("tbody").all("tr")
    return {row.one("th").text.split()[0]: row.all("td")[3].text for row in rows}


def act(browser, desk, action, *students, confirmed=True, **more):
    """Tick students in the class list and press a button, then the one of the page that asks."""
    keys = [str(student.person_id) for student in students]
    answer = browser.post_form(f"{desk}/bulk", desk, action=action, student=keys)
    if not confirmed:
        return answer
    sent = values_of(next(form for form in answer.page.all("form") if "confirmed" in values_of(form)))
    return browser.post(f"{desk}/bulk", **{**sent, "student": keys, **more})


def test_ticks_without_posts(site, cast, discussion, desk):
    site.write(cast.ben, discussion)
    for tick, found in (("", 0), ("all", 3), ("silent", 2), ("x", 0)):
        boxes = site.browser(cast.ines).get(f"{desk}?tick={tick}").page.one("tbody").all("input")
        assert sum("checked" in box.attrs for box in boxes) == found


def test_lowest_grades_are_drafts_for_those_without_marks(site, cast, discussion, desk):
    browser = site.browser(cast.ines)
    site.mark(discussion, cast.ana)
    asked = act(browser, desk, "lowest", cast.ana, cast.ben, cast.chi, confirmed=False)
    assert asked.status == 200
    assert "Give the lowest grade?" in asked.text
    assert [item.text.split()[0] for item in asked.page.one("details").all("li")] == ["Ana"]
    assert statuses(browser, desk)["Ben"] == "not graded"  # nothing happened yet
    answer = act(browser, desk, "lowest", cast.ana, cast.ben, cast.chi, comment="Nothing was posted.")
    assert answer.status == 303
    assert "Lowest grade saved for 2 students." in browser.get(desk).text
    assert statuses(browser, desk) == dict.fromkeys(("Ana", "Ben", "Chi"), "ready to release")
    ben = values_of(
        next(form for form in browser.get(f"{desk}/{cast.ben.person_id}").page.all("form") if "marking" in form.classes)
    )
    lowest = {f"criterion-{c.id}": str(c.levels[-1].id) for c in site.rubric(discussion).criteria}
    assert ben.items() >= {**lowest, "comment": "Nothing was posted."}.items()
    assert site.passbacks(discussion) == {}


def test_selected_grades_are_released(site, cast, discussion, desk):
    browser = site.browser(cast.ines)
    site.mark(discussion, cast.ana)
    site.mark(discussion, cast.ben)
    act(browser, desk, "release", cast.ana, cast.chi)
    assert statuses(browser, desk) == {"Ana": "released", "Ben": "ready to release", "Chi": "not graded"}
    assert set(site.passbacks(discussion)) == {cast.ana.person_id}
    assert site.bell.rings == [1]


def test_who_is_excused_is_not_graded_nor_released(site, cast, discussion, desk):
    browser = site.browser(cast.ines)
    site.mark(discussion, cast.ana)
    act(browser, desk, "excuse", cast.ana, cast.ben)
    assert statuses(browser, desk) == {"Ana": "excused", "Ben": "excused", "Chi": "not graded"}
    act(browser, desk, "lowest", cast.ben, cast.chi)
    browser.post_form(f"{desk}/release", desk)
    assert set(site.passbacks(discussion)) == {cast.chi.person_id}
    act(browser, desk, "not_excuse", cast.ana, cast.ben)
    assert statuses(browser, desk) == {"Ana": "ready to release", "Ben": "not graded", "Chi": "released"}


@pytest.mark.parametrize(
    ("action", "students"),
    [("lowest", []), ("lowest", ["4711"]), ("made-up", ["1"]), ("", []), ("release", ["b1", "x", "9" * 400])],
)
def test_nothing_happens_without_a_choice(site, cast, desk, *, action, students):
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{desk}/bulk", desk, action=action, student=students, confirmed="yes")
    assert (answer.status, answer.location) == (303, desk)
    assert "Nothing was changed. Select at least one student first." in browser.get(desk).text


def test_people_who_are_no_students_are_left_alone(site, cast, discussion, desk, path):
    browser = site.browser(cast.ines)
    keys = [str(who.person_id) for who in (cast.tariq, cast.stranger, cast.olga)]
    browser.post_form(path, desk, action="lowest", student=keys, confirmed="yes")
    assert statuses(browser, desk) == dict.fromkeys(("Ana", "Ben", "Chi"), "not graded")


@pytest.mark.parametrize("who", ["ana", "olga"])
def test_others_may_not(site, cast, path, who):
    refused(site.browser(getattr(cast, who)).post(path, action="release"), 403)


def test_unsafe_posts_change_nothing(site, cast, path):
    refuses_unsafe_posts(site, cast.ines, path, action="release")


def test_a_placeholder_in_the_comment_is_told_and_nothing_is_given(site, cast, discussion, desk):
    browser = site.browser(cast.ines)
    answer = act(browser, desk, "lowest", cast.ben, comment="{name}, you did not post.")
    assert answer.status == 422
    assert "Replace {name}." in answer.page.one("p", class_="flash-warning").text
    assert answer.page.one("textarea", id="comment").text == "{name}, you did not post."
    assert statuses(browser, desk)["Ben"] == "not graded"
